package lint_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

func checkAWS(document string, kind policy.Kind, typ string) []lint.Finding {
	return lint.Check(document, kind, lint.Options{ResourceType: typ})
}

// Whatever the text, Check answers, each finding has a place in it, what is not
// JSON is an error, and so is what IAM refuses.
func FuzzCheck(f *testing.F) {
	for _, test := range cases {
		if len(test.document) < 1000 {
			f.Add(test.document, uint8(test.kind))
		}
	}
	f.Fuzz(func(t *testing.T, document string, kind uint8) {
		k := policy.Kind(kind % 9)
		findings := check(document, k, "", "111122223333")
		length := utf8.RuneCountInString(document)
		errors := 0
		for _, finding := range findings {
			if finding.Type == lint.Error {
				errors++
			}
			for _, l := range finding.Locations {
				if l.Span.Start.Offset > l.Span.End.Offset || l.Span.End.Offset > length || l.Span.Start.Line < 1 {
					t.Fatalf("%s at %+v of %d characters", finding.Code, l.Span, length)
				}
			}
		}
		_, refused := policy.Parse(document, k)
		if errors == 0 && (refused != nil || !json.Valid([]byte(document))) {
			t.Fatalf("IAM says %v, nothing is found: %q", refused, document)
		}
	})
}

// A document that is far too large, or made to be slow, does not take long.
func TestHostile(t *testing.T) {
	item := func(n int, text string) string { return strings.Repeat(text+",", n) + text }
	for name, document := range map[string]string{
		"10 MB":       strings.Repeat("[", 10<<20),
		"deep":        strings.Repeat("[", 500_000),
		"wildcards":   allow(`"Action":[` + item(10_000, `"s3:*a*b*c*d*e*"`) + `],"Resource":"*"`),
		"misspelled":  allow(`"Action":[` + item(5_000, `"s3:GetObjectz"`) + `],"Resource":"*"`),
		"resources":   allow(`"Action":"s3:GetObject","Resource":[` + item(4_000, `"arn:aws:s3:::b*/*x*"`) + `]`),
		"statements":  identity(item(900, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}`)),
		"conditions":  condition(`{"StringEquals":{` + item(5_000, `"aws:PrincipalTag/a":"b","aws:nosuch":"c"`) + `}}`),
		"escalations": allow(`"Action":["iam:PassRole","ec2:RunInstances","lambda:*"],"Resource":[` + item(3_000, `"arn:aws:iam::123456789012:role/*"`) + `]`),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if len(check(document, policy.Identity, "", "")) == 0 {
				t.Error("nothing is found")
			}
			t.Logf("%d bytes: %v", len(document), time.Since(start))
		})
	}
}
