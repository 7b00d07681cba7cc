package diff

import (
	"slices"
	"testing"
)

// fnmatchNames and fnmatchVectors: of the names, those that Python's
// fnmatch.fnmatchcase (which is fnmatch.fnmatch on POSIX systems, and IAMCTL's)
// says match a pattern.
var (
	fnmatchNames   = []string{"GetObject", "PutObject", "ListBucket", "ax", "bx", "dx", "]b", "ab", "a", "b", "-", "[", "[a", "a[", "a]", "", "x", "*", "\\*", "]", "[]", "[b-", "x[b-", "aXbXc", "abc", "acb", "[x", "a[!", "a[!]", "]x", "!", "^G"}
	fnmatchVectors = []struct {
		pattern string
		names   []string
	}{
		{"*", []string{"GetObject", "PutObject", "ListBucket", "ax", "bx", "dx", "]b", "ab", "a", "b", "-", "[", "[a", "a[", "a]", "", "x", "*", "\\*", "]", "[]", "[b-", "x[b-", "aXbXc", "abc", "acb", "[x", "a[!", "a[!]", "]x", "!", "^G"}},
		{"Get*", []string{"GetObject"}},
		{"*Object", []string{"GetObject", "PutObject"}},
		{"Get?bject", []string{"GetObject"}},
		{"G*t*", []string{"GetObject"}},
		{"[GP]*", []string{"GetObject", "PutObject"}},
		{"[!G]*", []string{"PutObject", "ListBucket", "ax", "bx", "dx", "]b", "ab", "a", "b", "-", "[", "[a", "a[", "a]", "x", "*", "\\*", "]", "[]", "[b-", "x[b-", "aXbXc", "abc", "acb", "[x", "a[!", "a[!]", "]x", "!", "^G"}},
		{"[a-c]x", []string{"ax", "bx"}},
		{"[]a]b", []string{"]b", "ab"}},
		{"[!]a]b", []string{}},
		{"[", []string{"["}},
		{"[a", []string{"[a"}},
		{"a[", []string{"a["}},
		{"a]", []string{"a]"}},
		{"*[b-", []string{"[b-", "x[b-"}},
		{"[a-]", []string{"a", "-"}},
		{"[-a]", []string{"a", "-"}},
		{"[]-a]x", []string{"ax", "]x"}},
		{"Get**", []string{"GetObject"}},
		{"", []string{""}},
		{"?", []string{"a", "b", "-", "[", "x", "*", "]", "!"}},
		{"??", []string{"ax", "bx", "dx", "]b", "ab", "[a", "a[", "a]", "\\*", "[]", "[x", "]x", "^G"}},
		{"[!a-c]*", []string{"GetObject", "PutObject", "ListBucket", "dx", "]b", "-", "[", "[a", "x", "*", "\\*", "]", "[]", "[b-", "x[b-", "[x", "]x", "!", "^G"}},
		{"[a-cx-z]", []string{"a", "b", "x"}},
		{"\\*", []string{"\\*"}},
		{"[\\]]", []string{}},
		{"[c-a]", []string{}},
		{"[!c-a]", []string{"a", "b", "-", "[", "x", "*", "]", "!"}},
		{"*a*b*c", []string{"aXbXc", "abc"}},
		{"[^G]*", []string{"GetObject", "^G"}},
		{"[[]x", []string{"[x"}},
		{"a[!", []string{"a[!"}},
		{"a[!]", []string{"a[!]"}},
	}
)

func TestFnmatch(t *testing.T) {
	for _, v := range fnmatchVectors {
		var got []string
		for _, n := range fnmatchNames {
			if fnmatch(v.pattern, n) {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, v.names) {
			t.Errorf("%q matches %q, want %q", v.pattern, got, v.names)
		}
	}
}
