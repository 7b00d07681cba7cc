package fieldcrypt_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// What is sealed without an error is JSON to encoding/json as well, which finds
// no selected value in the clear and the payload again after opening.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		person, record, `{"ssn":"1","SSN":"2"}`, `{"\u0073sn":1.5e3,"x":["\ud83d\ude00",null]}`, "{\"ſsn\":{}}\n", `[NaN]`, `{"ssn":"\ud800"}`,
		`{"a":"#k.1#AAAA#1.k#"}`, "\ufeff{}", `{"ssn\u0000":1}`,
	} {
		f.Add([]byte(seed))
	}
	for i := range uint64(20) {
		f.Add([]byte((&payloads{Rand: rand.New(rand.NewPCG(i, 2))}).json()))
	}
	p, u := protector(f, fieldcrypt.Limits{}, "k ssn", "pan any:pan"), unsealer(f, fieldcrypt.UnsealOptions{})
	f.Fuzz(func(t *testing.T, in []byte) {
		out, _, err := seal(t, p, jsonType, string(in))
		if err != nil {
			// What is plainly JSON is not refused for its syntax.
			odd := bytes.Contains(in, []byte(`\u`)) || !utf8.Valid(in)
			if errors.Is(err, fieldcrypt.ErrSyntax) && !odd && json.Valid(in) {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if !json.Valid(in) || !utf8.Valid(in) {
			t.Fatal("accepted what is not JSON")
		}
		if err := checkSealedJSON(out); err != nil {
			t.Fatalf("sealed as %s: %v", out, err)
		}
		if back, _, err := open(t, u, jsonType, out); err != nil || back != string(in) {
			t.Fatalf("sealed as %s, opens to %s, %v", out, back, err)
		}
	})
}

func FuzzForm(f *testing.F) {
	for _, seed := range []string{"ssn=1&a=2", "a=1;ssn=2", "%73sn=%zz", "user[ssn]=1&ssn[]=+%20", "ssn%00=1", `{"ssn":"1"}`, "&&=&"} {
		f.Add(seed)
	}
	p, u := protector(f, fieldcrypt.Limits{}, "k ssn", "pan any:pan"), unsealer(f, fieldcrypt.UnsealOptions{})
	f.Fuzz(func(t *testing.T, in string) {
		out, _, err := seal(t, p, formType, in)
		if err != nil {
			return
		}
		if _, err := url.ParseQuery(in); err != nil {
			t.Fatalf("accepted what is not a form: %v", err)
		}
		if err := checkSealedForm(out); err != nil {
			t.Fatalf("sealed as %s: %v", out, err)
		}
		if back, _, err := open(t, u, formType, out); err != nil || back != in {
			t.Fatalf("sealed as %s, opens to %s, %v", out, back, err)
		}
	})
}

// Opening whatever comes gives a body of the same format.
func FuzzOpen(f *testing.F) {
	for _, e := range []fieldcrypt.Encoding{"", "json", "form", "xml"} {
		f.Add(`1,"a":2`, string(e))
		f.Add(`"\u0061"`, string(e))
		f.Add("a&b=%41<", string(e))
		f.Add("<x y='z'>&lt;</x>]]>", string(e))
		f.Add("</d><d>", string(e))
	}
	u := unsealer(f, fieldcrypt.UnsealOptions{})
	f.Fuzz(func(t *testing.T, plaintext, encoding string) {
		marker, err := newFakeKey("k").Append(nil, fieldcrypt.Encoding(encoding), flip([]byte(plaintext)))
		if err != nil {
			return
		}
		for _, in := range []string{`{"a":"` + string(marker) + `","b":1}`, `{"a":" ` + string(marker) + `","b":1}`} {
			out, _, err := open(t, u, jsonType, in)
			var v struct{ A, B any }
			if err != nil || json.Unmarshal([]byte(out), &v) != nil || v.B != 1.0 {
				t.Fatalf("opens to %s, %v", out, err)
			}
		}
		out, _, err := open(t, u, formType, "a="+url.QueryEscape(string(marker))+"&b=1")
		values, parseErr := url.ParseQuery(out)
		if err != nil || parseErr != nil || len(values) != 2 || values.Get("b") != "1" {
			t.Fatalf("opens to %s, %v, %v", out, err, parseErr)
		}
		out, _, err = open(t, u, xmlType, `<a b="`+string(marker)+`" c="1"><d>`+string(marker)+`</d><e>x `+string(marker)+`</e></a>`)
		var a struct {
			Attrs    []xml.Attr                   `xml:",any,attr"`
			Children []struct{ XMLName xml.Name } `xml:",any"`
		}
		if err != nil || xml.Unmarshal([]byte(out), &a) != nil || len(a.Attrs) != 2 || len(a.Children) != 2 || a.Children[1].XMLName.Local != "e" {
			t.Fatalf("opens to %s, %v, %+v", out, err, a)
		}
	})
}

func FuzzParseSelector(f *testing.F) {
	for _, seed := range []string{"ssn", "json:$..a[0]['x'].*", "xml://a/@b", "form:a[b]", "header:X-A", "any:pan"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := fieldcrypt.ParseSelector(text)
		if err != nil {
			return
		}
		p, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{{Name: "k", Selectors: []fieldcrypt.Selector{s}, Sealer: newFakeKey("k")}}, fieldcrypt.Limits{})
		if err != nil {
			return
		}
		// A bare name selects itself.
		if name, ok := json.Marshal(text); ok == nil && !strings.Contains(text, ":") {
			if out, n, err := seal(t, p, jsonType, `{`+string(name)+`:1}`); err != nil || n.Total() != 1 {
				t.Fatalf("%s, %v", out, err)
			}
		}
	})
}
