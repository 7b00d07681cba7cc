package accessanalyzer

import (
	"strings"
	"testing"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
)

func doc(statements ...string) *string {
	return new(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
}

// The requests and answers are the examples of
// https://docs.aws.amazon.com/cli/latest/reference/accessanalyzer/check-no-new-access.html
// and of the page of CheckNoNewAccess in the API reference.
func TestCheckNoNewAccess(t *testing.T) {
	w := newWorld(t)
	old := `{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::amzn-s3-demo-bucket","arn:aws:s3:::amzn-s3-demo-bucket/*"]}`
	more := `{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::amzn-s3-demo-bucket","arn:aws:s3:::amzn-s3-demo-bucket/*"]}`
	named := strings.Replace(more, `{`, `{"Sid":"More",`, 1)
	check := func(existing, updated *string) *analyzerapi.CheckNoNewAccessOutput {
		t.Helper()
		return must(w, analyzerapi.OpCheckNoNewAccess, &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: existing, NewPolicyDocument: updated, PolicyType: "IDENTITY_POLICY"})
	}
	got := check(doc(old), doc(more))
	if got.Result != "FAIL" || *got.Message != "The modified permissions grant new access compared to your existing policy." || len(got.Reasons) != 1 ||
		*got.Reasons[0].Description != "New access in the statement with index: 0." || *got.Reasons[0].StatementIndex != 0 || got.Reasons[0].StatementId != nil {
		t.Errorf("%+v", got)
	}
	if got = check(doc(old), doc(old, named)); got.Result != "FAIL" || *got.Reasons[0].Description != "New access in the statement with sid: More." || *got.Reasons[0].StatementIndex != 1 || *got.Reasons[0].StatementId != "More" {
		t.Errorf("%+v", got)
	}
	if got = check(doc(more), doc(old)); got.Result != "PASS" || got.Reasons != nil {
		t.Errorf("%+v", got)
	}
	in := &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: new(trusting(account)), NewPolicyDocument: new(trusting(other)), PolicyType: "RESOURCE_POLICY"}
	if got = must(w, analyzerapi.OpCheckNoNewAccess, in); got.Result != "FAIL" {
		t.Errorf("%+v", got)
	}
	in.NewPolicyDocument = new(trusting(account))
	if got = must(w, analyzerapi.OpCheckNoNewAccess, in); got.Result != "PASS" {
		t.Errorf("%+v", got)
	}
}

func TestCheckAccessNotGranted(t *testing.T) {
	w := newWorld(t)
	john := doc(`{"Sid":"AllowJohnDoe","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/JohnDoe"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::my-bucket/*"}`)
	check := func(a analyzerapi.Access) *analyzerapi.CheckAccessNotGrantedOutput {
		t.Helper()
		return must(w, analyzerapi.OpCheckAccessNotGranted, &analyzerapi.CheckAccessNotGrantedInput{PolicyDocument: john, PolicyType: "RESOURCE_POLICY", Access: []analyzerapi.Access{a}})
	}
	// The examples of the API reference.
	got := check(analyzerapi.Access{Actions: []string{"s3:PutObject"}, Resources: []string{"arn:aws:s3:::my-bucket/*"}})
	if got.Result != "FAIL" || *got.Message != "The policy document grants access to perform one or more of the listed actions or resources." ||
		*got.Reasons[0].Description != "One or more of the listed actions or resources in the statement with sid: AllowJohnDoe." || *got.Reasons[0].StatementId != "AllowJohnDoe" {
		t.Errorf("%+v", got)
	}
	got = check(analyzerapi.Access{Actions: []string{"s3:DeleteBucket"}})
	if got.Result != "PASS" || *got.Message != "The policy document does not grant access to perform the listed actions." || got.Reasons != nil {
		t.Errorf("%+v", got)
	}
	if got = check(analyzerapi.Access{Actions: []string{"s3:PutObject"}}); *got.Message != "The policy document grants access to perform one or more of the listed actions." {
		t.Errorf("%+v", got)
	}
	for _, access := range [][]analyzerapi.Access{nil, {}, {{}}, {{Actions: []string{}}}, {{Actions: []string{"s3:*"}}, {Actions: []string{"s3:*"}}}} {
		fails(w, analyzerapi.OpCheckAccessNotGranted, &analyzerapi.CheckAccessNotGrantedInput{PolicyDocument: john, PolicyType: "RESOURCE_POLICY", Access: access}, "ValidationException")
	}
	for _, access := range []analyzerapi.Access{{Actions: []string{"nothing"}}, {Actions: []string{""}}, {Resources: []string{"nothing"}}} {
		fails(w, analyzerapi.OpCheckAccessNotGranted, &analyzerapi.CheckAccessNotGrantedInput{PolicyDocument: john, PolicyType: "RESOURCE_POLICY", Access: []analyzerapi.Access{access}}, "InvalidParameterException")
	}
}

