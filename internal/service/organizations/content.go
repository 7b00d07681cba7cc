package organizations

import (
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/service/organizations/inheritance"
	"github.com/fortlet/fortlet/policy"
)

// checkContent checks the document of a policy by the rules of its type.
func checkContent(policyType, content string) error {
	if utf8.RuneCountInString(content) > limitsOf(policyType).size {
		return errConstraint("POLICY_CONTENT_LIMIT_EXCEEDED", "You have exceeded the maximum policy size.")
	}
	if err := parseContent(orgapi.PolicyType(policyType), content); err != nil {
		return errMalformed().WithCause(err)
	}
	return nil
}

func parseContent(policyType orgapi.PolicyType, content string) error {
	switch policyType {
	case orgapi.PolicyTypeServiceControlPolicy:
		_, err := policy.Parse(content, policy.SCP)
		return err
	case orgapi.PolicyTypeResourceControlPolicy:
		p, err := policy.Parse(content, policy.RCP)
		if err == nil && slices.ContainsFunc(p.Statements(), allows) {
			err = errAllows
		}
		return err
	}
	_, err := inheritance.Parse(content, topOf[policyType])
	return err
}

// errAllows is a resource control policy that allows, which is AWS's alone.
var errAllows = errors.New("a resource control policy that allows")

func allows(s policy.Statement) bool { return s.Effect == policy.Allow }

func errMalformed() *api.Error {
	return orgapi.ErrMalformedPolicyDocumentException("The provided policy document does not meet the requirements of the specified policy type.")
}

// topOf is the key under which everything in a policy of a type stands.
var topOf = map[orgapi.PolicyType]string{
	orgapi.PolicyTypeTagPolicy:                     "tags",
	orgapi.PolicyTypeBackupPolicy:                  "plans",
	orgapi.PolicyTypeAiservicesOptOutPolicy:        "services",
	orgapi.PolicyTypeChatbotPolicy:                 "chatbot",
	orgapi.PolicyTypeDeclarativePolicyEc2:          "ec2_attributes",
	orgapi.PolicyTypeSecurityhubPolicy:             "securityhub",
	orgapi.PolicyTypeInspectorPolicy:               "inspector",
	orgapi.PolicyTypeUpgradeRolloutPolicy:          "upgrade_rollout",
	orgapi.PolicyTypeBedrockPolicy:                 "bedrock",
	orgapi.PolicyTypeS3Policy:                      "s3_attributes",
	orgapi.PolicyTypeNetworkSecurityDirectorPolicy: "network_security_director",
}
