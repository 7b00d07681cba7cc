package accessanalyzer

import (
	"context"
	"errors"
	"fmt"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
	"github.com/fortlet/fortlet/policy"
)

// permitted asks for permission for a check, which is about no resource.
func permitted(ctx context.Context, action string) error {
	return authz.Check(ctx, authz.Request{Action: "access-analyzer:" + action, Resource: "*"})
}

// CheckNoNewAccess checks that a policy allows nothing that the one before it
// does not.
func (s *Service) CheckNoNewAccess(ctx context.Context, in *analyzerapi.CheckNoNewAccessInput) (*analyzerapi.CheckNoNewAccessOutput, error) {
	if err := permitted(ctx, "CheckNoNewAccess"); err != nil {
		return nil, err
	}
	both, err := parse(in.PolicyType, "existingPolicyDocument", *in.ExistingPolicyDocument, "newPolicyDocument", *in.NewPolicyDocument)
	if err != nil {
		return nil, err
	}
	v, err := decided(exposure.NewAccess(both[0], both[1]))
	if err != nil {
		return nil, err
	}
	out := &analyzerapi.CheckNoNewAccessOutput{Result: analyzerapi.CheckNoNewAccessResultPass, Message: new("The modified permissions do not grant new access compared to your existing policy.")}
	if len(v.Statements) > 0 {
		out.Result, out.Message = analyzerapi.CheckNoNewAccessResultFail, new("The modified permissions grant new access compared to your existing policy.")
		out.Reasons = reasons(both[1], v, "New access in the statement")
	}
	return out, nil
}

// CheckAccessNotGranted checks that a policy does not allow certain actions or
// resources.
func (s *Service) CheckAccessNotGranted(ctx context.Context, in *analyzerapi.CheckAccessNotGrantedInput) (*analyzerapi.CheckAccessNotGrantedOutput, error) {
	if err := permitted(ctx, "CheckAccessNotGranted"); err != nil {
		return nil, err
	}
	if len(in.Access) != 1 || len(in.Access[0].Actions)+len(in.Access[0].Resources) == 0 {
		return nil, errField("access", "There must be one access, of actions, resources or both.")
	}
	list, err := parse(in.PolicyType, "policyDocument", *in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	wanted, words := in.Access[0], words(in.Access[0])
	v, err := exposure.Granted(list[0], wanted.Actions, wanted.Resources)
	if e := new(policy.MalformedError); errors.As(err, &e) {
		return nil, analyzerapi.ErrInvalidParameterException("The access is not valid: %s", e.Reason)
	}
	if v, err = decided(v, err); err != nil {
		return nil, err
	}
	out := &analyzerapi.CheckAccessNotGrantedOutput{Result: analyzerapi.CheckAccessNotGrantedResultPass, Message: new("The policy document does not grant access to perform the listed " + words + ".")}
	if len(v.Statements) > 0 {
		out.Result, out.Message = analyzerapi.CheckAccessNotGrantedResultFail, new("The policy document grants access to perform one or more of the listed "+words+".")
		out.Reasons = reasons(list[0], v, "One or more of the listed "+words+" in the statement")
	}
	return out, nil
}

// words are what the messages call what was listed.
func words(a analyzerapi.Access) string {
	if len(a.Resources) == 0 {
		return "actions"
	}
	return "actions or resources"
}

// CheckNoPublicAccess checks that the policy of a resource does not let in the
// public.
func (s *Service) CheckNoPublicAccess(ctx context.Context, in *analyzerapi.CheckNoPublicAccessInput) (*analyzerapi.CheckNoPublicAccessOutput, error) {
	if err := permitted(ctx, "CheckNoPublicAccess"); err != nil {
		return nil, err
	}
	kind := policy.Resource
	if in.ResourceType == analyzerapi.AccessCheckResourceTypeAwsIamAssumeRolePolicyDocument {
		kind = policy.Trust
	}
	list, err := parseAs(kind, []string{"policyDocument", *in.PolicyDocument})
	if err != nil {
		return nil, err
	}
	p := list[0]
	v, err := decided(exposure.Public(p))
	if err != nil {
		return nil, err
	}
	out := &analyzerapi.CheckNoPublicAccessOutput{Result: analyzerapi.CheckNoPublicAccessResultPass, Message: new("The resource policy does not grant public access for the given resource type.")}
	if len(v.Statements) > 0 {
		out.Result, out.Message = analyzerapi.CheckNoPublicAccessResultFail, new("The resource policy grants public access for the given resource type.")
		out.Reasons = reasons(p, v, "Public access granted in the following statement")
	}
	return out, nil
}

// decided turns a verdict that was not reached into the answer for it. It never
// passes.
func decided(v exposure.Verdict, err error) (exposure.Verdict, error) {
	if err == nil && v.Open != "" {
		err = analyzerapi.ErrUnprocessableEntityException("The specified entity could not be processed: %s", v.Open)
	}
	return v, err
}

// reasons name the statements of a verdict: by their ids, or else their places.
//
// See the examples of https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
func reasons(p *policy.Policy, v exposure.Verdict, what string) []analyzerapi.ReasonSummary {
	list, statements := []analyzerapi.ReasonSummary{}, p.Statements()
	for _, i := range v.Statements {
		r := analyzerapi.ReasonSummary{StatementIndex: new(int32(i))}
		if sid := statements[i].Sid; sid != "" {
			r.StatementId, r.Description = &sid, new(what+" with sid: "+sid+".")
		} else {
			r.Description = new(fmt.Sprintf("%s with index: %d.", what, i))
		}
		list = append(list, r)
	}
	return list
}

// parse reads documents of a type; of each comes first the member that has it. A
// resource's policy can be the trust policy of a role: then all are.
func parse(t analyzerapi.AccessCheckPolicyType, namesAndDocuments ...string) ([]*policy.Policy, error) {
	if t == analyzerapi.AccessCheckPolicyTypeIdentityPolicy {
		return parseAs(policy.Identity, namesAndDocuments)
	}
	list, err := parseAs(policy.Resource, namesAndDocuments)
	if err != nil {
		if trust, notTrust := parseAs(policy.Trust, namesAndDocuments); notTrust == nil {
			return trust, nil
		}
	}
	return list, err
}

func parseAs(kind policy.Kind, namesAndDocuments []string) (list []*policy.Policy, err error) {
	for i := 0; i < len(namesAndDocuments); i += 2 {
		if err := checkSize(namesAndDocuments[i], namesAndDocuments[i+1], maxChecked); err != nil {
			return nil, err
		}
		p, err := policy.Parse(namesAndDocuments[i+1], kind)
		if err != nil {
			return nil, malformed(namesAndDocuments[i], err)
		}
		list = append(list, p)
	}
	return list, nil
}

// maxChecked is the length of a document that is checked, more than twice that
// of the longest that a service takes.
const maxChecked = 64 << 10

// checkSize refuses a document that is too long to be looked at.
func checkSize(member, document string, most int) error {
	if len(document) > most {
		return errField(member, "The %s is longer than %d bytes.", member, most)
	}
	return nil
}

// malformed is the answer for a document that is no policy of its kind.
func malformed(member string, err error) error {
	var e *policy.MalformedError
	if !errors.As(err, &e) {
		return err
	}
	return analyzerapi.ErrInvalidParameterException("The %s is not valid: %s", member, e.Reason).WithCause(err)
}
