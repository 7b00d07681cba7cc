package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

const bucket = "AWS::S3::Bucket"

// Shorthands for documents that are in order but for what a case is about.
func identity(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

func allow(rest string) string { return identity(`{"Effect":"Allow",` + rest + `}`) }

func condition(block string) string {
	return allow(`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":` + block)
}

func trust(rest string) string {
	return allow(`"Action":"sts:AssumeRole",` + rest)
}

func ofBucket(rest string) string {
	return allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",` + rest)
}

type example struct {
	code     string
	kind     policy.Kind
	typ      string // of resource
	document string
	details  string
	account  string
}

// cases has a document for each check, and what it is to say. The messages are
// those of https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
// (their placeholders filled in); where a case has none, the check's message has
// no placeholder or another case has it.
var cases = []example{
	{code: "JSON_SYNTAX_ERROR", document: "{\n  \"Version\": 2012-10-17\n}", details: "Fix the JSON syntax error at index 15 line 2 column 13."},
	{code: "JSON_SYNTAX_ERROR", document: "", details: "Fix the JSON syntax error at index 0 line 1 column 0."},
	{code: "JSON_SYNTAX_ERROR", document: `{"Version":"2012-10-17"} x`},
	{code: "DATA_TYPE_MISMATCH", document: `[]`, details: "The text does not match the expected JSON data type Object."},
	{code: "DATA_TYPE_MISMATCH", document: `{"Version":2012,"Statement":[]}`, details: "The text does not match the expected JSON data type String."},
	{code: "DATA_TYPE_MISMATCH", document: allow(`"Action":{"a":1},"Resource":"*"`)},
	{code: "DATA_TYPE_MISMATCH", document: allow(`"Action":["s3:GetObject",1],"Resource":"*"`)},
	{code: "DATA_TYPE_MISMATCH", document: condition(`[]`)},
	{code: "DATA_TYPE_MISMATCH", document: condition(`{"StringEquals":"x"}`)},
	{code: "DATA_TYPE_MISMATCH", document: condition(`{"StringEquals":{"aws:username":{"x":1}}}`)},
	{code: "INVALID_POLICY_ELEMENT", document: `{"Version":"2012-10-17","Statements":[]}`, details: "The policy element Statements is not valid."},
	{code: "INVALID_POLICY_ELEMENT", document: allow(`"Action":"s3:GetObject","Resource":"*","resource":"*"`)},
	{code: "INVALID_VERSION", document: `{"Version":"2012-10-18","Statement":[]}`, details: "The version 2012-10-18 is not valid. Use one of the following versions: [2012-10-17, 2008-10-17]"},
	{code: "MISSING_VERSION", document: `{"Statement":[]}`},
	{code: "MISSING_STATEMENT", document: `{"Version":"2012-10-17"}`},
	{code: "MISSING_STATEMENT", document: `{"Version":"2012-10-17","Statement":[]}`},
	{code: "MISSING_EFFECT", document: identity(`{"Action":"s3:GetObject","Resource":"*"}`)},
	{code: "INVALID_EFFECT", document: identity(`{"Effect":"allow","Action":"s3:GetObject","Resource":"*"}`), details: "The effect allow is not valid. Use Allow or Deny."},
	{code: "MISSING_ACTION", document: allow(`"Resource":"*"`)},
	{code: "MISSING_RESOURCE", document: allow(`"Action":"s3:GetObject"`)},
	{code: "MISSING_PRINCIPAL", kind: policy.Resource, document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`)},
	{code: "MISSING_PRINCIPAL", kind: policy.Trust, document: allow(`"Action":"sts:AssumeRole"`)},
	{code: "UNSUPPORTED_ELEMENT_COMBINATION", document: allow(`"Action":"s3:GetObject","NotAction":"s3:PutObject","Resource":"*"`), details: "The policy elements Action and NotAction can not be used in the same statement. Remove one of these elements."},
	{code: "EMPTY_ARRAY_ACTION", document: allow(`"Action":[],"Resource":"*"`)},
	{code: "EMPTY_ARRAY_RESOURCE", document: allow(`"Action":"s3:GetObject","Resource":[]`)},
	{code: "EMPTY_SID_VALUE", document: allow(`"Sid":"","Action":"s3:GetObject","Resource":"*"`)},
	{code: "UNSUPPORTED_SID", document: allow(`"Sid":"a b","Action":"s3:GetObject","Resource":"*"`)},
	{code: "UNIQUE_SIDS_REQUIRED", document: identity(`{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`)},
	{code: "UNIQUE_SIDS_RECOMMENDED", kind: policy.Resource, document: identity(`{"Sid":"A","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"},{"Sid":"A","Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*"}`)},

	{code: "INVALID_ACTION", document: allow(`"Action":"s3:GetObjects","Resource":"*"`), details: "The action s3:GetObjects does not exist. Did you mean s3:GetObject?"},
	{code: "INVALID_ACTION", document: allow(`"Action":"s3:Frobnicate*","Resource":"*"`), details: "The action s3:Frobnicate* does not exist."},
	{code: "INVALID_ACTION", document: allow(`"Action":"GetObject","Resource":"*"`)},
	{code: "INVALID_SERVICE_IN_ACTION", document: allow(`"Action":"dynamodbb:GetItem","Resource":"*"`), details: "The service dynamodbb specified in the action does not exist. Did you mean dynamodb?"},
	{code: "WILDCARD_IN_SERVICE_NAME", document: allow(`"Action":"*:Get*","Resource":"*"`)},
	{code: "WILDCARD_IN_SERVICE_NAME", document: allow(`"Action":"codebuild:StartBuild","Resource":"arn:aws:*code*::111122223333:*"`)},
	{code: "REDUNDANT_ACTION", document: allow(`"Action":["iam:Get*","iam:List*","iam:GetCredentialReport"],"Resource":"*"`), details: "The 1 action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: iam:GetCredentialReport."},
	{code: "UNSUPPORTED_ACTION_IN_POLICY", kind: policy.Resource, typ: bucket, document: allow(`"Principal":"*","Action":"kms:Decrypt","Resource":"arn:aws:s3:::b/*"`), details: "The action kms:Decrypt is not supported for the resource-based policy attached to the resource type AWS::S3::Bucket."},

	{code: "INVALID_ARN_PREFIX", document: allow(`"Action":"s3:GetObject","Resource":"aws:s3:::b/*"`)},
	{code: "MISSING_ARN_FIELD", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:b"`), details: "Resource ARNs must include at least 6 fields in the following structure: arn:partition:service:region:account:resource"},
	{code: "INVALID_PARTITION", document: allow(`"Action":"s3:GetObject","Resource":"arn:amazon:s3:::b/*"`)},
	{code: "INVALID_SERVICE", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s33:::b/*"`), details: "The service s33 does not exist. Use a valid service name."},
	{code: "INVALID_ARN_SERVICE_CASE", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:S3:::b/*"`), details: "Update the service name S3 in the resource ARN to use all lowercase letters."},
	{code: "INVALID_ARN_REGION", document: allow(`"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-mars-1:123456789012:q"`), details: "The Region eu-mars-1 is not valid for this resource. Update the resource ARN to include a supported Region."},
	{code: "INVALID_ARN_ACCOUNT", document: allow(`"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:1234:q"`), details: "The resource ARN account ID 1234 is not valid. Provide a 12-digit account ID."},
	{code: "INVALID_ARN_RESOURCE", document: allow(`"Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb:eu-west-1:123456789012:tables/t"`)},
	{code: "ARN_REGION_NOT_ALLOWED", document: allow(`"Action":"iam:GetRole","Resource":"arn:aws:iam:eu-west-1:123456789012:role/r"`), details: "The service iam does not support specifying a Region in the resource ARN."},
	{code: "ARN_ACCOUNT_NOT_ALLOWED", document: allow(`"Action":"s3:ListBucket","Resource":"arn:aws:s3::123456789012:b"`), details: "The service s3 does not support specifying an account ID in the resource ARN."},
	{code: "MISSING_ARN_REGION", document: allow(`"Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb::123456789012:table/t"`), details: "Add a Region to the dynamodb resource ARN."},
	{code: "MISSING_ARN_ACCOUNT", document: allow(`"Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb:eu-west-1::table/t"`), details: "The resource table/t in the arn is missing an account id. Please provide a 12 digit account id."},
	{code: "REDUNDANT_RESOURCE", document: allow(`"Action":"iam:GetRole","Resource":["arn:aws:iam::111122223333:role/jane-admin","arn:aws:iam::111122223333:role/jane-s3only","arn:aws:iam::111122223333:role/jane*"]`), details: "The 2 resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*)"},
	{code: "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", kind: policy.Resource, typ: bucket, document: allow(`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:kms:eu-west-1:123456789012:key/k"`), details: "The resource ARN is not supported for the resource-based policy attached to the resource type AWS::S3::Bucket."},

	{code: "UNSUPPORTED_PRINCIPAL", document: allow(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`), details: "The policy type IDENTITY_POLICY does not support the Principal element. Remove the Principal element."},
	{code: "SCP_SYNTAX_ERROR_PRINCIPAL", kind: policy.SCP, document: identity(`{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`)},
	{code: "INVALID_PRINCIPAL_FORMAT", kind: policy.Resource, document: ofBucket(`"Principal":"123456789012"`)},
	{code: "INVALID_PRINCIPAL_FORMAT", kind: policy.Resource, document: ofBucket(`"Principal":["*"]`)},
	{code: "INVALID_PRINCIPAL_KEY", kind: policy.Resource, document: ofBucket(`"Principal":{"Aws":"123456789012"}`), details: "The principal key Aws is not valid."},
	{code: "EMPTY_ARRAY_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"Principal":{"AWS":[]}`)},
	{code: "EMPTY_OBJECT_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"Principal":{}`)},
	{code: "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"Principal":{"AWS":"arn:aws:iam::123456789012:user/*"}`), details: "Wildcards (*, ?) are not supported with the principal key AWS. Replace the wildcard with a valid principal value."},
	{code: "INVALID_SERVICE_PRINCIPAL_FORMAT", kind: policy.Trust, document: trust(`"Principal":{"Service":"EC2.amazonaws.com"}`), details: "The service principal does not match the expected format. Use the format service-name.amazonaws.com."},
	{code: "INVALID_SERVICE_PRINCIPAL_FORMAT", document: allow(`"Action":"kms:Decrypt","Resource":"arn:aws:kms:eu-west-1:123456789012:key/k","Condition":{"StringEquals":{"kms:ViaService":"s3.amazonaws.com"}}`), details: "The service principal does not match the expected format. Use the format service-name.AWS_region.amazonaws.com."},
	{code: "FEDERATED_PRINCIPAL_NOT_SUPPORTED", kind: policy.Resource, document: ofBucket(`"Principal":{"Federated":"cognito-identity.amazonaws.com"}`)},
	{code: "INVALID_ROLE_REFERENCE", kind: policy.Resource, document: ofBucket(`"Principal":{"AWS":"AROADBQP57FF2AEXAMPLE"}`), details: "The Principal element includes the IAM role ID AROADBQP57FF2AEXAMPLE. We recommend that you use a role ARN instead."},
	{code: "INVALID_USER_REFERENCE", kind: policy.Resource, document: ofBucket(`"Principal":{"AWS":"AIDACKCEVSQ6C2EXAMPLE"}`), details: "The Principal element includes the IAM user ID AIDACKCEVSQ6C2EXAMPLE. We recommend that you use a user ARN instead."},
	{code: "ALLOW_WITH_NOT_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"NotPrincipal":{"AWS":"123456789012"}`)},

	{code: "MISSING_BRACE_IN_VARIABLE", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username"`)},
	{code: "MISSING_QUOTE_IN_VARIABLE", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username, none}"`)},
	{code: "UNSUPPORTED_SPACE_IN_VARIABLE", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws: username}"`)},
	{code: "EMPTY_VARIABLE", document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${}"`)},
	{code: "VARIABLE_UNSUPPORTED_IN_ELEMENT", document: allow(`"Action":"s3:${aws:username}","Resource":"*"`), details: "Policy variables are supported in the Resource and Condition elements. Remove the policy variable ${aws:username} from this element."},
	{code: "VARIABLE_UNSUPPORTED_IN_VERSION", document: `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}"}]}`},
	{code: "INVALID_VARIABLE_FOR_OPERATOR", document: condition(`{"Bool":{"aws:SecureTransport":"${aws:username}"}}`)},

	{code: "INVALID_CONDITION_OPERATOR", document: condition(`{"StringEqual":{"aws:username":"x"}}`), details: "The condition operator StringEqual is not valid. Use a valid condition operator."},
	{code: "NULL_WITH_IF_EXISTS", document: condition(`{"NullIfExists":{"aws:username":"true"}}`)},
	{code: "NULL_WITH_QUALIFIER", document: condition(`{"ForAnyValue:Null":{"aws:TagKeys":"true"}}`)},
	{code: "EMPTY_OBJECT_CONDITION", document: condition(`{}`)},
	{code: "EMPTY_OBJECT_CONDITION", document: condition(`{"StringEquals":{}}`)},
	{code: "EMPTY_ARRAY_CONDITION", document: condition(`{"StringEquals":{"aws:username":[]}}`), details: "There are no values for the condition key aws:username and it does not affect the policy. Specify conditions."},
	{code: "EMPTY_ARRAY_CONDITION_FORALLVALUES", document: condition(`{"ForAllValues:StringEquals":{"aws:TagKeys":[]}}`)},
	{code: "EMPTY_ARRAY_CONDITION_FORANYVALUE", document: condition(`{"ForAnyValue:StringEquals":{"aws:TagKeys":[]}}`)},
	{code: "EMPTY_ARRAY_CONDITION_IFEXISTS", document: condition(`{"StringEqualsIfExists":{"aws:username":[]}}`)},
	{code: "INVALID_CONDITION_DATA_TYPE", document: condition(`{"StringEquals":{"aws:username":["x",1]}}`)},
	{code: "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", document: condition(`{"StringEquals":{"aws:username":"x","aws:UserName":"y"}}`), details: "The condition key aws:UserName appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys."},
	{code: "INVALID_CONDITION_KEY_FORMAT", document: condition(`{"StringEquals":{"username":"x"}}`)},
	{code: "INVALID_GLOBAL_CONDITION_KEY", document: condition(`{"StringEquals":{"aws:nosuch":"x"}}`), details: "The condition key aws:nosuch does not exist. Use a valid condition key."},
	{code: "INVALID_SERVICE_CONDITION_KEY", document: condition(`{"StringEquals":{"s3:nosuch":"x"}}`), details: "The condition key s3:nosuch does not exist in the service s3. Use a valid condition key."},
	{code: "INVALID_SERVICE", document: condition(`{"StringEquals":{"s33:prefix":"x"}}`)},
	{code: "MISSING_TAG_KEY_IN_CONDITION", document: condition(`{"StringEquals":{"aws:ResourceTag":"x"}}`), details: "The condition key aws:ResourceTag/ must include a tag key to control access based on tags. Use the format aws:ResourceTag/tag-key and specify a key name for tag-key."},
	{code: "DEPRECATED_GLOBAL_CONDITION_KEY", document: condition(`{"ArnLike":{"aws:ARN":"arn:aws:iam::123456789012:user/x"}}`)},
	{code: "UNTRUSTWORTHY_CONDITION_KEY", kind: policy.Resource, document: ofBucket(`"Principal":"*","Condition":{"StringLike":{"aws:Referer":"https://example.com/*"}}`), details: "The aws:Referer condition key is not recommended for access control as it can be spoofed/manipulated by the caller."},
	{code: "MISSING_QUALIFIER", document: condition(`{"StringEquals":{"aws:TagKeys":"x"}}`), details: "The request context key aws:TagKeys has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy."},
	{code: "FORALLVALUES_WITH_SINGLE_VALUED_KEY", document: condition(`{"ForAllValues:StringEquals":{"aws:username":"x"}}`), details: "Using ForAllValues qualifier with the single-valued condition key aws:username can be overly permissive. We recommend that you remove ForAllValues:."},
	{code: "MISSING_PAIRED_CONDITION_KEYS", document: condition(`{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}`)},
	{code: "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", document: allow(`"Action":"dynamodb:GetItem","Resource":"*","Condition":{"ForAllValues:StringEquals":{"dynamodb:Attributes":["a"]}}`)},
	{code: "S3_PREFIX_IN_NEGATIVE_CONTEXT", document: condition(`{"StringNotLike":{"s3:prefix":"private/*"}}`)},
	{code: "S3_PREFIX_IN_NEGATIVE_CONTEXT", document: identity(`{"Effect":"Deny","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"StringLike":{"s3:prefix":"private/*"}}}`)},
	{code: "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", document: identity(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:VpceAccount":"123456789012"}}}`)},
	{code: "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", document: allow(`"Action":["s3:ListBucket","s3:GetObject"],"Resource":"*","Condition":{"StringEquals":{"s3:prefix":"x"}}`), details: "The following actions: s3:GetObject are not supported by the condition key s3:prefix. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key."},
	{code: "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", document: identity(`{"Effect":"Deny","Action":"sts:GetSessionToken","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}}`)},
	{code: "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", document: identity(`{"Effect":"Deny","NotAction":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}}`)},
	{code: "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", document: allow(`"Action":"sts:GetSessionToken","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}`)},
	{code: "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", document: allow(`"NotAction":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}`)},
	{code: "IRRELEVANT_CONDITION_KEY_IN_POLICY", kind: policy.Resource, typ: bucket, document: ofBucket(`"Principal":"*","Condition":{"StringEquals":{"s3:ResourceAccount":"123456789012"}}`), details: "The condition key s3:ResourceAccount is not relevant for the AWS::S3::Bucket policy.  Use this key in an identity-based policy to govern access to this resource."},

	{code: "TYPE_MISMATCH", document: condition(`{"StringEquals":{"aws:SecureTransport":"true"}}`), details: "Use the operator type Bool instead of operator StringEquals for the condition key aws:SecureTransport."},
	{code: "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", document: condition(`{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/x*"}}`), details: "Use the operator type ArnLike instead of operator StringLike for the condition key aws:PrincipalArn."},
	{code: "TYPE_MISMATCH_BOOLEAN", document: condition(`{"Bool":{"aws:SecureTransport":"yes"}}`), details: "Add a valid Boolean value (true or false) for the condition operator Bool."},
	{code: "TYPE_MISMATCH_DATE", document: condition(`{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}`)},
	{code: "TYPE_MISMATCH_NUMBER", document: condition(`{"NumericLessThan":{"s3:max-keys":"ten"}}`)},
	{code: "TYPE_MISMATCH_STRING", document: condition(`{"BinaryEquals":{"aws:username":"!"}}`)},
	{code: "TYPE_MISMATCH_IP_RANGE", document: condition(`{"IpAddress":{"aws:SourceIp":"203.0.113.0/33"}}`)},
	{code: "INVALID_DATE_VALUE", document: condition(`{"DateLessThan":{"aws:CurrentTime":"1609459200"}}`), details: "The date 1609459200 might not resolve as expected. We recommend that you use the YYYY-MM-DD format."},
	{code: "INVALID_CONDITION_MULTIPLE_BOOLEAN", document: condition(`{"Bool":{"aws:SecureTransport":["true","false"]}}`)},
	{code: "WILDCARD_WITHOUT_LIKE_OPERATOR", document: condition(`{"StringEquals":{"aws:username":"x*"}}`)},
	{code: "INVALID_REGION", document: condition(`{"StringEquals":{"aws:RequestedRegion":"eu-mars-1"}}`), details: "The Region eu-mars-1 is not valid. Update the condition value to a supported Region."},
	{code: "INVALID_VPC_FORMAT", document: condition(`{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`)},
	{code: "INVALID_VPCE_FORMAT", document: condition(`{"StringEquals":{"aws:SourceVpce":"vpc-12345678"}}`)},
	{code: "INVALID_KMS_KEY_VALUE", document: allow(`"Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"k"}}`)},
	{code: "REDUNDANT_CONDITION_VALUE_NUM", document: condition(`{"NumericLessThan":{"aws:MultiFactorAuthAge":["2700","3600"]}}`), details: "Multiple values in NumericLessThan are redundant. Replace with the greatest single value for aws:MultiFactorAuthAge."},
	{code: "IMPROVE_IP_RANGE", document: condition(`{"IpAddress":{"aws:SourceIp":"203.0.113.7/24"}}`), details: "The non-zero bits in the IP address after the masked bits are ignored. Replace address with 203.0.113.0/24."},
	{code: "PRIVATE_IP_ADDRESS", document: condition(`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)},
	{code: "PRIVATE_NOT_IP_ADDRESS", document: condition(`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)},
	{code: "PRIVATE_IP_ADDRESS_SUBSET", document: condition(`{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}`)},
	{code: "PRIVATE_NOT_IP_ADDRESS_SUBSET", document: condition(`{"NotIpAddress":{"aws:SourceIp":["fc00::/8","203.0.113.0/24"]}}`)},
	{code: "WILDCARD_USAGE_TOO_PERMISSIVE", document: condition(`{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`)},
	{code: "WILDCARD_USAGE_TOO_PERMISSIVE", document: condition(`{"StringLike":{"aws:userid":"AROA*:x"}}`)},
	{code: "VARIABLE_USAGE_TOO_PERMISSIVE", document: condition(`{"StringLike":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}`)},
	{code: "EQUIVALENT_TO_NULL_FALSE", document: condition(`{"StringLike":{"aws:PrincipalTag/a":"*"}}`)},
	{code: "EQUIVALENT_TO_NULL_TRUE", document: condition(`{"StringNotLike":{"aws:PrincipalTag/a":"*"}}`)},
	{code: "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", document: condition(`{"StringLikeIfExists":{"aws:PrincipalTag/a":"*"}}`)},
	{code: "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", document: condition(`{"ForAnyValue:StringNotLike":{"aws:TagKeys":"*"}}`)},
	{code: "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", kind: policy.Trust, document: federated(`"Condition":{"ForAnyValue:StringEquals":{"cognito-identity.amazonaws.com:aud":"pool"}}`)},
	{code: "CONFIRM_AUDIENCE_CLAIM_TYPE", kind: policy.Trust, document: federated(`"Condition":{"ForAllValues:StringEquals":{"cognito-identity.amazonaws.com:aud":"pool"}}`)},

	{code: "PASS_ROLE_WITH_STAR_IN_RESOURCE", document: allow(`"Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/*"`)},
	{code: "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", document: allow(`"Action":"iam:Pass*","Resource":"*"`)},
	{code: "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", document: allow(`"NotAction":"s3:*","Resource":"*"`)},
	{code: "PASS_ROLE_WITH_NOT_RESOURCE", document: allow(`"Action":"iam:PassRole","NotResource":"arn:aws:iam::123456789012:role/x"`)},
	{code: "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", document: allow(`"Action":"iam:*","NotResource":"arn:aws:iam::123456789012:role/x"`)},
	{code: "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", document: allow(`"NotAction":"s3:*","NotResource":"arn:aws:iam::123456789012:role/x"`)},
	{code: "CREATE_SLR_WITH_STAR_IN_RESOURCE", document: allow(`"Action":"iam:CreateServiceLinkedRole","Resource":"*"`)},
	{code: "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", document: allow(`"Action":"iam:Create*","Resource":"*"`)},
	{code: "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", document: allow(`"NotAction":"s3:*","Resource":"*"`)},
	{code: "CREATE_SLR_WITH_NOT_RESOURCE", document: allow(`"Action":"iam:CreateServiceLinkedRole","NotResource":"arn:aws:iam::123456789012:role/x"`)},
	{code: "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", document: allow(`"Action":"iam:*","NotResource":"arn:aws:iam::123456789012:role/x"`)},
	{code: "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", document: allow(`"NotAction":"s3:*","NotResource":"arn:aws:iam::123456789012:role/x"`)},

	{code: "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"Principal":{"Service":"cloudtrail.amazonaws.com"}`)},
	{code: "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"Principal":{"Service":"ses.amazonaws.com"},"Condition":{"StringEquals":{"aws:Referer":"123456789012"}}`), details: "To restrict access to the service principal ses operating on your behalf, we recommend aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths instead of aws:Referer."},
	{code: "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", kind: policy.Resource, document: ofBucket(`"Principal":{"Service":"cloudfront.amazonaws.com"},"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), details: "The following condition keys are not supported when used with the service principal: aws:PrincipalOrgID."},

	{code: "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", kind: policy.Trust, document: trust(`"NotPrincipal":{"AWS":"123456789012"}`)},
	{code: "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kind: policy.Trust, document: trust(`"Principal":"*"`)},
	{code: "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", kind: policy.Trust, document: trust(`"Principal":{"AWS":"123456789012"},"Resource":"*"`)},
	{code: "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", kind: policy.Resource, typ: "AWS::IAM::AssumeRolePolicyDocument", document: trust(`"Principal":{"AWS":"123456789012"},"Resource":"*"`)},
	{code: "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", kind: policy.Trust, document: allow(`"Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::123456789012:saml/x"}`)},
	{code: "MISMATCHED_ACTION_FOR_PRINCIPAL", kind: policy.Trust, document: allow(`"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::123456789012:saml-provider/x"}`), details: "The sts:AssumeRoleWithWebIdentity action is invalid with the following principal(s): arn:aws:iam::123456789012:saml-provider/x. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options."},
	{code: "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", kind: policy.Trust, document: trust(`"Principal":{"Service":"rolesanywhere.amazonaws.com"}`)},
	{code: "MISSING_ACTION_FOR_CONDITION_KEY", kind: policy.Trust, document: trust(`"Principal":{"AWS":"123456789012"},"Condition":{"StringEquals":{"aws:RequestTag/a":"b"}}`), details: "The sts:TagSession action must be in the action block to allow setting values for the condition key aws:RequestTag/a. Add sts:TagSession to the action block."},
	{code: "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", kind: policy.Trust, document: trust(`"Principal":{"AWS":["arn:aws:iam::123456789012:role/r","arn:aws:sts::123456789012:assumed-role/r/s"]}`), details: "The assumed-role principal arn:aws:sts::123456789012:assumed-role/r/s is redundant with its parent role arn:aws:iam::123456789012:role/r. Remove the assumed-role principal."},
	{code: "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", kind: policy.Trust, document: federated(`"Sid":"A"`)},
	{code: "MISSING_GITHUB_REPO_CONDITION_KEY", kind: policy.Trust, document: gitHub(`{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}`)},
	{code: "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", kind: policy.Trust, document: gitHub(`{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/*"}}`)},

	{code: "RCP_SYNTAX_ERROR_NOTACTION", kind: policy.RCP, document: identity(`{"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject","Resource":"*"}`)},
	{code: "RCP_SYNTAX_ERROR_ACTION", kind: policy.RCP, document: identity(`{"Effect":"Deny","Principal":"*","Action":"ec2:RunInstances","Resource":"*"}`)},
	{code: "RCP_SYNTAX_ERROR_PRINCIPAL", kind: policy.RCP, document: identity(`{"Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"*"}`)},
	{code: "RCP_SYNTAX_ERROR_ALLOW", kind: policy.RCP, document: identity(`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}`)},
	{code: "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", kind: policy.RCP, document: rcp(`{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`)},
	{code: "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", kind: policy.RCP, document: rcp(`{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"}}`)},
	{code: "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", kind: policy.RCP, document: rcp(`{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"},"Bool":{"aws:PrincipalIsAWSService":"true"}}`)},

	{code: "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", document: big(6200)},
	{code: "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", kind: policy.Resource, document: big(20500)},
	{code: "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", kind: policy.Trust, document: big(2100)},
	{code: "POLICY_SIZE_EXCEEDS_SCP_QUOTA", kind: policy.SCP, document: big(10_200)},
	{code: "POLICY_SIZE_EXCEEDS_RCP_QUOTA", kind: policy.RCP, document: big(5200)},
	{code: "REDUNDANT_STATEMENT", document: identity(`{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"B","Effect":"Allow","Action":["s3:GetObject"],"Resource": "*"}`)},

	{code: "DUPLICATE_ELEMENT", document: allow(`"Action":"s3:GetObject","Resource":"*","Resource":"*"`)},
	{code: "DOCUMENT_TOO_LARGE", document: big(1 << 20)},
	{code: "MALFORMED_POLICY", document: " " + allow(`"Action":"s3:GetObject","Resource":"*"`)},
	{code: "KMS_DECRYPT_WITH_STAR_IN_RESOURCE", document: allow(`"Action":"kms:*","Resource":"*"`)},
	{code: "KMS_DECRYPT_WITH_STAR_IN_RESOURCE", document: allow(`"Action":"kms:ReEncrypt*","Resource":"arn:aws:kms:*:*:key/*"`)},
	{code: "TRUST_ANYONE", kind: policy.Trust, document: trust(`"Principal":{"AWS":"*"}`)},
	{code: "TRUST_SERVICE_WITHOUT_SOURCE", kind: policy.Trust, document: trust(`"Principal":{"Service":"cloudtrail.amazonaws.com"}`)},
	{code: "TRUST_ACCOUNT_WITHOUT_EXTERNAL_ID", kind: policy.Trust, account: "111122223333", document: trust(`"Principal":{"AWS":"arn:aws:iam::123456789012:root"}`)},
	{code: "ACTION_NEVER_ON_RESOURCE", document: allow(`"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b/*"`), details: "None of the resources of the statement is one that these actions act on, so that it has no effect on them: s3:ListBucket."},
	{code: "CONDITION_NEVER_HOLDS", document: condition(`{"StringEquals":{"aws:username":"x"},"StringNotEquals":{"aws:username":["x","y"]}}`)},
	{code: "CONDITION_NEVER_HOLDS", document: condition(`{"StringEquals":{"aws:username":"x"},"Null":{"aws:username":"true"}}`)},
	{code: "CONDITION_NEVER_HOLDS", document: condition(`{"NumericLessThan":{"s3:max-keys":"10"},"NumericGreaterThan":{"s3:max-keys":"20"}}`)},
	{code: "CONDITION_NEVER_HOLDS", document: condition(`{"DateLessThan":{"aws:CurrentTime":"2020-01-01"},"DateGreaterThan":{"aws:CurrentTime":"2021-01-01T00:00:00Z"}}`)},
	{code: "CONDITION_NEVER_HOLDS", document: condition(`{"StringEquals":{"s3:prefix":"a/b"},"StringLike":{"s3:prefix":"c/*"}}`)},
	{code: "ALLOW_COVERED_BY_DENY", document: identity(`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`)},
	{code: "ADMINISTRATOR_ACCESS", document: allow(`"Action":"*","Resource":"*"`)},
	{code: "PRIVILEGE_ESCALATION", document: allow(`"Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*"`), details: "Who has this policy can start an instance with any role: iam:PassRole + ec2:RunInstances."},
	{code: "PRIVILEGE_ESCALATION", document: allow(`"Action":"iam:PutRolePolicy","Resource":"arn:aws:iam::123456789012:role/app/*"`)},
}

func federated(rest string) string {
	return allow(`"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"cognito-identity.amazonaws.com"},` + rest)
}

func gitHub(condition string) string {
	return allow(`"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Condition":` + condition)
}

func rcp(condition string) string {
	return identity(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":` + condition + `}`)
}

// big is a document with so many characters that are not white space.
func big(n int) string {
	return allow(`"Sid":"` + strings.Repeat("a", n) + `","Action":"s3:GetObject","Resource":"*"`)
}

func check(document string, kind policy.Kind, typ, account string) []lint.Finding {
	return lint.Check(document, kind, lint.Options{ResourceType: typ, Own: true, Account: account})
}

func TestFindings(t *testing.T) {
	for _, test := range cases {
		t.Run(test.code, func(t *testing.T) {
			var codes, details []string
			for _, f := range check(test.document, test.kind, test.typ, test.account) {
				codes = append(codes, f.Code)
				if f.Code == test.code {
					details = append(details, f.Details)
				}
				if len(f.Locations) == 0 || f.Own == strings.HasPrefix(f.LearnMore, "https://docs.aws.amazon.com/") {
					t.Errorf("%s: locations %v, link %q", f.Code, f.Locations, f.LearnMore)
				}
			}
			if !slices.Contains(codes, test.code) {
				t.Fatalf("%s is not in %v of %s", test.code, codes, test.document)
			}
			if test.details != "" && !slices.Contains(details, test.details) {
				t.Errorf("details\n%q, want\n%q", details, test.details)
			}
		})
	}
}

// No check is without a case.
func TestEveryCheckHasACase(t *testing.T) {
	aws, own := lint.Codes()
	for _, code := range slices.Concat(aws, own) {
		if !slices.ContainsFunc(cases, func(c example) bool { return c.code == code }) {
			t.Errorf("no case for %s", code)
		}
	}
}
