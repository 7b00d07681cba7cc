package fieldcrypt_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// The payload of the article on protecting data for its whole life cycle.
const person = `[{"fname": "Alejandro", "lname": "Rosalez", "ssn": "123-45-6789", "zip": 98101}]`

func TestBodyJSON(t *testing.T) {
	p := protector(t, fieldcrypt.Limits{}, "pii fname lname", "ssn json:$[*].ssn")
	out, n, err := seal(t, p, jsonType, person)
	pii, ssn := newFakeKey("pii"), newFakeKey("ssn")
	want := `[{"fname": "` + fakeMarker(t, pii, "", "Alejandro") + `", "lname": "` + fakeMarker(t, pii, "", "Rosalez") +
		`", "ssn": "` + fakeMarker(t, ssn, "", "123-45-6789") + `", "zip": 98101}]`
	if err != nil || out != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
	if !slices.Equal(n, fieldcrypt.Counts{2, 1}) || n.Total() != 3 {
		t.Errorf("counts %v", n)
	}
	if n.Add(fieldcrypt.Counts{0, 4}); !slices.Equal(n, fieldcrypt.Counts{2, 5}) {
		t.Errorf("counts together %v", n)
	}
	back, r, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{}), jsonType, out)
	if err != nil || back != person || r.Opened != 3 {
		t.Errorf("%s, %+v, %v", back, r, err)
	}
}

func TestEncodings(t *testing.T) {
	k := newFakeKey("k")
	marker := func(e fieldcrypt.Encoding, plaintext string) string { return fakeMarker(t, k, e, plaintext) }
	for _, tt := range []struct{ contentType, in, out string }{
		{jsonType, `{"ssn":1.50}`, `{"ssn":"` + marker("json", "1.50") + `"}`},
		{jsonType, `{"ssn":{"a": 1}}`, `{"ssn":"` + marker("json", `{"a": 1}`) + `"}`},
		{jsonType, `{"ssn":"\/"}`, `{"ssn":"` + marker("json", `"\/"`) + `"}`},
		{jsonType, `{"ssn":"\""}`, `{"ssn":"` + marker("", `"`) + `"}`},
		{formType, `ssn=a+b%21&x=1`, `ssn=` + url.QueryEscape(marker("", "a b!")) + `&x=1`},
		{formType, `ssn=a%20b`, `ssn=` + url.QueryEscape(marker("form", "a%20b"))},
		{formType, `ssn=`, `ssn=` + url.QueryEscape(marker("", ""))},
		{formType, `ssn=%C3%A9%ff`, `ssn=` + url.QueryEscape(marker("form", "%C3%A9%ff"))},
		// A marker is sealed like any other value: a forged one must not pass.
		{jsonType, `{"ssn":"#k.1#AAAA#1.k#"}`, `{"ssn":"` + marker("", "#k.1#AAAA#1.k#") + `"}`},
	} {
		p := protector(t, fieldcrypt.Limits{}, "k ssn")
		out, _, err := seal(t, p, tt.contentType, tt.in)
		if err != nil || out != tt.out {
			t.Errorf("%s: %s, %v; want %s", tt.in, out, err, tt.out)
		}
		if back, _, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{}), tt.contentType, out); err != nil || back != tt.in {
			t.Errorf("%s: opens to %s, %v", tt.in, back, err)
		}
	}
}

