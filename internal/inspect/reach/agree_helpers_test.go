package reach_test

import (
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

func tagged(key, value string) []kmstypes.Tag {
	return []kmstypes.Tag{{TagKey: &key, TagValue: &value}}
}

// constrained gives a grant operations, and now and then a constraint.
func constrained(c *randomCloud, in *kms.CreateGrantInput) *kms.CreateGrantInput {
	in.Operations = []kmstypes.GrantOperation{kmstypes.GrantOperationEncrypt, kmstypes.GrantOperationGenerateDataKey}
	switch c.IntN(3) {
	case 0:
		in.Constraints = &kmstypes.GrantConstraints{EncryptionContextSubset: map[string]string{"app": "one"}}
	case 1:
		in.Constraints = &kmstypes.GrantConstraints{EncryptionContextEquals: map[string]string{"app": "two", "x": "y"}}
	}
	return in
}

func session(c *randomCloud, document string) authz.Document {
	p, err := policy.Parse(document, policy.Session)
	c.check(err)
	return authz.Document{Type: authz.SessionPolicy, ID: "session", Policy: p}
}
