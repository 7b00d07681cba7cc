package jsonbody_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/jsonbody"
)

// limits are small enough to be reached by tests.
var limits = body.Limits{Field: 4 << 10, Text: 4 << 10, Depth: 64, Name: 256, Names: 4096}

// recorder replaces each value by a number and notes what it was given.
type recorder struct{ seen []string }

func (r *recorder) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	exact := "?"
	if v.Exact {
		exact = "="
	}
	r.seen = append(r.seen, v.Place.String()+" "+string(v.Source)+exact+string(v.Text))
	return append(dst, `"#"`...), nil
}

// same leaves every value as it is.
type same struct{}

func (same) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	return append(dst, v.Source...), nil
}

func child(names ...string) []body.Step {
	var steps []body.Step
	for _, n := range names {
		switch n {
		case "*":
			steps = append(steps, body.Step{Kind: body.Any})
		case "..":
			steps = append(steps, body.Step{Kind: body.Descend})
		case "0":
			steps = append(steps, body.Step{Kind: body.Index})
		default:
			steps = append(steps, body.Step{Name: n})
		}
	}
	return steps
}

func paths(t testing.TB, each ...[]body.Step) *body.Paths {
	t.Helper()
	p, err := body.NewPaths([][][]body.Step{each})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func walk(src io.Reader, o *body.Options) (string, error) {
	var out bytes.Buffer
	err := jsonbody.Walk(context.Background(), &out, src, o)
	return out.String(), err
}

func TestSelected(t *testing.T) {
	tests := []struct {
		name, in, out string
		path          []body.Step
		seen          []string
	}{
		{"string", `{"ssn":"1"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "1"=1`}},
		{"white space stays", " {\n\t\"ssn\" : \"1\" ,\r\n\"a\":[ ] }\n", " {\n\t\"ssn\" : \"#\" ,\r\n\"a\":[ ] }\n", child("ssn"), []string{`$.ssn "1"=1`}},
		{"number as it stands", `{"ssn":-1.50E+07}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn -1.50E+07?-1.50E+07`}},
		{"booleans", `[{"ssn":true},{"ssn":false}]`, `[{"ssn":"#"},{"ssn":"#"}]`, child("*", "ssn"), []string{`$[0].ssn true?true`, `$[1].ssn false?false`}},
		{"null stays", `{"ssn":null}`, `{"ssn":null}`, child("ssn"), nil},
		{"empty string", `{"ssn":""}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn ""=`}},
		{"object as a whole", `{"ssn":{"ssn" : [1, {"ssn":2}]},"x":1}`, `{"ssn":"#","x":1}`, child("..", "ssn"), []string{`$.ssn {"ssn" : [1, {"ssn":2}]}?{"ssn" : [1, {"ssn":2}]}`}},
		{"array as a whole", `{"ssn":[ "1" ]}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn [ "1" ]?[ "1" ]`}},
		{"root", ` "1" `, ` "#" `, child(), []string{`$ "1"=1`}},
		{"index", `["1","2"]`, `["#","2"]`, child("0"), []string{`$[0] "1"=1`}},
		{"wildcard in object and array", `{"a":{"ssn":"1"},"b":[{"ssn":"2"}]}`, `{"a":{"ssn":"#"},"b":[{"ssn":"2"}]}`, child("*", "ssn"), []string{`$.a.ssn "1"=1`}},
		{"any depth", `[{"a":[{"ssn":"1"}],"ssn":"2"}]`, `[{"a":[{"ssn":"#"}],"ssn":"#"}]`, child("..", "ssn"), []string{`$[0].a[0].ssn "1"=1`, `$[0].ssn "2"=2`}},
		{"only there", `{"ssn":"1","a":{"ssn":"2"}}`, `{"ssn":"1","a":{"ssn":"#"}}`, child("a", "ssn"), []string{`$.a.ssn "2"=2`}},
		{"below wildcards", `{"a":{"b":{"c":"1"}}}`, `{"a":{"b":{"c":"#"}}}`, child("..", "*", "c"), []string{`$.a.b.c "1"=1`}},

		// The name is the decoded one, and compared as loosely as any origin does.
		{"escaped name", `{"\u0073s\u006E":"1"}`, `{"\u0073s\u006E":"#"}`, child("ssn"), []string{`$.ssn "1"=1`}},
		{"case", `{"SsN":"1"}`, `{"SsN":"#"}`, child("ssn"), []string{`$.SsN "1"=1`}},
		{"long s folds to s", `{"ſsn":"1"}`, `{"ſsn":"#"}`, child("ssn"), []string{`$['ſsn'] "1"=1`}},
		{"kelvin sign folds to k", `{"\u212Aey":"1"}`, `{"\u212Aey":"#"}`, child("key"), []string{`$['` + "\u212a" + `ey'] "1"=1`}},
		{"dotless i", `{"emaıl":"1"}`, `{"emaıl":"#"}`, child("email"), []string{`$['emaıl'] "1"=1`}},
		{"dotted capital i", `{"EMAİL":"1"}`, `{"EMAİL":"#"}`, child("email"), []string{`$['EMAİL'] "1"=1`}},
		{"styles of names", `{"first_name":"1","x":{"firstName":"2"}}`, `{"first_name":"#","x":{"firstName":"#"}}`, child("..", "first-name"), []string{`$.first_name "1"=1`, `$.x.firstName "2"=2`}},
		{"greek sigma has two small ones", `{"ΣΑΣ":"1"}`, `{"ΣΑΣ":"#"}`, child("σας"), []string{`$['ΣΑΣ'] "1"=1`}},

		// Names that some origins read as paths.
		{"dotted name", `{"$set":{"user.ssn":"1","a.b":"2"}}`, `{"$set":{"user.ssn":"#","a.b":"2"}}`, child("..", "ssn"), []string{`$['$set']['user.ssn'] "1"=1`}},
		{"dotted name by path", `{"user.0.ssn":"1","ssn":"2","x.ssn":"3"}`, `{"user.0.ssn":"#","ssn":"2","x.ssn":"3"}`, child("user", "0", "ssn"), []string{`$['user.0.ssn'] "1"=1`}},
		{"dotted name above", `{"a.b":{"ssn":"1"}}`, `{"a.b":{"ssn":"#"}}`, child("a", "b", "ssn"), []string{`$['a.b'].ssn "1"=1`}},
		{"dotted name below", `{"ssn.value":"1"}`, `{"ssn.value":"#"}`, child("ssn"), []string{`$['ssn.value'] "1"=1`}},
		{"dotted name is one name too", `{"a.b":{"ssn":"1"}}`, `{"a.b":{"ssn":"#"}}`, child("*", "ssn"), []string{`$['a.b'].ssn "1"=1`}},
		{"URL", `{"https://schema.org/ssn":"1"}`, `{"https://schema.org/ssn":"#"}`, child("..", "ssn"), []string{`$['https://schema.org/ssn'] "1"=1`}},
		{"sign", `{"@ssn":"1","$ssn":"2"}`, `{"@ssn":"#","$ssn":"#"}`, child("..", "ssn"), []string{`$['@ssn'] "1"=1`, `$['$ssn'] "2"=2`}},

		// Exact: the usual writing gives the source again.
		{"usual escapes", `{"ssn":"a\"\\\n\u0001é"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "a\"\\\n\u0001é"=` + "a\"\\\n\x01é"}},
		{"escaped slash", `{"ssn":"a\/b"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "a\/b"?a/b`}},
		{"escaped letter", `{"ssn":"\u0061"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "\u0061"?a`}},
		{"escape in upper case", `{"ssn":"\u001F"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "\u001F"?` + "\x1f"}},
		{"surrogate pair", `{"ssn":"\ud83d\ude00"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "\ud83d\ude00"?😀`}},
		{"NUL in a value", `{"ssn":"\u0000"}`, `{"ssn":"#"}`, child("ssn"), []string{`$.ssn "\u0000"=` + "\x00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			readers := map[string]io.Reader{
				"at once":       strings.NewReader(tt.in),
				"byte for byte": iotest.OneByteReader(strings.NewReader(tt.in)),
				"end with data": iotest.DataErrReader(strings.NewReader(tt.in)),
			}
			for how, src := range readers {
				r := new(recorder)
				out, err := walk(src, &body.Options{Paths: paths(t, tt.path), Editor: r, Limits: limits})
				if err != nil || out != tt.out {
					t.Errorf("%s: %s, %v; want %s", how, out, err, tt.out)
				}
				if strings.Join(r.seen, "\n") != strings.Join(tt.seen, "\n") {
					t.Errorf("%s: saw %q, want %q", how, r.seen, tt.seen)
				}
			}
		})
	}
}

