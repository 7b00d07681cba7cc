package lint_test

import (
	"fmt"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

func ExampleCheck() {
	document := `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::app1/*"}
  ]
}`
	for _, f := range lint.Check(document, policy.Identity, lint.Options{Own: true}) {
		fmt.Printf("line %d: %s: %s\n", f.Locations[0].Span.Start.Line, f.Code, f.Details)
	}
	// Output:
	// line 4: INVALID_ACTION: The action s3:GetObjects does not exist. Did you mean s3:GetObject?
	// line 5: ACTION_NEVER_ON_RESOURCE: None of the resources of the statement is one that these actions act on, so that it has no effect on them: s3:ListBucket.
}
