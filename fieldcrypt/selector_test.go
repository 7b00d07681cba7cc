package fieldcrypt_test

import (
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

func TestParseSelector(t *testing.T) {
	for _, text := range []string{
		"ssn", "first_name", "first-name", "Straße", "名前", "x1",
		"json:$", "json:$.ssn", "json:$..ssn", "json:$.a.b[*].ssn", "json:$[0].x", "json:$.*", "json:$..*",
		"json:$['odd name']", `json:$["it's"]`, "json:$..['a.b']", "json:$..[*].x", "json:$..[0]", "json:$.名前", "json:$.a-b_c",
		"form:ssn", "form:user[ssn]", "form:user.ssn", "form:odd name", "multipart:ssn", "query:ssn", "query:a:b",
		"header:X-Ssn", "header:x_ssn", "header:Authorization", "header:Cookie",
		"xml:/a/b/ssn", "xml://ssn", "xml:/a/b/@ssn", "xml://@ssn", "xml:/a/*/ssn", "xml:/a//ssn",
		"text:pan", "text:iban", "text:ssn", "text:email", "any:pan",
	} {
		s, err := fieldcrypt.ParseSelector(text)
		if err != nil || s.String() != text {
			t.Errorf("%s: %q, %v", text, s, err)
		}
	}
	for _, text := range []string{
		"", " ", "-", "_", "a b", "$.ssn", "/a/ssn", "ssn[]", "user.ssn", "@ssn", "*", "a\x00", "\xff",
		"jsn:ssn", "JSON:$.ssn", ":ssn", "body:ssn",
		"json:", "json:ssn", "json:$ssn", "json:$.", "json:$..", "json:$.a.", "json:$...a", "json:$.a..", "json:$[", "json:$[]", "json:$[-1]",
		"json:$[1:2]", "json:$[?@.a]", "json:$['a'", "json:$['a]", `json:$['a\'b']`, "json:$['']", "json:$.a b", "json:$.a*", "json:$[0,1]",
		"json:$[99999999999]", "json:$.-", "json:$x", "json:$.\xff",
		"form:", "form:[]", "form:-", "form:a\n", "multipart:", "query:",
		"header:", "header:X Ssn", "header:X:Ssn", "header:Host", "header:content-length", "header:Transfer_Encoding", "header:Content-Type",
		"header:connection", "header:é",
		"xml:", "xml:ssn", "xml:/", "xml://", "xml:/a/", "xml:/@a/b", "xml:/x:ssn", "xml:/a[1]", "xml:/text()", "xml:/@", "xml:/@*", "xml:///a", "xml:/-",
		"text:", "text:phone", "text:PAN", "any:", "any:x",
	} {
		if s, err := fieldcrypt.ParseSelector(text); err == nil {
			t.Errorf("%q is taken for %v", text, s)
		}
	}
}
