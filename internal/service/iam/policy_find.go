package iam

import (
	"context"
	"strconv"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

// policyByARN finds a customer managed policy; nil when there is none.
func policyByARN(tx *store.Tx, arn string) *ManagedPolicy {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return nil
	}
	p := policies.Get(tx, rowKey(parts[4], parts[5][strings.LastIndexByte(parts[5], '/')+1:]))
	if p == nil || arnOf(p) != arn {
		return nil // the name is another policy's, at another path
	}
	return p
}

// version finds a version by its number; nil when there is none.
func (p *ManagedPolicy) version(number int) *PolicyVersion {
	for i := range p.Versions {
		if p.Versions[i].Number == number {
			return &p.Versions[i]
		}
	}
	return nil
}

// label is the version's id on the wire: "v1".
func (v *PolicyVersion) label() string { return "v" + strconv.Itoa(v.Number) }

// versionNumber reads a version id; 0 is no version.
func versionNumber(label string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(label, "v"))
	if err != nil {
		return 0
	}
	return n
}

// checkPolicyARN refuses what cannot be the ARN of a managed policy. What is
// no ARN at all is another error with the same words.
func checkPolicyARN(arn string) error {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return errValidation("ARN %s is not valid.", arn)
	}
	if parts[1] != cloud.Partition || parts[2] != "iam" || parts[3] != "" || !strings.HasPrefix(parts[5], "policy/") {
		return iamapi.ErrInvalidInput("ARN %s is not valid.", arn)
	}
	return nil
}

// needPolicy is need for a customer managed policy. AWS managed policies are
// AWS's: no account may change them.
func needPolicy(ctx context.Context, tx *store.Tx, arn string, refine ...refinement) (*ManagedPolicy, error) {
	return findPolicy(ctx, arn, policyByARN(tx, arn), append(refine, func(r *authz.Request, _ entity) {
		if strings.HasPrefix(arn, awsmanaged.Prefix) {
			r.Owner = "aws"
		}
	}))
}

// needAnyPolicy is need for a managed policy that is only read: the
// customer's, or AWS's, which everybody may read who may read policies.
func needAnyPolicy(ctx context.Context, tx *store.Tx, arn string, refine ...refinement) (*ManagedPolicy, error) {
	if known, ok := awsmanaged.Get(arn); ok {
		p := awsPolicy(known)
		p.Versions[0].Document = known.Document()
		return findPolicy(ctx, arn, p, refine)
	}
	return findPolicy(ctx, arn, policyByARN(tx, arn), refine)
}

func findPolicy(ctx context.Context, arn string, p *ManagedPolicy, refine []refinement) (*ManagedPolicy, error) {
	if err := checkPolicyARN(arn); err != nil {
		return nil, err
	}
	r := authz.Request{Resource: arn, ResourceType: policyKind.cfnType}
	if p != nil {
		r = about(p)
	}
	for _, f := range refine {
		f(&r, nil)
	}
	if err := check(ctx, r); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errNoPolicy(arn)
	}
	return p, nil
}

// awsPolicy is an AWS managed policy in the form of a customer's, without its
// document. Its account is "aws", as in its ARN.
func awsPolicy(p *awsmanaged.Policy) *ManagedPolicy {
	number := versionNumber(p.DefaultVersion)
	return &ManagedPolicy{
		Entity:      Entity{Account: "aws", Name: p.Name, Path: p.Path, ID: p.ID, Created: p.Created},
		Description: p.Description,
		Updated:     p.Updated,
		Versions:    []PolicyVersion{{Number: number, Created: p.Updated}},
		Default:     number,
		Last:        number,
	}
}

func errNoPolicy(arn string) error { return iamapi.ErrNoSuchEntity(policyKind.notFound, arn) }

func errNotAttachable(arn string) error {
	return iamapi.ErrNoSuchEntity("Policy %s does not exist or is not attachable.", arn)
}

// attachable reports whether there is a managed policy that users, groups and
// roles of the account can use.
func attachable(tx *store.Tx, account, arn string) error {
	if err := checkPolicyARN(arn); err != nil {
		return err
	}
	missing := errNotAttachable(arn)
	if strings.HasPrefix(arn, awsmanaged.Prefix) {
		p, ok := awsmanaged.Get(arn)
		if !ok {
			return missing
		}
		if p.ServiceLinked() {
			return iamapi.ErrPolicyNotAttachable("Cannot attach a Service Role Policy to a Customer Role.")
		}
		return nil
	}
	if p := policyByARN(tx, arn); p == nil || p.Account != account {
		return missing
	}
	return nil
}
