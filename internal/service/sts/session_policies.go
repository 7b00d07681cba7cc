package sts

import (
	"strings"

	stsapi "github.com/fortlet/fortlet/internal/api/sts"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/policy"
)

const (
	maxSessionPolicy = 2048 // characters, inline and managed ARNs together
	maxPolicyARNs    = 10
	maxPacked        = 4096 // bytes of policies and tags that make 100 percent
)

// sessionPolicies checks the session policies that a call passes.
func (s *Service) sessionPolicies(inline *string, arns []stsapi.PolicyDescriptorType, account string) (credentials.Policies, error) {
	var pol credentials.Policies
	if inline != nil {
		if len(*inline) > maxSessionPolicy {
			return pol, validationError("1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to %d", maxSessionPolicy)
		}
		if _, err := policy.Parse(*inline, policy.Session); err != nil {
			return pol, stsapi.ErrMalformedPolicyDocument("%s", reason(err))
		}
		pol.Inline = *inline
	}
	if len(arns) > maxPolicyARNs {
		return pol, validationError("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicyARNs)
	}
	for _, d := range arns {
		arn, err := s.managedPolicy(d, account)
		if err != nil {
			return pol, err
		}
		pol.ARNs = append(pol.ARNs, arn)
	}
	return pol, nil
}

// managedPolicy checks that a managed session policy exists, in the account of
// the session or among AWS's own.
func (s *Service) managedPolicy(d stsapi.PolicyDescriptorType, account string) (string, error) {
	if d.Arn == nil {
		return "", validationError("Policy ARN must not be null")
	}
	arn := *d.Arn
	own := strings.HasPrefix(arn, cloud.ARN("iam", "", account, "policy/"))
	aws := strings.HasPrefix(arn, cloud.ARN("iam", "", "aws", "policy/"))
	if !own && !aws || s.cloud.Authorizer.Directory.ManagedPolicy(arn) == nil {
		return "", validationError("Policy %s does not exist or is not attachable.", arn)
	}
	return arn, nil
}

func reason(err error) string {
	if m, ok := err.(*policy.MalformedError); ok {
		return m.Reason
	}
	return err.Error()
}

// packedSize is the share of the room for session policies and tags that the
// call uses, in percent; nil when it passes none. AWS does not publish its
// packing; ours counts bytes without white space.
func packedSize(pol credentials.Policies, tags map[string]string) (*int32, error) {
	n := policy.Size(pol.Inline)
	for _, arn := range pol.ARNs {
		n += len(arn)
	}
	for k, v := range tags {
		n += len(k) + len(v)
	}
	if n == 0 {
		return nil, nil
	}
	percent := int32((n*100 + maxPacked - 1) / maxPacked)
	if percent > 100 {
		return nil, stsapi.ErrPackedPolicyTooLarge("Packed size of session tags consumes %d%% of allotted space.", percent)
	}
	return &percent, nil
}