// A key with a literal prefix and suffix cannot say what a value was: the
// article's decryption code takes all for strings.
func TestPlainOnly(t *testing.T) {
	key := &fakeKey{Marker: fieldcrypt.Marker{Key: "k", Version: 1, Prefix: "#01#", Suffix: "#10#"}}
	p, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{{Name: "k", Selectors: selectors(t, "ssn"), Sealer: key}}, fieldcrypt.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := seal(t, p, jsonType, `{"ssn":"a\u0062"}`)
	if want := `{"ssn":"` + fakeMarker(t, key, "", "ab") + `"}`; err != nil || out != want || !strings.Contains(out, "#01#") {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
	for _, in := range []string{`{"ssn":1}`, `{"ssn":true}`, `{"ssn":{}}`, `{"ssn":["1"]}`} {
		_, _, err := seal(t, p, jsonType, in)
		var f *fieldcrypt.FieldError
		if !errors.Is(err, fieldcrypt.ErrEncoding) || !errors.Is(err, fieldcrypt.ErrSeal) || !errors.As(err, &f) || f.Rule != "k" || f.Path != "$.ssn" {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// What is not understood with certainty is refused, whatever part of it holds
// the field.
func TestBodyRefused(t *testing.T) {
	fields := protector(t, fieldcrypt.Limits{}, "k ssn")
	for _, tt := range []struct {
		name, contentType, in string
		err                   error
	}{
		{"no content type", "", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"not a content type", "json", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"two content types", "application/json, text/plain", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"other type", "application/octet-stream", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"type with JSON in its name", "application/jsonx", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"text without rules for text", "text/plain", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"JSON patch", "application/json-patch+json", `[{"op":"add","path":"/ssn","value":"1"}]`, fieldcrypt.ErrUnsupported},
		{"JSON sequence", "application/json-seq", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"UTF-16", "application/json; charset=utf-16", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"UTF-7", "application/json;charset=utf-7", `{"+AHMAcwBu-":"1"}`, fieldcrypt.ErrUnsupported},
		{"Latin-1", "application/json; charset=iso-8859-1", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"EBCDIC form", formType + "; charset=ibm037", "\xa2\xa2\x95=1", fieldcrypt.ErrUnsupported},
		{"character set twice", "application/json; charset=utf-8; charset=utf-16", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"character set continued", "application/json; charset*0=utf-16; charset=utf-8", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"multipart without boundary", "multipart/form-data", ``, fieldcrypt.ErrUnsupported},
		{"multipart with continued boundary", "multipart/form-data; boundary*0=a; boundary*1=b", ``, fieldcrypt.ErrUnsupported},
		{"other multipart", "multipart/mixed; boundary=a", "--a\r\n\r\n--a--", fieldcrypt.ErrUnsupported},
		{"form as JSON", jsonType, `ssn=1`, fieldcrypt.ErrSyntax},
		{"JSON as form", formType, `{"ssn":"1"}`, fieldcrypt.ErrSyntax},
		{"XML as form", formType, `<ssn>1</ssn>`, fieldcrypt.ErrSyntax},
		{"lines as form", formType, "ssn=1\r\nx=2", fieldcrypt.ErrSyntax},
		{"many JSON texts", jsonType, `{} {"ssn":"1"}`, fieldcrypt.ErrSyntax},
		{"duplicate", jsonType, `{"ssn":"1","ssn":"2"}`, fieldcrypt.ErrDuplicate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if out, _, err := seal(t, fields, tt.contentType, tt.in); !errors.Is(err, tt.err) {
				t.Errorf("%s, %v; want %v", out, err, tt.err)
			}
		})
	}
}

// A format that no rule has a selector for is not let through.
func TestCovers(t *testing.T) {
	types := map[string]string{
		"json": jsonType, "lines": "application/x-ndjson", "form": formType, "xml": "text/xml",
		"multipart": "multipart/form-data; boundary=x", "text": "text/plain", "other": "image/png",
	}
	for rule, covered := range map[string][]string{
		"k ssn":           {"json", "lines", "form", "xml", "multipart"},
		"k json:$.ssn":    {"json", "lines"},
		"k form:ssn":      {"form"},
		"k multipart:ssn": {"multipart"},
		"k xml://ssn":     {"xml"},
		"k header:ssn":    nil,
		"k query:ssn":     nil,
		"k text:pan":      {"text"},
		"k any:pan":       {"json", "lines", "form", "xml", "multipart", "text"},
	} {
		p := protector(t, fieldcrypt.Limits{}, rule)
		for name, contentType := range types {
			want := slices.Contains(covered, name)
			if got := p.Covers(contentType); got != want {
				t.Errorf("%s covers %s: %t", rule, name, got)
			}
			if _, _, err := seal(t, p, contentType, ""); !want && !errors.Is(err, fieldcrypt.ErrUnsupported) {
				t.Errorf("%s: %s: %v", rule, name, err)
			}
		}
	}
	for _, contentType := range []string{
		"application/json;charset=UTF-8", `application/json; charset="utf-8"`, "Application/JSON", "application/json; charset=us-ascii",
		"application/vnd.api+json", "text/json", "application/problem+json; profile=x",
	} {
		if p := protector(t, fieldcrypt.Limits{}, "k json:$.ssn"); !p.Covers(contentType) {
			t.Errorf("%s is not taken for JSON", contentType)
		}
	}
}

func TestForms(t *testing.T) {
	sealed := func(plaintext string) string {
		return url.QueryEscape(fakeMarker(t, newFakeKey("k"), "", plaintext))
	}
	one := "=" + sealed("1")
	p := protector(t, fieldcrypt.Limits{}, "k form:ssn form:user_name form:card[no]")
	for in, want := range map[string]string{
		"":                        "",
		"&&":                      "&&",
		"ssn":                     "ssn",
		"a=1":                     "a=1",
		"=1":                      "=1",
		"ssn=1":                   "ssn" + one,
		"a=b&ssn=1&c":             "a=b&ssn" + one + "&c",
		"ssn=1&ssn=1":             "ssn" + one + "&ssn" + one,
		"SSN=1":                   "SSN" + one,
		"%73%53n=1":               "%73%53n" + one,
		"%C5%BFsn=1":              "%C5%BFsn" + one, // long s
		"ssn[]=1":                 "ssn[]" + one,
		"ssn%5B%5d=1":             "ssn%5B%5d" + one,
		"ssn[0]=1":                "ssn[0]" + one,
		"ssn[a][b]=1":             "ssn[a][b]" + one,
		"user[ssn]=1":             "user[ssn]" + one,
		"user[0][ssn][]=1":        "user[0][ssn][]" + one,
		"user.ssn=1":              "user.ssn" + one,
		"ssn[=1":                  "ssn[" + one, // PHP: ssn_
		"[ssn]=1":                 "[ssn]" + one,
		"+ssn=1":                  "+ssn" + one, // PHP drops leading spaces
		"ssn%20=1":                "ssn%20" + one,
		"s_sn=1":                  "s_sn" + one,
		"!ssn=1&_ssn=1":           "!ssn" + one + "&_ssn" + one,      // Spring: defaults and markers
		"f:ssn=1&ssn:list=1":      "f:ssn" + one + "&ssn:list" + one, // JSF, Zope
		"ctl00$Main$ssn=1":        "ctl00$Main$ssn" + one,            // ASP.NET
		"top['ssn']=1":            "top['ssn']" + one,                // OGNL
		"user_name=1":             "user_name" + one,
		"user.name=1":             "user.name" + one, // PHP: user_name
		"user+name=1":             "user+name" + one,
		"user[name=1":             "user[name" + one,
		"userName=1":              "userName" + one,
		"card[no]=1":              "card[no]" + one,
		"card.no=1":               "card.no" + one,
		"order[card][0][no]=1":    "order[card][0][no]" + one,
		"no=1&card=1&card[x]=1":   "no=1&card=1&card[x]=1",
		"ssnx=1&xssn=1&s[sn]x=1":  "ssnx=1&xssn=1&s[sn]x=1",
		"note=ssn&q=a=b/c:d@e'f!": "note=ssn&q=a=b/c:d@e'f!",
		"x=%00%ff&y=é&z=a b":      "x=%00%ff&y=é&z=a b",
	} {
		if out, _, err := seal(t, p, formType, in); err != nil || out != want {
			t.Errorf("%s: %s, %v; want %s", in, out, err, want)
		}
	}
	for _, in := range []string{
		"a=1;ssn=1", "a=1;", ";", "ssn;=1", // once a separator
		"ssn=%", "ssn=%1", "ssn=%zz", "%zz=1", "a=%u0073", "%u0073sn=1", "%", "a=1&b=%4",
		"ssn%00=1", "s%00sn=1", "%C1%B3sn=1", "ss%6=1", "%ffssn=1", "%EF%BB%BFssn=1",
		"%2573sn=1", "ssn%255b%255d=1", // escaped twice
		"ssn=1\n", "\nssn=1", "ssn\t=1", "ssn=\x00", "ssn=1\x7f", `"ssn"=1`, "<ssn>=1", `a={"ssn":"1"}`,
	} {
		if out, _, err := seal(t, p, formType, in); !errors.Is(err, fieldcrypt.ErrSyntax) {
			t.Errorf("%q: %s, %v", in, out, err)
		}
	}
	small := protector(t, fieldcrypt.Limits{Field: 100, Name: 10}, "k form:ssn")
	for _, in := range []string{"ssn=" + strings.Repeat("a", 101), "ssn=" + strings.Repeat("a", 100_000), "aaaaaaaaaaa=1", strings.Repeat("a", 100_000)} {
		if _, _, err := seal(t, small, formType, in); !errors.Is(err, fieldcrypt.ErrTooLong) {
			t.Errorf("%.20s: %v", in, err)
		}
	}
	if out, _, err := seal(t, small, formType, "a="+strings.Repeat("a", 100_000)); err != nil || len(out) != 100_002 {
		t.Errorf("long value that nobody selects: %v", err)
	}
}

func TestQuery(t *testing.T) {
	sealed := "=" + url.QueryEscape(fakeMarker(t, newFakeKey("k"), "", "1"))
	p := protector(t, fieldcrypt.Limits{}, "k ssn")
	for in, want := range map[string]string{
		"": "", "a=1": "a=1", "ssn=1&x": "ssn" + sealed + "&x", "user[SSN]=1": "user[SSN]" + sealed, "%73sn=1": "%73sn" + sealed,
	} {
		if out, _, err := p.Query(t.Context(), in); err != nil || out != want {
			t.Errorf("%s: %s, %v; want %s", in, out, err, want)
		}
	}
	for _, in := range []string{"a;ssn=1", "%", "ssn%00=1", "a=<b>", "ssn=1\n"} {
		if out, _, err := p.Query(t.Context(), in); !errors.Is(err, fieldcrypt.ErrSyntax) || out != "" {
			t.Errorf("%q: %q, %v", in, out, err)
		}
	}
	// Without a rule for queries there is nothing to look for.
	p = protector(t, fieldcrypt.Limits{}, "k json:$.ssn")
	if out, n, err := p.Query(t.Context(), "a;b=%"); err != nil || out != "a;b=%" || n.Total() != 0 {
		t.Errorf("%s, %v", out, err)
	}
}

func TestHeader(t *testing.T) {
	k := newFakeKey("k")
	p := protector(t, fieldcrypt.Limits{Field: 100}, "k header:X-Ssn")
	h := http.Header{"X-Ssn": {"1", " 2, 3 "}, "x-ssn": {""}, "X_ssn": {"4"}, "X-Ssnx": {"5"}, "Xssn": {"\xe9"}}
	shared := h["X-Ssn"]
	n, err := p.Header(t.Context(), h)
	want := http.Header{
		"X-Ssn": {fakeMarker(t, k, "", "1"), fakeMarker(t, k, "", " 2, 3 ")}, "x-ssn": {fakeMarker(t, k, "", "")},
		"X_ssn": {fakeMarker(t, k, "", "4")}, "X-Ssnx": {"5"}, "Xssn": {fakeMarker(t, k, "", "\xe9")},
	}
	if err != nil || n.Total() != 5 {
		t.Errorf("%v, %v", n, err)
	}
	for name := range want {
		if !slices.Equal(h[name], want[name]) {
			t.Errorf("%s: %q, want %q", name, h[name], want[name])
		}
	}
	if shared[0] != "1" {
		t.Error("a slice that a copy of the header has was written to")
	}
	for value, want := range map[string]error{
		"1\r\n 2": fieldcrypt.ErrSyntax, "1\x00": fieldcrypt.ErrSyntax, "\x7f": fieldcrypt.ErrSyntax, strings.Repeat("a", 101): fieldcrypt.ErrTooLong,
	} {
		_, err := p.Header(t.Context(), http.Header{"X-Ssn": {value}})
		var f *fieldcrypt.FieldError
		if !errors.Is(err, want) || !errors.As(err, &f) || f.Path != "header X-Ssn" {
			t.Errorf("%.10q: %v", value, err)
		}
	}
}

func TestAnyPattern(t *testing.T) {
	const pan = "4111111111111111"
	k := newFakeKey("k")
	plain := fakeMarker(t, k, "", pan)
	p := protector(t, fieldcrypt.Limits{}, "k any:pan", "s json:$.s")
	for _, tt := range []struct{ contentType, in, out string }{
		{jsonType, `{"a":"` + pan + `"}`, `{"a":"` + plain + `"}`},
		{jsonType, `{"a":["card ` + pan + `, and ` + pan + `."]}`, `{"a":["card ` + plain + `, and ` + plain + `."]}`},
		{jsonType, `{"a":"\u00e9\n ` + pan + ` \/"}`, `{"a":"\u00e9\n ` + plain + ` \/"}`},
		{jsonType, `{"a":"no ` + strings.Repeat("1", 16) + `"}`, `{"a":"no ` + strings.Repeat("1", 16) + `"}`},
		{jsonType, `{"a":` + pan + `}`, `{"a":"` + fakeMarker(t, k, "json", pan) + `"}`},
		// Digits behind escapes: the string is sealed as it stands.
		{jsonType, `{"a":"x \u0034111111111111111"}`, `{"a":"` + fakeMarker(t, k, "json", `"x \u0034111111111111111"`) + `"}`},
		{jsonType, `{"s":"` + pan + `"}`, `{"s":"` + fakeMarker(t, newFakeKey("s"), "", pan) + `"}`},
		{formType, `a=x+` + pan + `%21`, `a=x+` + url.QueryEscape(plain) + `%21`},
		{formType, `a=4111+1111+1111+1111+x`, `a=` + url.QueryEscape(fakeMarker(t, k, "", "4111 1111 1111 1111")) + `+x`},
		{formType, `a=4111%201111+1111+1111+x`, `a=` + url.QueryEscape(fakeMarker(t, k, "form", "4111%201111+1111+1111+x"))},
		{"text/plain", "card " + pan + "\n", "card " + plain + "\n"},
	} {
		out, n, err := seal(t, p, tt.contentType, tt.in)
		if err != nil || out != tt.out {
			t.Errorf("%s: %s, %v; want %s", tt.in, out, err, tt.out)
		}
		back, r, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{}), tt.contentType, out)
		if err != nil || back != tt.in || r.Opened != n.Total() {
			t.Errorf("%s: opens to %s, %+v, %v", tt.in, back, r, err)
		}
	}
	// A name cannot be sealed, so it must not have in it what has to be.
	for contentType, in := range map[string]string{jsonType: `{"` + pan + `":1}`, formType: "a=b&" + pan} {
		if _, _, err := seal(t, p, contentType, in); !errors.Is(err, fieldcrypt.ErrUnsupported) || strings.Contains(err.Error(), pan) {
			t.Errorf("%s: %v", in, err)
		}
	}
	if _, _, err := seal(t, p, jsonType, `{"a":"`+strings.Repeat("a", 1<<20)+`"}`); !errors.Is(err, fieldcrypt.ErrTooLong) {
		t.Errorf("a text too long to be searched: %v", err)
	}
}

func TestValuesLimit(t *testing.T) {
	p := protector(t, fieldcrypt.Limits{Values: 2}, "k ssn")
	if _, _, err := seal(t, p, jsonType, `[{"ssn":1},{"ssn":2}]`); err != nil {
		t.Error(err)
	}
	if _, _, err := seal(t, p, jsonType, `[{"ssn":1},{"ssn":2},{"ssn":3}]`); !errors.Is(err, fieldcrypt.ErrTooMany) {
		t.Error(err)
	}
}

func TestNewProtectorRefuses(t *testing.T) {
	k, ssn := newFakeKey("k"), selectors(t, "ssn")
	for name, rules := range map[string][]fieldcrypt.Rule{
		"no name":      {{Selectors: ssn, Sealer: k}},
		"name twice":   {{Name: "a", Selectors: ssn, Sealer: k}, {Name: "a", Selectors: ssn, Sealer: k}},
		"no selectors": {{Name: "a", Sealer: k}},
		"no sealer":    {{Name: "a", Selectors: ssn}},
		"no selector":  {{Name: "a", Selectors: []fieldcrypt.Selector{{}}, Sealer: k}},
		"too complex":  {{Name: "a", Selectors: selectors(t, "json:$..a"+strings.Repeat(".*", 20)), Sealer: k}},
	} {
		if _, err := fieldcrypt.NewProtector(rules, fieldcrypt.Limits{}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	// Without rules nothing is covered, and nothing passes.
	p, err := fieldcrypt.NewProtector(nil, fieldcrypt.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := seal(t, p, jsonType, `{}`); !errors.Is(err, fieldcrypt.ErrUnsupported) {
		t.Error(err)
	}
}

// A protector has no state that payloads could share.
func TestConcurrentBodies(t *testing.T) {
	p, u := protector(t, fieldcrypt.Limits{}, "k ssn"), unsealer(t, fieldcrypt.UnsealOptions{})
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 50 {
				in := strings.Repeat(" ", i) + `{"ssn":"` + strings.Repeat("x", i*j) + `","a":[` + strings.Repeat("1,", i*j*100) + `2]}`
				out, _, err := seal(t, p, jsonType, in)
				if err != nil {
					t.Error(err)
				}
				if back, _, err := open(t, u, jsonType, out); err != nil || back != in {
					t.Errorf("%.50s opens to %.50s, %v", in, back, err)
				}
			}
		})
	}
	wait.Wait()
}
