package policy_test

import (
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/policy"
)

func Example() {
	p, err := policy.Parse(`{
		"Version": "2012-10-17",
		"Statement": {
			"Effect": "Allow",
			"Action": "s3:GetObject",
			"Resource": "arn:aws:s3:::home/${aws:username}/*"
		}
	}`, policy.Identity)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"alice", "bob"} {
		verdict := p.Evaluate(&policy.Request{
			Action:   "s3:GetObject",
			Resource: "arn:aws:s3:::home/alice/notes.txt",
			Context:  policy.Keys{"aws:username": {name}},
		})
		fmt.Println(name, verdict.Effect)
	}
	// Output:
	// alice Allow
	// bob NoMatch
}

func ExampleParse_malformed() {
	_, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject"}}`, policy.Identity)
	var malformed *policy.MalformedError
	if errors.As(err, &malformed) {
		fmt.Println(malformed.Reason)
	}
	// Output: Policy statement must contain resources.
}

func ExamplePolicy_Explain() {
	p, err := policy.Parse(`{
		"Version": "2012-10-17",
		"Statement": {
			"Sid": "Enable IAM User Permissions",
			"Effect": "Allow",
			"Principal": {"AWS": "111122223333"},
			"Action": "kms:*",
			"Resource": "*",
			"Condition": {"Bool": {"aws:SecureTransport": "true"}}
		}
	}`, policy.Resource)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(p.Explain(&policy.Request{
		Action:    "kms:Sign",
		Resource:  "arn:aws:kms:us-east-1:111122223333:key/1234",
		Principal: policy.Principal{Type: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"},
		Context:   policy.Keys{"aws:SecureTransport": {"false"}},
	}))
	// Output:
	// no statement matches: kms:Sign on arn:aws:kms:us-east-1:111122223333:key/1234 by arn:aws:iam::111122223333:user/alice
	//   statement 0 "Enable IAM User Permissions", Allow: does not match
	//     Action matches: policy [kms:*], request [kms:Sign]
	//     Resource matches: policy [*], request [arn:aws:kms:us-east-1:111122223333:key/1234]
	//     Principal matches: policy ["AWS":"111122223333"], request [arn:aws:iam::111122223333:user/alice]
	//     Condition Bool aws:SecureTransport does not match: policy [true], request [false]
}

func ExampleSuggest() {
	fmt.Println(policy.Suggest(&policy.Request{
		Action:   "s3:GetObject",
		Resource: "arn:aws:s3:::reports/what?.csv",
	}))
	// Output: {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/what${?}.csv"}
}

func ExampleSize() {
	fmt.Println(policy.Size(`{ "Version": "2012-10-17" }`))
	// Output: 24
}
