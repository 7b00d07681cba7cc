package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

// A document can be made to cost much: each of its patterns is looked for among
// all actions, each value compared with each other one. What is past the budget
// is not looked at, and nothing is said of it.
func TestBudget(t *testing.T) {
	list := func(n int, format string) string {
		var items []string
		for i := range n {
			items = append(items, fmt.Sprintf(format, i))
		}
		return strings.Join(items, ",")
	}
	statement := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",%s}]}`
	long := strings.Repeat("*a", 20_000)
	for _, test := range []struct {
		name, elements, code string
		some                 bool // of many, some are still found
	}{
		{"actions of any service", `"Resource":"*","Action":[` + list(5000, `"x*:none%d"`) + `]`, "INVALID_ACTION", true},
		{"stars", `"Resource":"*","Action":["*:` + strings.Repeat("*", 100_000) + `_"]`, "INVALID_ACTION", false},
		{"long values", `"Action":"s3:GetObject","Resource":["arn:aws:s3:::` + long + `","arn:aws:s3:::*` + long + `"]`, "REDUNDANT_RESOURCE", false},
		{"keys of actions", `"Resource":"*","Action":["s3:GetObject",` + strings.Repeat(`"s3:ListBucket",`, 2000) + `"s3:PutObject"],"Condition":{"StringEquals":{` + list(2000, `"s3:ExistingObjectTag/%d":"x"`) + `}}`,
			"UNSUPPORTED_ACTION_FOR_CONDITION_KEY", true},
	} {
		n := 0
		for _, f := range lint.Check(fmt.Sprintf(statement, test.elements), policy.Identity, lint.Options{}) {
			if f.Code == test.code {
				n++
			}
		}
		if test.some != (n > 0) || n > 1000 {
			t.Errorf("%s: %d findings %s", test.name, n, test.code)
		}
	}
}
