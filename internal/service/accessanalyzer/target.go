package accessanalyzer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
	"github.com/fortlet/fortlet/policy"
)

// target is a resource to look at.
type target struct {
	kind  analyzerapi.ResourceType
	arn   string
	owner string
	// trust is the trust policy of a role that was listed with it.
	trust *string
}

// The kinds of resources that are analyzed, by the service of their ARN.
const (
	bucketType = analyzerapi.ResourceTypeAwsS3Bucket
	keyType    = analyzerapi.ResourceTypeAwsKmsKey
	roleType   = analyzerapi.ResourceTypeAwsIamRole
)

// newTarget recognizes a resource by its ARN. That of a bucket does not say
// whose it is.
func newTarget(arn, owner string) (target, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] != cloud.Partition {
		return target{}, false
	}
	t := target{arn: arn, owner: owner}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch parts[2] {
	case "s3":
		t.kind = bucketType
		return t, parts[3] == "" && parts[4] == "" && name == "" && kind != ""
	case "kms":
		t.kind, t.owner = keyType, parts[4]
		return t, kind == "key" && name != ""
	case "iam":
		t.kind, t.owner = roleType, parts[4]
		return t, kind == "role" && name != "" && !strings.HasPrefix(name, "aws-service-role/")
	}
	return t, false
}

// inRegion reports whether an analyzer of a Region is for the resource, as far
// as its ARN tells.
func (t *target) inRegion(region string) bool {
	parts := strings.SplitN(t.arn, ":", 6)
	return parts[3] == "" || parts[3] == region
}

// name is the last part of the ARN.
func (t *target) name() string { return t.arn[strings.LastIndexAny(t.arn, ":/")+1:] }

// via is a way in: who, from outside, and whether by the policy or the list.
type via struct {
	exposure.Access
	source analyzerapi.FindingSourceType
}

// view is what was seen of a resource.
type view struct {
	gone bool // there is none
	open []via
	err  string // why it could not be read
}

// errGone is that a resource does not exist, or not in the analyzer's Region.
var errGone = errors.New("no such resource")

// look looks at a resource.
func (s *Service) look(ctx context.Context, a *Analyzer, z *exposure.Zone, t target) (view, error) {
	as, err := s.as(t.owner, a.Region)
	if err != nil {
		return view{}, err
	}
	var open []via
	switch t.kind {
	case bucketType:
		open, err = s.lookAtBucket(ctx, as, z, t)
	case keyType:
		open, err = s.lookAtKey(ctx, as, z, t)
	case roleType:
		open, err = s.lookAtRole(ctx, as, z, t)
	}
	var answer *api.Error
	answered := errors.As(err, &answer)
	switch {
	case err == nil:
		return view{open: open}, nil
	case errors.Is(err, errGone):
		return view{gone: true}, nil
	case ctx.Err() != nil, !answered && !errors.As(err, new(*policy.MalformedError)):
		return view{}, err
	case answered && strings.HasPrefix(answer.Code, "AccessDenied"):
		return view{err: "ACCESS_DENIED"}, nil
	}
	s.cloud.Log.Warn("resource cannot be analyzed", "resource", t.arn, "cause", err)
	return view{err: "INTERNAL_ERROR"}, nil
}

// isCode reports an answer with an error code.
func isCode(err error, code string) bool { return errors.Is(err, &api.Error{Code: code}) }

// by marks accesses with their source.
func by(source analyzerapi.FindingSourceType, list []exposure.Access) (open []via) {
	for _, a := range list {
		open = append(open, via{a, source})
	}
	return open
}

// seen are the findings of what was seen. The same access by the policy and by
// the list is one finding with two sources.
func (v *view) seen(a *Analyzer, t target) []*Finding {
	base := Finding{Analyzer: a.ID, Resource: t.arn, ResourceType: t.kind, Owner: t.owner}
	if v.err != "" {
		f := base
		f.Error = v.err
		f.identify()
		return []*Finding{&f}
	}
	var list []*Finding
	for _, o := range v.open {
		who := map[string]string{o.Principal.Kind: o.Principal.Value}
		i := slices.IndexFunc(list, func(f *Finding) bool {
			return maps.Equal(f.Principal, who) && maps.Equal(f.Condition, o.Conditions)
		})
		if i < 0 {
			f := base
			f.Principal, f.Condition = who, o.Conditions
			list, i = append(list, &f), len(list)
		}
		f := list[i]
		f.Action, f.Public = union(f.Action, o.Actions), f.Public || o.Public
		if o.source != "" && !slices.Contains(f.Sources, o.source) {
			f.Sources = append(f.Sources, o.source)
		}
	}
	for _, f := range list {
		f.identify()
	}
	return list
}

// union is the elements of both lists, sorted.
func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}
