package accessanalyzer

import (
	"cmp"
	"context"
	"slices"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
	"github.com/fortlet/fortlet/policy"
)

// buckets are the buckets of an account in a Region.
func (s *Service) buckets(ctx context.Context, as cloud.As, account string) (list []target, err error) {
	in := &s3api.ListBucketsInput{BucketRegion: new(as.Region), MaxBuckets: new(int32(1000))}
	for {
		out, err := cloud.Act(ctx, s.cloud, as, s3api.OpListBuckets, in)
		if err != nil {
			return nil, err
		}
		for _, b := range out.Buckets {
			list = append(list, target{kind: bucketType, arn: cloud.ARN("s3", "", "", *b.Name), owner: account})
		}
		if in.ContinuationToken = out.ContinuationToken; in.ContinuationToken == nil {
			return list, nil
		}
	}
}

// lookAtBucket looks at the policy, the access control list and the public
// access block of a bucket.
func (s *Service) lookAtBucket(ctx context.Context, as cloud.As, z *exposure.Zone, t target) ([]via, error) {
	bucket, owner := new(t.name()), new(t.owner)
	where, err := cloud.Act(ctx, s.cloud, as, s3api.OpGetBucketLocation, &s3api.GetBucketLocationInput{Bucket: bucket, ExpectedBucketOwner: owner})
	switch {
	case isCode(err, "NoSuchBucket"):
		return nil, errGone
	case err != nil:
		return nil, err
	case regionOf(where.LocationConstraint) != as.Region:
		return nil, errGone
	}
	block, err := s.publicAccessBlock(ctx, as, bucket, owner)
	if err != nil {
		return nil, err
	}
	byPolicy, err := s.byBucketPolicy(ctx, as, z, block, bucket, owner)
	if err != nil {
		return nil, err
	}
	acl, err := cloud.Act(ctx, s.cloud, as, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: bucket, ExpectedBucketOwner: owner})
	if err != nil {
		return nil, err
	}
	byACL := fromGrants(acl.Grants, z, is(block.IgnorePublicAcls))
	return append(by(analyzerapi.FindingSourceTypePolicy, byPolicy), by(analyzerapi.FindingSourceTypeBucketAcl, byACL)...), nil
}

// regionOf is the Region of a bucket, which has two odd names.
func regionOf(c s3api.BucketLocationConstraint) string {
	if c == "EU" {
		return "eu-west-1"
	}
	return cmp.Or(string(c), "us-east-1")
}

// publicAccessBlock is the public access block of a bucket. One that has none
// blocks nothing.
func (s *Service) publicAccessBlock(ctx context.Context, as cloud.As, bucket, owner *string) (s3api.PublicAccessBlockConfiguration, error) {
	out, err := cloud.Act(ctx, s.cloud, as, s3api.OpGetPublicAccessBlock, &s3api.GetPublicAccessBlockInput{Bucket: bucket, ExpectedBucketOwner: owner})
	switch {
	case isCode(err, "NoSuchPublicAccessBlockConfiguration"):
		return s3api.PublicAccessBlockConfiguration{}, nil
	case err != nil:
		return s3api.PublicAccessBlockConfiguration{}, err
	}
	return *out.PublicAccessBlockConfiguration, nil
}

func is(b *bool) bool { return b != nil && *b }

// byBucketPolicy is who gets in through the policy of a bucket. A bucket that is
// restricted lets nobody in from other accounts while its policy is public.
func (s *Service) byBucketPolicy(ctx context.Context, as cloud.As, z *exposure.Zone, block s3api.PublicAccessBlockConfiguration, bucket, owner *string) ([]exposure.Access, error) {
	out, err := cloud.Act(ctx, s.cloud, as, s3api.OpGetBucketPolicy, &s3api.GetBucketPolicyInput{Bucket: bucket, ExpectedBucketOwner: owner})
	switch {
	case isCode(err, "NoSuchBucketPolicy"):
		return nil, nil
	case err != nil:
		return nil, err
	}
	p, err := policy.Parse(*out.Policy, policy.Resource)
	if err != nil {
		return nil, err
	}
	if is(block.RestrictPublicBuckets) {
		v, err := exposure.Public(p)
		if err != nil || len(v.Statements) > 0 {
			return nil, err
		}
	}
	return exposure.External(p, z, "s3")
}

// The groups of S3 that are everybody, and everybody with an account.
const (
	allUsers           = "http://acs.amazonaws.com/groups/global/AllUsers"
	authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
)

// granted are the actions that an access control list of a bucket grants.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
var granted = map[s3api.Permission][]string{
	s3api.PermissionRead:     {"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"},
	s3api.PermissionWrite:    {"s3:PutObject"},
	s3api.PermissionReadAcp:  {"s3:GetBucketAcl"},
	s3api.PermissionWriteAcp: {"s3:PutBucketAcl"},
}

// fromGrants is who gets in through an access control list.
func fromGrants(grants []s3api.Grant, z *exposure.Zone, ignorePublic bool) (list []exposure.Access) {
	for _, g := range grants {
		who, public := grantee(g.Grantee, z)
		if who.Value == "" || public && ignorePublic {
			continue
		}
		actions := granted[g.Permission]
		if g.Permission == s3api.PermissionFullControl {
			for _, a := range granted {
				actions = union(actions, a)
			}
		}
		i := slices.IndexFunc(list, func(a exposure.Access) bool { return a.Principal == who })
		if i < 0 {
			list, i = append(list, exposure.Access{Principal: who, Conditions: map[string]string{}, Public: public}), len(list)
		}
		list[i].Actions = union(list[i].Actions, actions)
	}
	return list
}

// grantee is who gets a grant, nobody if that is within the zone.
func grantee(g *s3api.Grantee, z *exposure.Zone) (who policy.PrincipalElement, public bool) {
	switch {
	case g == nil:
	case g.URI != nil && (*g.URI == allUsers || *g.URI == authenticatedUsers):
		return policy.PrincipalElement{Kind: "AWS", Value: "*"}, true
	case g.ID != nil:
		if account := z.Canonical(*g.ID); z.Accounts[account] {
			return who, false
		} else if account != "" {
			return policy.PrincipalElement{Kind: "AWS", Value: account}, false
		}
		return policy.PrincipalElement{Kind: "CanonicalUser", Value: *g.ID}, false
	}
	return who, false // the log delivery group is a service
}