func TestCheckNoPublicAccess(t *testing.T) {
	w := newWorld(t)
	check := func(document *string, kind analyzerapi.AccessCheckResourceType) *analyzerapi.CheckNoPublicAccessOutput {
		t.Helper()
		return must(w, analyzerapi.OpCheckNoPublicAccess, &analyzerapi.CheckNoPublicAccessInput{PolicyDocument: document, ResourceType: kind})
	}
	// The examples of the API reference.
	got := check(doc(`{"Sid":"Bob","Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"*"}`), "AWS::S3::Bucket")
	if got.Result != "FAIL" || *got.Message != "The resource policy grants public access for the given resource type." || *got.Reasons[0].Description != "Public access granted in the following statement with sid: Bob." {
		t.Errorf("%+v", got)
	}
	got = check(doc(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/JohnDoe"},"Action":["s3:GetObject"],"Resource":"*"}`), "AWS::S3::Bucket")
	if got.Result != "PASS" || *got.Message != "The resource policy does not grant public access for the given resource type." {
		t.Errorf("%+v", got)
	}
	if got = check(new(trusting("*")), "AWS::IAM::AssumeRolePolicyDocument"); got.Result != "FAIL" || *got.Reasons[0].Description != "Public access granted in the following statement with index: 0." {
		t.Errorf("%+v", got)
	}
}

func TestChecksRefuse(t *testing.T) {
	w := newWorld(t)
	good := doc(allow("s3:GetObject", "*"))
	for _, bad := range []string{"", " ", "{}", "[]", "no JSON", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Color":"red"}]}`, strings.Repeat("[", 60_000)} {
		fails(w, analyzerapi.OpCheckNoNewAccess, &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: good, NewPolicyDocument: &bad, PolicyType: "IDENTITY_POLICY"}, "InvalidParameterException: The newPolicyDocument is not valid")
		fails(w, analyzerapi.OpCheckNoNewAccess, &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: &bad, NewPolicyDocument: good, PolicyType: "IDENTITY_POLICY"}, "InvalidParameterException: The existingPolicyDocument is not valid")
		fails(w, analyzerapi.OpCheckNoNewAccess, &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: good, NewPolicyDocument: &bad, PolicyType: "RESOURCE_POLICY"}, "InvalidParameterException")
		fails(w, analyzerapi.OpCheckAccessNotGranted, &analyzerapi.CheckAccessNotGrantedInput{PolicyDocument: &bad, PolicyType: "IDENTITY_POLICY", Access: []analyzerapi.Access{{Actions: []string{"s3:*"}}}}, "InvalidParameterException")
		fails(w, analyzerapi.OpCheckNoPublicAccess, &analyzerapi.CheckNoPublicAccessInput{PolicyDocument: &bad, ResourceType: "AWS::S3::Bucket"}, "InvalidParameterException")
	}
	long := doc(allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("b", 64<<10)))
	fails(w, analyzerapi.OpCheckNoNewAccess, &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: good, NewPolicyDocument: long, PolicyType: "IDENTITY_POLICY"}, "ValidationException: The newPolicyDocument is longer than 65536 bytes.")
	fails(w, analyzerapi.OpCheckAccessNotGranted, &analyzerapi.CheckAccessNotGrantedInput{PolicyDocument: long, PolicyType: "RESOURCE_POLICY", Access: []analyzerapi.Access{{Actions: []string{"s3:*"}}}}, "ValidationException: longer")
	fails(w, analyzerapi.OpCheckNoPublicAccess, &analyzerapi.CheckNoPublicAccessInput{PolicyDocument: long, ResourceType: "AWS::S3::Bucket"}, "ValidationException: longer")
	fails(w, analyzerapi.OpCheckNoNewAccess, &analyzerapi.CheckNoNewAccessInput{ExistingPolicyDocument: good, NewPolicyDocument: good, PolicyType: "SERVICE_CONTROL_POLICY"}, "ValidationException")
	fails(w, analyzerapi.OpCheckNoPublicAccess, &analyzerapi.CheckNoPublicAccessInput{PolicyDocument: good, ResourceType: "AWS::EC2::Instance"}, "ValidationException")
	fails(w, analyzerapi.OpCheckNoPublicAccess, &analyzerapi.CheckNoPublicAccessInput{PolicyDocument: good, ResourceType: "AWS::S3::Bucket"}, "InvalidParameterException") // of an identity
}

// What was not decided never passes.
func TestUndecided(t *testing.T) {
	_, err := decided(exposure.Verdict{Open: "too many wildcards"}, nil)
	if code, message := codeOf(err); code != "UnprocessableEntityException" || message != "The specified entity could not be processed: too many wildcards" {
		t.Error(err)
	}
	if _, err := decided(exposure.Verdict{Statements: []int{0}}, nil); err != nil {
		t.Error(err)
	}
}
