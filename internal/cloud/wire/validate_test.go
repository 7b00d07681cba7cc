package wire

import (
	"strconv"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/api/sts"
)

// Messages that AWS was seen to give.
func TestValidateAsAWS(t *testing.T) {
	for _, test := range []struct {
		source  string
		op      *api.Operation
		in      any
		code    string
		message string
	}{
		{"github.com/aws/aws-sdk-java-v2/issues/6129", &sts.OpAssumeRole.Operation,
			&sts.AssumeRoleInput{RoleArn: new("arn:aws:iam::123456"), RoleSessionName: new("session")}, "ValidationError",
			"1 validation error detected: Value 'arn:aws:iam::123456' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"github.com/SWO-GS/auto-tag/issues/90", &sts.OpAssumeRole.Operation,
			&sts.AssumeRoleInput{RoleArn: new("arn:aws:iam::111122223333:role/r"), RoleSessionName: new("session"),
				Tags: []sts.Tag{sessionTag("1", "a"), sessionTag("2", "a"), sessionTag("3", "a"), sessionTag("4", "a"), sessionTag("5", "a"), sessionTag("6", "SourceIP: x, UserAgent: y")}}, "ValidationError",
			"1 validation error detected: Value 'SourceIP: x, UserAgent: y' at 'tags.6.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"},
		{"github.com/localstack/localstack tests/aws/services/kms/test_kms.snapshot.json", &kms.OpGenerateRandom.Operation,
			&kms.GenerateRandomInput{NumberOfBytes: new(int32(0))}, "ValidationException",
			"1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"the same", &kms.OpGenerateRandom.Operation,
			&kms.GenerateRandomInput{NumberOfBytes: new(int32(1025))}, "ValidationException",
			"1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"},
		{"github.com/getmoto/moto/pull/4441", &kms.OpEncrypt.Operation,
			&kms.EncryptInput{KeyId: new("key"), Plaintext: make([]byte, 4097)}, "ValidationException",
			"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"},
		{"github.com/mhart/kinesalite/issues/9", &kms.OpDecrypt.Operation,
			&kms.DecryptInput{CiphertextBlob: make([]byte, 6145)}, "ValidationException",
			"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=6145 cap=6145]' at 'ciphertextBlob' failed to satisfy constraint: Member must have length less than or equal to 6144"},
		{"github.com/mhart/kinesalite test/removeTagsFromStream.js", &sts.OpAssumeRole.Operation,
			&sts.AssumeRoleInput{RoleArn: new("arn:aws:iam::111122223333:role/r"), RoleSessionName: new("session"), TransitiveTagKeys: []string{"a", "", "b"}}, "ValidationError",
			"1 validation error detected: Value '[a, , b]' at 'transitiveTagKeys' failed to satisfy constraint: Member must satisfy constraint: " +
				"[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, " +
				"Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]"},
		{"github.com/mhart/kinesalite test/addTagsToStream.js", &sts.OpDecodeAuthorizationMessage.Operation,
			&sts.DecodeAuthorizationMessageInput{EncodedMessage: new("")}, "ValidationError",
			"1 validation error detected: Value '' at 'encodedMessage' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"the same", &kms.OpCreateAlias.Operation, &kms.CreateAliasInput{}, "ValidationException",
			"2 validation errors detected: Value null at 'aliasName' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'targetKeyId' failed to satisfy constraint: Member must not be null"},
	} {
		t.Run(test.source+" "+test.op.Name, func(t *testing.T) {
			wantError(t, Validate(test.op, test.in), test.code, test.message)
		})
	}
}

func sessionTag(key, value string) sts.Tag { return sts.Tag{Key: new(key), Value: new(value)} }