// What is refused, with a selector of ssn at any depth. Most of the malformed
// texts are those of github.com/nst/JSONTestSuite (the n_ files, and of the i_
// files, on which parsers differ, those about text).
func TestRefused(t *testing.T) {
	deep := strings.Repeat("[", limits.Depth+1)
	tests := []struct {
		name, in string
		err      error
	}{
		{"nothing", ``, body.ErrSyntax},
		{"only space", ` `, body.ErrSyntax},
		{"byte order mark", "\ufeff{}", body.ErrSyntax},
		{"UTF-16", "{\x00}\x00", body.ErrSyntax},
		{"comment", `{"ssn":"1"/**/}`, body.ErrSyntax},
		{"line comment", "{} // x", body.ErrSyntax},
		{"hash comment", "{} # x", body.ErrSyntax},
		{"comment before name", `{/*"*/"ssn":"1"}`, body.ErrSyntax},
		{"single quotes", `{'ssn':"1"}`, body.ErrSyntax},
		{"single quoted value", `{"ssn":'1'}`, body.ErrSyntax},
		{"unquoted name", `{ssn:"1"}`, body.ErrSyntax},
		{"number as name", `{1:"1"}`, body.ErrSyntax},
		{"trailing comma in object", `{"ssn":"1",}`, body.ErrSyntax},
		{"trailing comma in array", `[1,]`, body.ErrSyntax},
		{"double comma", `[1,,2]`, body.ErrSyntax},
		{"comma first", `[,1]`, body.ErrSyntax},
		{"comma for colon", `{"a","b"}`, body.ErrSyntax},
		{"two colons", `{"a"::"b"}`, body.ErrSyntax},
		{"no colon", `{"a" "b"}`, body.ErrSyntax},
		{"colon in array", `["a":1]`, body.ErrSyntax},
		{"no comma", `[1 true]`, body.ErrSyntax},
		{"missing value", `{"a":}`, body.ErrSyntax},
		{"name without value", `{"a"}`, body.ErrSyntax},
		{"wrong closing", `[1}`, body.ErrSyntax},
		{"wrong closing of object", `{"a":1]`, body.ErrSyntax},
		{"unclosed array", `["a"`, body.ErrSyntax},
		{"unclosed object", `{"a":1`, body.ErrSyntax},
		{"unclosed string", `["a`, body.ErrSyntax},
		{"ends in escape", `["\`, body.ErrSyntax},
		{"ends in unicode escape", `["\u00A`, body.ErrSyntax},
		{"ends in surrogate", `["\uD834\`, body.ErrSyntax},
		{"two values", `{} {}`, body.ErrSyntax},
		{"garbage after", `{}x`, body.ErrSyntax},
		{"NUL after", "{}\x00", body.ErrSyntax},
		{"closing after", `{}}`, body.ErrSyntax},
		{"guard before", `)]}',{"ssn":"1"}`, body.ErrSyntax},
		{"callback", `f({"ssn":"1"})`, body.ErrSyntax},
		{"NaN", `[NaN]`, body.ErrSyntax},
		{"Infinity", `[Infinity]`, body.ErrSyntax},
		{"minus Infinity", `[-Infinity]`, body.ErrSyntax},
		{"undefined", `[undefined]`, body.ErrSyntax},
		{"True", `[True]`, body.ErrSyntax},
		{"tru", `[tru]`, body.ErrSyntax},
		{"truex", `[truex]`, body.ErrSyntax},
		{"nul", `nul`, body.ErrSyntax},
		{"plus", `[+1]`, body.ErrSyntax},
		{"leading zero", `[012]`, body.ErrSyntax},
		{"minus zero one", `[-01]`, body.ErrSyntax},
		{"no integer part", `[.5]`, body.ErrSyntax},
		{"no fraction", `[1.]`, body.ErrSyntax},
		{"no fraction but exponent", `[1.e1]`, body.ErrSyntax},
		{"no exponent", `[1e]`, body.ErrSyntax},
		{"no exponent after sign", `[1e+]`, body.ErrSyntax},
		{"only minus", `[-]`, body.ErrSyntax},
		{"minus at the end", `-`, body.ErrSyntax},
		{"hexadecimal", `[0x1]`, body.ErrSyntax},
		{"underscores", `[1_000]`, body.ErrSyntax},
		{"fullwidth digit", "[\uff11]", body.ErrSyntax},
		{"space in number", `[1 000]`, body.ErrSyntax},
		{"unknown escape", `["\a"]`, body.ErrSyntax},
		{"hexadecimal escape", `["\x41"]`, body.ErrSyntax},
		{"octal escape", `["\012"]`, body.ErrSyntax},
		{"escaped quote mark", `["\'"]`, body.ErrSyntax},
		{"upper case escape", `["\U0041"]`, body.ErrSyntax},
		{"bad digits", `["\u00zz"]`, body.ErrSyntax},
		{"line feed in string", "[\"a\nb\"]", body.ErrSyntax},
		{"tab in string", "[\"a\tb\"]", body.ErrSyntax},
		{"NUL in string", "[\"a\x00b\"]", body.ErrSyntax},
		{"form feed between", "[\f]", body.ErrSyntax},
		{"vertical tab between", "[\v]", body.ErrSyntax},
		{"no-break space between", "[\u00a0]", body.ErrSyntax},
		{"line separator between", "[\u2028]", body.ErrSyntax},
		{"byte order mark between", "[\ufeff]", body.ErrSyntax},

		// Text that parsers read in different ways.
		{"not UTF-8", "[\"\xff\"]", body.ErrSyntax},
		{"Latin-1", "[\"\xe9\"]", body.ErrSyntax},
		{"overlong s", "{\"\xc1\xb3sn\":\"1\"}", body.ErrSyntax},
		{"overlong quote", "[\"\xc0\xa2\"]", body.ErrSyntax},
		{"surrogate in UTF-8", "[\"\xed\xa0\x80\"]", body.ErrSyntax},
		{"beyond Unicode", "[\"\xf4\x90\x80\x80\"]", body.ErrSyntax},
		{"cut off rune", "[\"\xe2\x82", body.ErrSyntax},
		{"high surrogate alone", `["\ud83d"]`, body.ErrSyntax},
		{"high surrogate and a letter", `["\ud83dx....."]`, body.ErrSyntax},
		{"two high surrogates", `["\ud83d\ud83d"]`, body.ErrSyntax},
		{"low surrogate alone", `["\ude00      "]`, body.ErrSyntax},
		{"surrogates in the wrong order", `["\ude00\ud83d"]`, body.ErrSyntax},
		{"half a pair in a name", `{"ssn\ud83d":"1"}`, body.ErrSyntax},
		{"NUL in a name", `{"ssn\u0000":"1"}`, body.ErrSyntax},
		{"NUL in an inner name", `{"a":[{"\u0000ssn":"1"}]}`, body.ErrSyntax},

		// Names twice.
		{"protected twice", `{"ssn":"1","ssn":"2"}`, body.ErrDuplicate},
		{"protected null first", `{"ssn":null,"ssn":"2"}`, body.ErrDuplicate},
		{"unprotected twice", `{"a":1,"b":2,"a":3}`, body.ErrDuplicate},
		{"twice by an escape", `{"a":1,"\u0061":3}`, body.ErrDuplicate},
		{"protected twice by case", `{"ssn":"1","SSN":"2"}`, body.ErrDuplicate},
		{"protected twice by style", `{"ssn":"1","s_sn":"2"}`, body.ErrDuplicate},
		{"the outer object after the inner", `{"a":{"b":1},"b":2,"a":1}`, body.ErrDuplicate},
		{"twice in what is sealed whole", `{"ssn":{"a":1,"a":2}}`, body.ErrDuplicate},
		{"empty names", `{"":1,"":2}`, body.ErrDuplicate},

		{"too deep", deep, body.ErrTooDeep},
		{"too deep objects", strings.Repeat(`{"a":`, limits.Depth+1), body.ErrTooDeep},
		{"long name", `{"` + strings.Repeat("a", limits.Name+1) + `":1}`, body.ErrTooLong},
		{"long value", `{"ssn":"` + strings.Repeat("a", limits.Field) + `"}`, body.ErrTooLong},
		{"long number", `{"ssn":` + strings.Repeat("1", limits.Field+1) + `}`, body.ErrTooLong},
		{"long object", `{"ssn":{"a":"` + strings.Repeat("a", limits.Field) + `"}}`, body.ErrTooLong},
		{"very long value", `{"ssn":"` + strings.Repeat("a", 1<<20) + `"}`, body.ErrTooLong},
		{"very long object", `{"ssn":[` + strings.Repeat("1,", 1<<19) + `1]}`, body.ErrTooLong},
		{"many names", `{` + manyNames(limits.Names+1) + `}`, body.ErrTooMany},
		{"many names twice", `{` + manyNames(100) + `,"n50":1}`, body.ErrDuplicate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := &body.Options{Paths: paths(t, child("..", "ssn")), Editor: same{}, Limits: limits}
			for how, src := range map[string]io.Reader{
				"at once":       strings.NewReader(tt.in),
				"byte for byte": iotest.OneByteReader(strings.NewReader(tt.in)),
			} {
				if _, err := walk(src, o); !errors.Is(err, tt.err) {
					t.Errorf("%s: error %v, want %v", how, err, tt.err)
				}
			}
		})
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"n` + itoa(i) + `":0`)
	}
	return b.String()
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + itoa(i%10)
}

// What is allowed, and goes through byte for byte (the y_ files of
// github.com/nst/JSONTestSuite).
func TestAllowed(t *testing.T) {
	for _, in := range []string{
		`[]`, `{}`, `0`, `-0`, `1E1`, `""`, `null`, `true`, `false`, ` [ ] `, "\t{}\r\n",
		`{"a":{},"b":{"a":[]}}`, `[0e+1,0e1,1e-2,123.456789,-1,20e1,1E22,1E-2,1E+2]`,
		`{"":0}`, `{"a":1,"A":2}`, `{"ıx":1,"ix":2}`,
		`["\u0060\u012a\u12AB"]`, `["\uD801\udc37"]`, `["\ud83d\ude39\ud83d\udc8d"]`,
		`["\"\\\/\b\f\n\r\t"]`, `["\\u0000"]`, `["\u0000"]`, `["\uFFFF"]`, `["\uFDD0"]`, "[\"\U0010ffff\"]",
		"[\"\x7f\"]", "[\"\u2028\u2029\"]", "[\"\ufeff\"]", `["asd "]`, `[[[[[]]]]]`,
		`[1` + strings.Repeat("0", 100_000) + `]`, `["` + strings.Repeat("é", 100_000) + `"]`,
		`{` + manyNames(2000) + `}`,
		`[{` + manyNames(100) + `},{` + manyNames(100) + `}]`,
	} {
		for how, src := range map[string]io.Reader{
			"at once":       strings.NewReader(in),
			"byte for byte": iotest.OneByteReader(strings.NewReader(in)),
			"by halves":     iotest.HalfReader(strings.NewReader(in)),
		} {
			o := &body.Options{Paths: paths(t, child("..", "ssn")), Editor: same{}, Limits: limits}
			if out, err := walk(src, o); err != nil || out != in {
				t.Errorf("%s: %.80s: %.80s, %v", how, in, out, err)
			}
		}
	}
}

func TestLines(t *testing.T) {
	lines := func(in string) (string, error) {
		var out bytes.Buffer
		o := &body.Options{Paths: paths(t, child("ssn")), Editor: new(recorder), Limits: limits}
		err := jsonbody.WalkLines(context.Background(), &out, iotest.OneByteReader(strings.NewReader(in)), o)
		return out.String(), err
	}
	for in, want := range map[string]string{
		"":              "",
		"\n":            "\n",
		"{\"ssn\":1}":   "{\"ssn\":\"#\"}",
		"{\"ssn\":1}\n": "{\"ssn\":\"#\"}\n",
		"{\"ssn\":1}\r\n\r\n \t{\"ssn\":\"2\"} \n": "{\"ssn\":\"#\"}\r\n\r\n \t{\"ssn\":\"#\"} \n",
		"1\n[]\nnull\n": "1\n[]\nnull\n",
	} {
		if out, err := lines(in); err != nil || out != want {
			t.Errorf("%q: %q, %v; want %q", in, out, err, want)
		}
	}
	for _, in := range []string{
		"{}{}", "{} {}", "{\n}", "[1,\n2]", "{}\r{}", "{}\r", "[\r]", "\r", "x\n", "{}\n\ufeff{}\n", "{}\n[",
	} {
		if out, err := lines(in); !errors.Is(err, body.ErrSyntax) {
			t.Errorf("%q: %q, %v", in, out, err)
		}
	}
}

// What no rule selects is offered for searching, up to a length.
func TestAll(t *testing.T) {
	r := new(recorder)
	o := &body.Options{Paths: paths(t, child("ssn")), Editor: r, Limits: limits, All: true}
	out, err := walk(strings.NewReader(`{"ssn":["x"],"a":"b","c":[1,true,null,"d"]}`), o)
	want := `{"ssn":"#","a":"#","c":["#",true,null,"#"]}`
	if err != nil || out != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
	for _, long := range []string{`"` + strings.Repeat("a", limits.Text) + `"`, strings.Repeat("1", 100_000), `"` + strings.Repeat("é", 100_000) + `"`} {
		o := &body.Options{Editor: new(recorder), Limits: limits, All: true}
		in := `{"a":` + long + `,"b":1}`
		for _, src := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
			if _, err := walk(src, o); !errors.Is(err, body.ErrTooLong) {
				t.Errorf("%.20s: %v", long, err)
			}
		}
		o.SkipLong = true
		for _, src := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
			if out, err := walk(src, o); err != nil || out != `{"a":`+long+`,"b":"#"}` {
				t.Errorf("%.20s: %.50s, %v", long, out, err)
			}
		}
	}
}

// An error of the editor names the field, and nothing of the body follows.
func TestEditError(t *testing.T) {
	broken := errors.New("broken")
	o := &body.Options{Paths: paths(t, child("..", "ssn")), Editor: failing{broken}, Limits: limits}
	out, err := walk(strings.NewReader(`{"a":[0,{"ssn":"1"}]}`), o)
	var f *body.FieldError
	if !errors.Is(err, broken) || !errors.As(err, &f) || f.Path != "$.a[1].ssn" {
		t.Errorf("%v", err)
	}
	if strings.Contains(out, `"1"`) {
		t.Errorf("the value is in %s", out)
	}
}

type failing struct{ err error }

func (f failing) Edit(_ context.Context, dst []byte, _ *body.Value) ([]byte, error) {
	return dst, f.err
}

// A reader's and a writer's error come out, and errors hold no values.
func TestErrors(t *testing.T) {
	o := &body.Options{Paths: paths(t, child("ssn")), Editor: same{}, Limits: limits}
	lost := errors.New("lost")
	if _, err := walk(io.MultiReader(strings.NewReader(`{"a":"`), iotest.ErrReader(lost)), o); !errors.Is(err, lost) {
		t.Error(err)
	}
	in := `["` + strings.Repeat("a", 200_000) + `"]`
	if err := jsonbody.Walk(t.Context(), failingWriter{lost}, strings.NewReader(in), o); !errors.Is(err, lost) {
		t.Error(err)
	}
	for _, in := range []string{`{"ssn":"secret","ssn":"secret"}`, `{"ssn":"secret"`, `{"ssn":"secret`, `{"ssn":secret}`, `{"ssn":"secret"}secret`, `{"ssn":"secret\q"}`} {
		if _, err := walk(strings.NewReader(in), o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", in, err)
		}
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

func TestSyntax(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"a\"b\\c/d":                      `a\"b\\c/d`,
		"\b\f\n\r\t\x00\x1f\x7f":         `\b\f\n\r\t\u0000\u001f` + "\x7f",
		"<>&\u2028\u2029é😀":              "<>&\u2028\u2029é😀",
		"#ssn.1#ab+/==#1.ssn#":           "#ssn.1#ab+/==#1.ssn#",
		strings.Repeat("\"", 3) + "tail": `\"\"\"tail`,
	} {
		got, err := jsonbody.Syntax.Escape(nil, []byte(text))
		if err != nil || string(got) != want {
			t.Errorf("escape %q: %s, %v; want %s", text, got, err, want)
		}
		back, err := jsonbody.Syntax.Decode([]byte(`"` + want + `"`))
		if err != nil || string(back) != text {
			t.Errorf("decode %s: %q, %v", want, back, err)
		}
	}
	if _, err := jsonbody.Syntax.Escape(nil, []byte("\xff")); !errors.Is(err, body.ErrSyntax) {
		t.Errorf("escape of bytes that are not UTF-8: %v", err)
	}
	for source, want := range map[string]string{`1`: `1`, `{"a":[1]}`: `{"a":[1]}`, `true`: `true`, `"\u0061"`: `a`} {
		if got, err := jsonbody.Syntax.Decode([]byte(source)); err != nil || string(got) != want {
			t.Errorf("decode %s: %s, %v", source, got, err)
		}
	}
	// What would break out of its place.
	for _, source := range []string{``, ` `, `"a","b":"c"`, `1,2`, `1]`, `"a"}`, `"a`, `a`, ` 1`, `1 `, `{"a":1,"a":2}`, "\"\xff\"", `1//`} {
		if got, err := jsonbody.Syntax.Decode([]byte(source)); !errors.Is(err, body.ErrSyntax) && !errors.Is(err, body.ErrDuplicate) {
			t.Errorf("decode %q: %s, %v", source, got, err)
		}
	}
	v := &body.Value{Source: []byte(`"a\u00e9\n\ud83d\ude00é"`), Text: []byte("aé\n😀éé")[:10]}
	got := jsonbody.Syntax.Offsets(v)
	want := []int{1, 2, 2, 8, 10, 10, 10, 10, 22, 22, 24}
	if len(got) != len(want) {
		t.Fatalf("offsets %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("offsets %v, want %v", got, want)
		}
	}
}
