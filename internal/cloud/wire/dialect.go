package wire

import (
	"reflect"
	"strings"
)

// dialect is in what the messages of a service differ from what AWS's services
// have in common.
type dialect struct {
	// reticent messages neither repeat values nor list those of an enum, and
	// say of the elements of a list also that they must not be null.
	reticent bool
	// plainly says in a sentence what characters a member may have; "" for
	// members about which AWS quotes the pattern.
	plainly func(member string) string
	// refuse answers for the text of a header or parameter that is no value of
	// its member; nil for the answer of the protocol.
	refuse func(m *member, text string) error
	// validate checks an input in place of Validate, for services that have no
	// such messages at all; nil for the others.
	validate func(plan *structure, in reflect.Value) error
	// itemized messages come with a reason and a list of the members at fault,
	// as the models of newer services have it.
	itemized bool
}

var dialects = map[string]dialect{
	"iam":             {reticent: true, plainly: plainIAM},
	"s3":              {refuse: refuseS3, validate: validateS3},
	"access-analyzer": {itemized: true},
	"organizations":   {validate: validateOrganizations},
}

// plainIAM has the sentences that IAM was seen to use. Answers that it gave in
// 2026, with and without them, are in the tests of LocalStack
// (tests/aws/services/iam, the snapshots); STS was not reticent at the same
// time. Sentences: github.com/aws/aws-cli/issues/5860,
// github.com/aws-amplify/amplify-cli/issues/9120,
// github.com/aws-cloudformation/cfn-lint/issues/722.
func plainIAM(member string) string {
	switch {
	case strings.HasSuffix(member, "Name"):
		return "It must contain only alphanumeric characters and/or the following: +=,.@_-"
	case member == "path", member == "newPath":
		return "It must begin and end with / and contain only alphanumeric characters and/or / characters."
	case member == "pathPrefix":
		return "It must begin with the / character and contain only alphanumeric characters and/or / characters."
	case member == "accessKeyId":
		return "It must contain only alphanumeric characters."
	case member == "policyDocument", member == "assumeRolePolicyDocument":
		return "It must contain only printable ASCII characters."
	}
	return ""
}