// IAM names what is wrong, not the value: answers of AWS from 2026, recorded in
// github.com/localstack/localstack under tests/aws/services/iam. The last is
// such an answer with another constraint.
func TestValidateReticent(t *testing.T) {
	const failed = " failed to satisfy constraint: "
	var many []iam.Tag
	for i := range 51 {
		many = append(many, iam.Tag{Key: new(strconv.Itoa(i)), Value: new("")})
	}
	for _, test := range []struct {
		source  string
		op      *api.Operation
		in      any
		message string
	}{
		{"test_iam_roles.snapshot.json", &iam.OpTagRole.Operation, &iam.TagRoleInput{RoleName: new("r"), Tags: many},
			"1 validation error detected: Value at 'tags'" + failed + "Member must have length less than or equal to 50"},
		{"test_iam_roles.snapshot.json", &iam.OpTagRole.Operation, &iam.TagRoleInput{RoleName: new("r"), Tags: []iam.Tag{{Key: new("a!"), Value: new("b")}}},
			"1 validation error detected: Value at 'tags.1.member.key'" + failed + "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"},
		{"test_iam_roles.snapshot.json", &iam.OpUntagRole.Operation, &iam.UntagRoleInput{RoleName: new("r"), TagKeys: []string{strings.Repeat("a", 129)}},
			"1 validation error detected: Value at 'tagKeys'" + failed + "Member must satisfy constraint: [Member must have length less than or equal to 128, " +
				"Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must not be null]"},
		{"test_iam_account_password_policy.snapshot.json", &iam.OpUpdateAccountPasswordPolicy.Operation, &iam.UpdateAccountPasswordPolicyInput{MaxPasswordAge: new(int32(1096))},
			"1 validation error detected: Value at 'maxPasswordAge'" + failed + "Member must have value less than or equal to 1095"},
		{"test_iam.snapshot.json, of service-specific credentials", &iam.OpUpdateAccessKey.Operation, &iam.UpdateAccessKeyInput{AccessKeyId: new("AKIAIOSFODNN7EXAMPLE"), Status: "Lost"},
			"1 validation error detected: Value at 'status'" + failed + "Member must satisfy enum value set"},
		{"", &iam.OpCreateUser.Operation, &iam.CreateUserInput{}, "1 validation error detected: Value at 'userName'" + failed + "Member must not be null"},
	} {
		t.Run(test.source+" "+test.op.Name, func(t *testing.T) {
			wantError(t, Validate(test.op, test.in), "ValidationError", test.message)
		})
	}
}

// What IAM says in sentences of its own about characters, but about those alone.
func TestValidateInSentences(t *testing.T) {
	const name = " is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
	for _, test := range []struct {
		source  string
		op      *api.Operation
		in      any
		message string
	}{
		{"github.com/aws-amplify/amplify-cli/issues/9120", &iam.OpCreateRole.Operation, &iam.CreateRoleInput{RoleName: new("a/b"), AssumeRolePolicyDocument: new("{}")},
			"The specified value for roleName" + name},
		{"github.com/aws/aws-cli/issues/5860", &iam.OpListPolicies.Operation, &iam.ListPoliciesInput{PathPrefix: new("/foo")},
			"The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters."},
		{"github.com/ansible-collections/amazon.aws/issues/2065", &iam.OpListRoles.Operation, &iam.ListRolesInput{PathPrefix: new("{foo}")},
			"The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters."},
		{"github.com/aws-cloudformation/cfn-lint/issues/722", &iam.OpCreateRole.Operation, &iam.CreateRoleInput{RoleName: new("r"), Path: new("test/"), AssumeRolePolicyDocument: new("{}")},
			"The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."},
		{"github.com/aws/eks-hybrid/pull/113", &iam.OpCreateRole.Operation, &iam.CreateRoleInput{RoleName: new(strings.Repeat("r", 65)), AssumeRolePolicyDocument: new("{}")},
			"1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"a byte order mark", &iam.OpCreateRole.Operation, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new("\ufeff{}")},
			"The specified value for assumeRolePolicyDocument is invalid. It must contain only printable ASCII characters."},
		{"both", &iam.OpCreateRole.Operation, &iam.CreateRoleInput{RoleName: new(strings.Repeat("/", 65)), AssumeRolePolicyDocument: new("{}")},
			"1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"the first", &iam.OpPutRolePolicy.Operation, &iam.PutRolePolicyInput{RoleName: new("a b"), PolicyName: new("a b"), PolicyDocument: new("{}")},
			"The specified value for roleName" + name},
		{"empty", &iam.OpCreateUser.Operation, &iam.CreateUserInput{UserName: new("")}, "The specified value for userName" + name},
		{"github.com/ministackorg/ministack/issues/1411", &iam.OpUpdateRoleDescription.Operation, &iam.UpdateRoleDescriptionInput{RoleName: new("r"), Description: new("a — b")},
			"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"},
	} {
		t.Run(test.source+" "+test.op.Name, func(t *testing.T) {
			wantError(t, Validate(test.op, test.in), "ValidationError", test.message)
		})
	}
}

