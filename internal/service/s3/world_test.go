package s3

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/policy"
)

// rootOf is the root user of an account.
func rootOf(account string) *authz.Principal {
	return &authz.Principal{Principal: policy.Principal{
		Type: policy.Root, Account: account, ARN: "arn:aws:iam::" + account + ":root", ID: account,
	}}
}

// awsService is a service that calls in its own name.
func awsService(name string) *authz.Principal {
	return &authz.Principal{Principal: policy.Principal{Type: policy.ServicePrincipal, Service: name}}
}

// role makes a role with a policy of the given statements and gives a session
// of it.
func (s *site) role(account, name string, statements ...string) *authz.Principal {
	arn := "arn:aws:iam::" + account + ":role/" + name
	i := &authz.Identity{Account: account, ARN: arn, ID: fmt.Sprintf("AROA%017d", len(s.people)), Name: name, Path: "/", Created: s.now}
	if len(statements) > 0 {
		p, err := policy.Parse(policyOf(statements...), policy.Identity)
		s.check(err)
		i.Policies = []authz.Document{{Type: authz.IdentityBased, ID: "inline", Policy: p}}
	}
	s.people[account+"/role/"+name] = i
	return &authz.Principal{
		Principal: policy.Principal{
			Type: policy.AssumedRole, Account: account, ID: i.ID + ":session", RoleARN: arn,
			ARN: "arn:aws:sts::" + account + ":assumed-role/" + name + "/session",
		},
		Name: name, SessionName: "session", Session: &authz.Session{Issued: s.now},
	}
}

// askAs is ask for a call that is made in an uncommon way.
func askAs[In, Out any](s *site, p *authz.Principal, op *api.Op[In, Out], in *In, how func(*cloud.Call)) (*Out, error) {
	s.Helper()
	c := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: &op.Operation, Input: in, Host: "localhost:4566"}
	c.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: p, Region: siteRegion, Time: s.now, SourceIP: "192.0.2.1"}
	how(c)
	out, err := s.cloud.Invoke(s.Context(), c)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// wantError asserts the code and, where it is not empty, the message of an
// error.
func (s *site) wantError(what string, err error, code, message string) {
	s.Helper()
	var answer *api.Error
	switch {
	case err == nil:
		s.Errorf("%s succeeded, want %s", what, code)
	case !errors.As(err, &answer) || answer.Code != code:
		s.Errorf("%s: %v, want %s", what, err, code)
	case message != "" && answer.Message != message:
		s.Errorf("%s: message\n%s\nwant\n%s", what, answer.Message, message)
	}
}

// canonical is the canonical user id of an account.
func (s *site) canonical(account string) string {
	s.Helper()
	a, err := s.cloud.Accounts.Get(s.Context(), account)
	s.check(err)
	return a.CanonicalID
}

// acls puts access control lists of the bucket in force, and takes the public
// access block away.
func (s *site) acls() {
	s.Helper()
	s.ownership(s3api.ObjectOwnershipObjectWriter)
	askOK(s, s.owner, s3api.OpDeletePublicAccessBlock, &s3api.DeletePublicAccessBlockInput{Bucket: new(siteBucket)})
}

func (s *site) ownership(o s3api.ObjectOwnership) {
	s.Helper()
	askOK(s, s.owner, s3api.OpPutBucketOwnershipControls, &s3api.PutBucketOwnershipControlsInput{
		Bucket: new(siteBucket), OwnershipControls: &s3api.OwnershipControls{Rules: []s3api.OwnershipControlsRule{{ObjectOwnership: o}}},
	})
}

// publicBlock sets the public access block of the bucket by the first letters
// of its settings: a(cls), i(gnore), p(olicy), r(estrict).
func (s *site) publicBlock(settings string) {
	s.Helper()
	has := func(r rune) *bool {
		for _, other := range settings {
			if r == other {
				return new(true)
			}
		}
		return nil
	}
	askOK(s, s.owner, s3api.OpPutPublicAccessBlock, &s3api.PutPublicAccessBlockInput{
		Bucket: new(siteBucket),
		PublicAccessBlockConfiguration: &s3api.PublicAccessBlockConfiguration{
			BlockPublicAcls: has('a'), IgnorePublicAcls: has('i'), BlockPublicPolicy: has('p'), RestrictPublicBuckets: has('r'),
		},
	})
}

// grants gives the bucket a list: of each pair a grantee and a permission.
func (s *site) grants(pairs ...string) {
	s.Helper()
	askOK(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{
		Bucket: new(siteBucket), AccessControlPolicy: s.list(siteAccount, pairs...),
	})
}

// list is an access control list of an owner, an account. Grantees are accounts
// and the last words of groups.
func (s *site) list(owner string, pairs ...string) *s3api.AccessControlPolicy {
	s.Helper()
	acl := &s3api.AccessControlPolicy{Owner: &s3api.Owner{ID: new(s.canonical(owner))}}
	groups := map[string]string{"AllUsers": access.AllUsers, "AuthenticatedUsers": access.AuthenticatedUsers, "LogDelivery": access.LogDelivery}
	for i := 0; i < len(pairs); i += 2 {
		g := s3api.Grant{Permission: s3api.Permission(pairs[i+1])}
		if uri, ok := groups[pairs[i]]; ok {
			g.Grantee = &s3api.Grantee{Type: s3api.TypeGroup, URI: new(uri)}
		} else {
			g.Grantee = &s3api.Grantee{Type: s3api.TypeCanonicalUser, ID: new(s.canonical(pairs[i]))}
		}
		acl.Grants = append(acl.Grants, g)
	}
	return acl
}

// bucketCall is an operation on a bucket with its permission and an input with
// which it succeeds, or fails with code.
type bucketCall struct {
	name, action string
	code         string
	run          func(s *site, p *authz.Principal, bucket string, expectedOwner *string) error
}

// onBucket makes a bucketCall. make gives the input, but for the members that
// all operations have.
func onBucket[In, Out any](op *api.Op[In, Out], action, code string, make func() *In) bucketCall {
	return bucketCall{op.Name, action, code, func(s *site, p *authz.Principal, bucket string, expectedOwner *string) error {
		in := make()
		v := reflect.ValueOf(in).Elem()
		v.FieldByName("Bucket").Set(reflect.ValueOf(&bucket))
		if expectedOwner != nil {
			v.FieldByName("ExpectedBucketOwner").Set(reflect.ValueOf(expectedOwner))
		}
		_, err := ask(s, p, op, in)
		return err
	}}
}

// plain is the input of operations that have no more members.
func plain[In any]() *In { return new(In) }

// in runs a subtest on the same site.
func (s *site) in(t *testing.T, name string, f func(s *site)) {
	t.Run(name, func(t *testing.T) { f(s.under(t)) })
}

// members compares members of an answer, behind pointers or not: pairs of what
// is and what should be.
func members(t testing.TB, what string, pairs ...any) {
	t.Helper()
	text := func(v any) string {
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && !r.IsNil() {
			v = r.Elem().Interface()
		}
		return fmt.Sprint(v)
	}
	for i := 0; i < len(pairs); i += 2 {
		if got, want := text(pairs[i]), text(pairs[i+1]); got != want {
			t.Errorf("%s: member %d is %s, want %s", what, i/2, got, want)
		}
	}
}

// refusedAs is an error as the caller gets it.
func refusedAs(s *site, err error) *api.Error {
	s.Helper()
	var answer *api.Error
	if !errors.As(err, &answer) {
		s.Fatalf("%v is no answer", err)
	}
	return answer
}