func TestValidate(t *testing.T) {
	const (
		colors = "Member must satisfy enum value set: [RED, GREEN]"
		failed = " failed to satisfy constraint: "
	)
	for _, test := range []struct {
		in   everything
		want string // empty for none; otherwise what follows "1 validation error detected: "
	}{
		{everything{}, ""},
		{*full(), ""},
		{everything{Color: "PUCE"}, "Value 'PUCE' at 'color'" + failed + colors},
		{everything{Color: "red"}, "Value 'red' at 'color'" + failed + colors},
		{everything{Color: emptyEnum}, "Value '' at 'color'" + failed + colors},
		{everything{Colors: []color{"RED", ""}}, "Value '[RED, ]' at 'colors'" + failed + "Member must satisfy constraint: [" + colors + "]"},
		{everything{Double: new(1.51)}, "Value '1.51' at 'double'" + failed + "Member must have value less than or equal to 1.5"},
		{everything{Double: new(0.5)}, ""},
		{everything{Double: new(0.0)}, "Value '0' at 'double'" + failed + "Member must have value greater than or equal to 0.5"},
		{everything{Secret: new("hunter2")}, "Value at 'secret'" + failed + "Member must have length less than or equal to 3"},
		{everything{Secrets: []string{"hunter2"}}, "Value at 'secrets'" + failed + "Member must satisfy constraint: [Member must have length less than or equal to 3]"},
		{everything{Secret: new("日本語")}, ""}, // lengths count characters
		{everything{Texts: []string{"aa", "bb", "cc", "dd"}}, "Value '[aa, bb, cc, dd]' at 'texts'" + failed + "Member must have length less than or equal to 3"},
		{everything{Texts: []string{"AA"}}, "Value '[AA]' at 'texts'" + failed + "Member must satisfy constraint: [Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z,]+]"},
		{everything{Lists: [][]string{{"aa"}, {"aa", "bbb"}}}, "Value '[aa, bbb]' at 'lists.2.member'" + failed + "Member must satisfy constraint: [Member must have length less than or equal to 2]"},
		{everything{Map: map[string]string{"a": "aa", "b": "bb", "c": "cc"}}, "Value '{a=aa, b=bb, c=cc}' at 'map'" + failed + "Member must have length less than or equal to 2"},
		{everything{Map: map[string]string{"long": "aa"}}, "Value '{long=aa}' at 'map'" + failed + "Map keys must satisfy constraint: [Member must have length less than or equal to 3]"},
		{everything{Map: map[string]string{"a": "a"}}, "Value '{a=a}' at 'map'" + failed + "Map value must satisfy constraint: [Member must have length greater than or equal to 2]"},
		{everything{ByColor: map[color]everyone{"RED": {}}}, "Value null at 'byColor.RED.member.name'" + failed + "Member must not be null"},
		{everything{ByColor: map[color]everyone{"RED": {Name: new("A")}}}, "Value 'A' at 'byColor.RED.member.name'" + failed + "Member must have length greater than or equal to 2"},
		{everything{ByColor: map[color]everyone{"PUCE": {Name: new("Ann")}}}, "Value '{PUCE=everyone}' at 'byColor'" + failed + "Map keys must satisfy constraint: [" + colors + "]"},
		{everything{Self: &everything{Color: "PUCE"}}, "Value 'PUCE' at 'self.color'" + failed + colors},
		{everything{Selves: []everything{{}, {Color: "PUCE"}}}, "Value 'PUCE' at 'selves.2.member.color'" + failed + colors},
		// What is too long is not repeated.
		{everything{Texts: []string{strings.Repeat("a", 5000), "aa", "aa", "aa"}}, "Value at 'texts'" + failed + "Member must have length less than or equal to 3"},
	} {
		err := Validate(&jsonOp.Operation, &test.in)
		if test.want == "" {
			if err != nil {
				t.Errorf("unwanted error: %v", err)
			}
			continue
		}
		if err == nil {
			t.Errorf("no error, want %s", test.want)
			continue
		}
		wantError(t, err, "ValidationException", "1 validation error detected: "+test.want)
	}
}

// Whatever breaks, nothing of a sensitive value may come back.
func TestValidateHidesSecrets(t *testing.T) {
	const secret = "correct horse battery staple"
	for name, err := range map[string]error{
		"password":  Validate(&iam.OpCreateLoginProfile.Operation, &iam.CreateLoginProfileInput{UserName: new(strings.Repeat("u", 65)), Password: new(strings.Repeat(secret, 5) + "\x00")}),
		"plaintext": Validate(&kms.OpEncrypt.Operation, &kms.EncryptInput{Plaintext: []byte(strings.Repeat(secret, 200))}),
	} {
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
