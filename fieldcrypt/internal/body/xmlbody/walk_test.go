package xmlbody_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/xmlbody"
)

// An editor that writes {text} or, where the text is not enough to give the
// source again, {xml:source}, in hex: nothing of a value stays readable.
type hexEditor struct{ seen []body.Value }

func (e *hexEditor) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	e.seen = append(e.seen, body.Value{
		Kind: v.Kind, Rule: v.Rule, Exact: v.Exact,
		Source: bytes.Clone(v.Source), Text: bytes.Clone(v.Text),
	})
	if v.Rule == body.NoRule {
		return append(dst, v.Source...), nil
	}
	if v.Exact {
		return append(dst, "{"+hex.EncodeToString(v.Text)+"}"...), nil
	}
	return append(dst, "{xml:"+hex.EncodeToString(v.Source)+"}"...), nil
}

// open undoes hexEditor where it offered everything.
type hexOpener struct{ t testing.TB }

func (e hexOpener) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	s := string(v.Source)
	if !strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}") {
		return append(dst, v.Source...), nil
	}
	digits, encoded := strings.CutPrefix(s[1:len(s)-1], "xml:")
	plain, err := hex.DecodeString(digits)
	if err != nil {
		return append(dst, v.Source...), nil
	}
	if !encoded {
		return v.Syntax.Escape(dst, plain)
	}
	if _, err := v.Syntax.Decode(plain); err != nil {
		e.t.Errorf("what was sealed at this place is not taken back: %v", err)
	}
	return append(dst, plain...), nil
}

func child(names ...string) []body.Step {
	steps := make([]body.Step, len(names))
	for i, name := range names {
		switch name {
		case "*":
			steps[i] = body.Step{Kind: body.Any}
		case "//":
			steps[i] = body.Step{Kind: body.Descend}
		default:
			steps[i] = body.Step{Kind: body.Child, Name: name}
		}
	}
	return steps
}

func options(t testing.TB, e body.Editor, paths ...[]body.Step) *body.Options {
	t.Helper()
	p, err := body.NewPaths([][][]body.Step{paths})
	if err != nil {
		t.Fatal(err)
	}
	return &body.Options{
		Paths: p, Editor: e,
		Limits: body.Limits{Field: 64 << 10, Text: 64 << 10, Depth: 32, Name: 64, Names: 1000},
	}
}

// anySSN selects elements and attributes named ssn, at any depth.
func anySSN(t testing.TB, e body.Editor) *body.Options {
	return options(t, e, child("//", "ssn"), child("//", "@ssn"))
}

// walk runs Walk twice, the second time with a reader that gives one byte at a
// time: where reads end must not matter.
func walk(t testing.TB, doc string, o *body.Options) (string, error) {
	t.Helper()
	var whole, bytewise bytes.Buffer
	err := xmlbody.Walk(context.Background(), &whole, strings.NewReader(doc), o)
	err2 := xmlbody.Walk(context.Background(), &bytewise, iotest.OneByteReader(strings.NewReader(doc)), o)
	if (err == nil) != (err2 == nil) || err == nil && whole.String() != bytewise.String() {
		t.Errorf("one byte at a time %q gives\n%q, %v\nand at once\n%q, %v", doc, bytewise.String(), err2, whole.String(), err)
	}
	return whole.String(), err
}

func sealed(text string) string { return "{" + hex.EncodeToString([]byte(text)) + "}" }

func sealedSource(source string) string {
	return "{xml:" + hex.EncodeToString([]byte(source)) + "}"
}

func TestValues(t *testing.T) {
	s, x := sealed("1-2"), sealedSource
	for _, tt := range []struct{ name, doc, want string }{
		{"element", `<p><ssn>1-2</ssn><n>Al</n></p>`, `<p><ssn>` + s + `</ssn><n>Al</n></p>`},
		{"root", `<ssn>1-2</ssn>`, `<ssn>` + s + `</ssn>`},
		{"prefix", `<a:p xmlns:a="urn:x"><a:ssn>1-2</a:ssn></a:p>`, `<a:p xmlns:a="urn:x"><a:ssn>` + s + `</a:ssn></a:p>`},
		{"default namespace", `<p xmlns="u"><ssn xmlns="v">1-2</ssn></p>`, `<p xmlns="u"><ssn xmlns="v">` + s + `</ssn></p>`},
		{"case", `<P><SSN>1-2</SSN><sSn >1-2</sSn
></P>`, `<P><SSN>` + s + `</SSN><sSn >` + s + `</sSn
></P>`},
		{"long s", `<ſſn>1-2</ſſn>`, `<ſſn>` + s + `</ſſn>`},
		{"double quotes", `<p ssn="1-2"/>`, `<p ssn="` + s + `"/>`},
		{"single quotes", `<p  x='"' ssn = '1-2' y="'"/>`, `<p  x='"' ssn = '` + s + `' y="'"/>`},
		{"attribute with prefix", `<p a:ssn="1-2" />`, `<p a:ssn="` + s + `" />`},
		{"references", `<ssn>1&#45;2</ssn>`, `<ssn>` + x("1&#45;2") + `</ssn>`},
		{"hexadecimal reference", `<ssn>&#x31;-2</ssn>`, `<ssn>` + x("&#x31;-2") + `</ssn>`},
		{"usual reference", `<ssn>a&amp;b</ssn>`, `<ssn>` + sealed("a&b") + `</ssn>`},
		{"unusual >", `<ssn>a>b</ssn>`, `<ssn>` + x("a>b") + `</ssn>`},
		{"CDATA", `<ssn><![CDATA[1-2]]></ssn>`, `<ssn>` + x("<![CDATA[1-2]]>") + `</ssn>`},
		{"half CDATA", `<ssn>1<![CDATA[-]]>2</ssn>`, `<ssn>` + x("1<![CDATA[-]]>2") + `</ssn>`},
		{"comment inside", `<ssn>1<!-- - -->-2</ssn>`, `<ssn>` + x("1<!-- - -->-2") + `</ssn>`},
		{"instruction inside", `<ssn>1<?x y?>-2</ssn>`, `<ssn>` + x("1<?x y?>-2") + `</ssn>`},
		{"elements inside", `<ssn><a>1</a>-<ssn x="1">2</ssn></ssn>`, `<ssn>` + x(`<a>1</a>-<ssn x="1">2</ssn>`) + `</ssn>`},
		{"attribute reference", `<p ssn="1&#45;2"/>`, `<p ssn="` + x("1&#45;2") + `"/>`},
		{"attribute quote", `<p ssn='1"2'/>`, `<p ssn='` + sealed(`1"2`) + `'/>`},
		{"attribute usual quote", `<p ssn="1&quot;2"/>`, `<p ssn="` + sealed(`1"2`) + `"/>`},
		{"attribute line end", "<p ssn=\"1\n2\"/>", `<p ssn="` + x("1\n2") + `"/>`},
		{"line end", "<ssn>1\r\n2</ssn>", `<ssn>` + x("1\r\n2") + `</ssn>`},
		{"white space", "<ssn> 1\n2\t</ssn>", `<ssn>` + sealed(" 1\n2\t") + `</ssn>`},
		{"empty", `<p><ssn></ssn></p>`, `<p><ssn>{}</ssn></p>`},
		{"empty-element tag", `<p><ssn/></p>`, `<p><ssn/></p>`},
		{"brackets", `<ssn>]]1]></ssn>`, `<ssn>` + x("]]1]>") + `</ssn>`},
		{"other scripts", `<é><ssn>日本</ssn></é>`, `<é><ssn>` + sealed("日本") + `</ssn></é>`},
		{"declared prefix is no value", `<p xmlns:s="urn:x" xmlns="ssn"/>`, `<p xmlns:s="urn:x" xmlns="ssn"/>`},
		{"name in a comment", `<p><!--<ssn>1</ssn>--></p>`, `<p><!--<ssn>1</ssn>--></p>`},
		{"name in CDATA", `<p><![CDATA[<ssn>1</ssn>]]></p>`, `<p><![CDATA[<ssn>1</ssn>]]></p>`},
		{"another name", `<p><ssn2>1-2</ssn2><s.sn>1</s.sn></p>`, `<p><ssn2>1-2</ssn2><s.sn>1</s.sn></p>`},
		{"prolog", "\ufeff<?xml version='1.0'  encoding=\"Utf-8\" standalone = 'yes' ?>\n<!-- c --><?p i?>\n<ssn>1-2</ssn>\n<!-- c -->\n",
			"\ufeff<?xml version='1.0'  encoding=\"Utf-8\" standalone = 'yes' ?>\n<!-- c --><?p i?>\n<ssn>" + s + "</ssn>\n<!-- c -->\n"},
		{"style sheet", `<?xml-stylesheet href="a.xsl"?><ssn>1-2</ssn>`, `<?xml-stylesheet href="a.xsl"?><ssn>` + s + `</ssn>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := walk(t, tt.doc, anySSN(t, &hexEditor{}))
			if err != nil || got != tt.want {
				t.Fatalf("%s becomes\n%s, %v, want\n%s", tt.doc, got, err, tt.want)
			}
			all := anySSN(t, hexOpener{t})
			all.Paths, all.All = nil, true
			back, err := walk(t, got, all)
			if err != nil || back != tt.doc {
				t.Errorf("%s opens as\n%s, %v, want\n%s", got, back, err, tt.doc)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	doc := `<a id="0"><b id="1"><ssn>2</ssn></b><c><ssn>3</ssn><d>4<!--x--></d></c>5</a>`
	for _, tt := range []struct {
		path []body.Step
		want []string
	}{
		{child("a", "b", "ssn"), []string{"2"}},
		{child("a", "ssn"), nil},
		{child("//", "ssn"), []string{"2", "3"}},
		{child("a", "*", "ssn"), []string{"2", "3"}},
		{child("a", "b", "@id"), []string{"1"}},
		{child("//", "@id"), []string{"0", "1"}},
		{child("a", "c"), []string{"<ssn>3</ssn><d>4<!--x--></d>"}},
		{child("@a"), nil},
		{child("a", "@b"), nil},
	} {
		e := &hexEditor{}
		var out bytes.Buffer
		if err := xmlbody.Walk(t.Context(), &out, strings.NewReader(doc), options(t, e, tt.path)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range e.seen {
			got = append(got, string(v.Source))
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%v selects %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		want      error
	}{
		{"document type", `<!DOCTYPE p><p/>`, body.ErrUnsupported},
		{"entity that hides", `<!DOCTYPE p [<!ENTITY e "<ssn>1</ssn>">]><p>&e;</p>`, body.ErrUnsupported},
		{"entity expansion", `<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><l>&b;</l>`, body.ErrUnsupported},
		{"field as a prefix", `<p xmlns:ssn="1"/>`, body.ErrUnsupported},
		{"document type late", `<p><!DOCTYPE p></p>`, body.ErrUnsupported},
		{"lower-case doctype", `<!doctype p><p/>`, body.ErrUnsupported},
		{"conditional section", `<p><![INCLUDE[<ssn>1</ssn>]]></p>`, body.ErrUnsupported},
		{"lower-case CDATA", `<p><![cdata[x]]></p>`, body.ErrUnsupported},
		{"undeclared entity", `<p>&ssn;</p>`, body.ErrUnsupported},
		{"HTML entity", `<p>&nbsp;</p>`, body.ErrUnsupported},
		{"entity in attribute", `<p a="&x;"/>`, body.ErrUnsupported},
		{"reference to NUL", `<p>&#0;</p>`, body.ErrUnsupported},
		{"reference to surrogate", `<p>&#xD800;</p>`, body.ErrUnsupported},
		{"reference beyond Unicode", `<p>&#x110000;</p>`, body.ErrUnsupported},
		{"reference with huge number", `<p>&#99999999999;</p>`, body.ErrUnsupported},
		{"reference with X", `<p>&#X41;</p>`, body.ErrUnsupported},
		{"empty reference", `<p>&;</p>`, body.ErrUnsupported},
		{"empty numeric reference", `<p>&#;&#x;</p>`, body.ErrUnsupported},
		{"bare ampersand", `<p>a & b, and more text</p>`, body.ErrSyntax},
		{"reference without end", `<p>&lt</p>`, body.ErrSyntax},
		{"latin-1", `<?xml version="1.0" encoding="ISO-8859-1"?><p/>`, body.ErrUnsupported},
		{"UTF-7", `<?xml version="1.0" encoding="UTF-7"?>+ADw-ssn+AD4-1`, body.ErrUnsupported},
		{"UTF-16 declared", `<?xml version="1.0" encoding="UTF-16"?><p/>`, body.ErrUnsupported},
		{"UTF-16 with mark", "\xff\xfe<\x00p\x00/\x00>\x00", body.ErrUnsupported},
		{"XML 1.1", `<?xml version="1.1"?><p/>`, body.ErrUnsupported},
		{"two versions", `<?xml version="1.0" version="1.1"?><p/>`, body.ErrSyntax},
		{"encoding first", `<?xml encoding="UTF-8" version="1.0"?><p/>`, body.ErrSyntax},
		{"late declaration", ` <?xml version="1.0"?><p/>`, body.ErrSyntax},
		{"second declaration", `<?xml version="1.0"?><?XML version="1.0" encoding="UTF-7"?><p/>`, body.ErrSyntax},
		{"overlong <", "<p>\xc0\xbcssn>1\xc0\xbc/ssn></p>", body.ErrUnsupported},
		{"not UTF-8", "<p>\xe9</p>", body.ErrUnsupported},
		{"not UTF-8 in comment", "<p><!-- \xe9 --></p>", body.ErrUnsupported},
		{"cut character", "<p>\xe6\x97", body.ErrUnsupported},
		{"surrogate", "<p>\xed\xa0\x80</p>", body.ErrUnsupported},
		{"NUL", "<p>\x00</p>", body.ErrSyntax},
		{"NUL in name", "<p\x00><ssn/></p\x00>", body.ErrSyntax},
		{"control character", "<p>\x1b</p>", body.ErrSyntax},
		{"form feed as space", "<p\x0cssn='1'/>", body.ErrSyntax},
		{"non-character", "<p>\uffff</p>", body.ErrSyntax},
		{"no root", ` <!-- x --> `, body.ErrSyntax},
		{"empty", ``, body.ErrSyntax},
		{"two roots", `<p/><ssn>1</ssn>`, body.ErrSyntax},
		{"text before", `x<p/>`, body.ErrSyntax},
		{"text after", `<p/>x`, body.ErrSyntax},
		{"reference after", `<p/>&#32;`, body.ErrSyntax},
		{"CDATA after", `<p/><![CDATA[x]]>`, body.ErrSyntax},
		{"not closed", `<p><ssn>1`, body.ErrSyntax},
		{"cut tag", `<p><ssn`, body.ErrSyntax},
		{"closed twice", `<p></p></p>`, body.ErrSyntax},
		{"crossed", `<a><b></a></b>`, body.ErrSyntax},
		{"closed with another case", `<ssn>1</SSN>`, body.ErrSyntax},
		{"closed with attributes", `<p></p ssn="1">`, body.ErrSyntax},
		{"space in tag", `<p>< ssn>1</ssn></p>`, body.ErrSyntax},
		{"space in end tag", `<p></ p>`, body.ErrSyntax},
		{"slash apart", `<p / >`, body.ErrSyntax},
		{"name with two colons", `<a:b:ssn/>`, body.ErrSyntax},
		{"name with colon first", `<:ssn>1</:ssn>`, body.ErrSyntax},
		{"name with colon last", `<ssn:>1</ssn:>`, body.ErrSyntax},
		{"name with digit first", `<1ssn/>`, body.ErrSyntax},
		{"local name with digit first", `<a:1ssn/>`, body.ErrSyntax},
		{"attribute twice", `<p ssn="1" ssn="2"/>`, body.ErrDuplicate},
		{"attribute without quotes", `<p ssn=1/>`, body.ErrSyntax},
		{"attribute without value", `<p ssn/>`, body.ErrSyntax},
		{"attributes without space", `<p a="1"ssn="2"/>`, body.ErrSyntax},
		{"< in attribute", `<p a="<ssn>1</ssn>"/>`, body.ErrSyntax},
		{"]]> in text", `<p>a]]>b</p>`, body.ErrSyntax},
		{"]]]> in text", `<p>a]]]>b</p>`, body.ErrSyntax},
		{"comment that HTML ends", `<p><!--><ssn>1</ssn>--></p>`, body.ErrSyntax},
		{"comment that HTML ends, too", `<p><!---><ssn>1</ssn>--></p>`, body.ErrSyntax},
		{"comment with two dashes", `<p><!-- a -- b --></p>`, body.ErrSyntax},
		{"comment with bang", `<p><!-- a --!><ssn>1</ssn> --></p>`, body.ErrSyntax},
		{"comment with three dashes", `<p><!-- a ---></p>`, body.ErrSyntax},
		{"comment without end", `<p><!-- a </p>`, body.ErrSyntax},
		{"instruction with >", `<p><?x > <ssn>1</ssn> ?></p>`, body.ErrUnsupported},
		{"instruction without end", `<p><?x y`, body.ErrSyntax},
		{"instruction without name", `<p><? x?></p>`, body.ErrSyntax},
		{"CDATA without end", `<p><![CDATA[ ]] ></p>`, body.ErrSyntax},
		{"too deep", strings.Repeat("<a>", 33) + strings.Repeat("</a>", 33), body.ErrTooDeep},
		{"long name", "<" + strings.Repeat("a", 65) + "/>", body.ErrTooLong},
		{"long attribute name", "<a " + strings.Repeat("a", 65) + "='1'/>", body.ErrTooLong},
		{"long field", "<ssn>" + strings.Repeat("1", 64<<10+1) + "</ssn>", body.ErrTooLong},
		{"long field of elements", "<ssn>" + strings.Repeat("<a/>", 17<<10) + "</ssn>", body.ErrTooLong},
		{"long attribute", "<p ssn='" + strings.Repeat("1", 64<<10+1) + "'/>", body.ErrTooLong},
		{"many attributes", "<p" + manyAttributes(257) + "/>", body.ErrTooMany},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := walk(t, tt.doc, anySSN(t, &hexEditor{}))
			if !errors.Is(err, tt.want) {
				t.Fatalf("%.80q: %v, want %v", tt.doc, err, tt.want)
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String()
}

// What is just within the limits passes.
func TestLimits(t *testing.T) {
	for name, doc := range map[string]string{
		"depth":      strings.Repeat("<a>", 32) + strings.Repeat("</a>", 32),
		"name":       "<" + strings.Repeat("a", 64) + "/>",
		"field":      "<ssn>" + strings.Repeat("1", 64<<10) + "</ssn>",
		"attribute":  "<p ssn='" + strings.Repeat("1", 64<<10) + "'/>",
		"attributes": "<p" + manyAttributes(256) + "/>",
		"other text": "<p a='" + strings.Repeat("1", 1<<20) + "'>" + strings.Repeat("1 ", 1<<20) + "</p>",
		"space":      "<p" + strings.Repeat(" ", 1<<20) + ">" + strings.Repeat("\n", 1<<20) + "</p >",
		"comment":    "<p><!--" + strings.Repeat("x", 1<<20) + "--></p>",
	} {
		var out bytes.Buffer
		if err := xmlbody.Walk(t.Context(), &out, strings.NewReader(doc), anySSN(t, &hexEditor{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsNameTheFieldAndNoValue(t *testing.T) {
	refusing := editorFunc(func([]byte, *body.Value) ([]byte, error) { return nil, body.ErrSeal })
	for doc, path := range map[string]string{
		"<a:p><ssn>078-05-1120</ssn></a:p>": "/a:p/ssn",
		"<p><q ssn='078-05-1120'/></p>":     "/p/q/@ssn",
	} {
		_, err := walk(t, doc, anySSN(t, refusing))
		var f *body.FieldError
		if !errors.Is(err, body.ErrSeal) || !errors.As(err, &f) || f.Path != path {
			t.Errorf("%s: %v, want one at %s", doc, err, path)
		}
		if strings.Contains(err.Error(), "078") {
			t.Errorf("the error has the value: %v", err)
		}
	}
}

func TestPlaces(t *testing.T) {
	var places []string
	e := editorFunc(func(dst []byte, v *body.Value) ([]byte, error) {
		places = append(places, v.Place.String())
		return append(dst, v.Source...), nil
	})
	o := options(t, e)
	o.All = true
	if err := xmlbody.Walk(t.Context(), io.Discard, strings.NewReader(`<a b="1">2<c d="3" e="4">5</c>6</a>`), o); err != nil {
		t.Fatal(err)
	}
	if want := "[/a/@b /a /a/c/@d /a/c/@e /a/c /a]"; fmt.Sprint(places) != want {
		t.Errorf("places are %v, want %s", places, want)
	}
}

// A name cannot be sealed: what must not be in one refuses the document.
func TestCheckName(t *testing.T) {
	o := anySSN(t, &hexEditor{})
	o.CheckName = func(name []byte) error {
		if bytes.Contains(name, []byte("4111")) {
			return body.ErrUnsupported
		}
		return nil
	}
	for _, doc := range []string{"<a4111/>", "<a b4111=''/>", "<x4111:a/>", "<ssn><a4111/></ssn>"} {
		if _, err := walk(t, doc, o); !errors.Is(err, body.ErrUnsupported) || strings.Contains(err.Error(), "4111") {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if _, err := walk(t, "<a b='4111'>4111</a>", o); err != nil {
		t.Error(err)
	}
}

type editorFunc func([]byte, *body.Value) ([]byte, error)

func (f editorFunc) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	return f(dst, v)
}

// A run of text is offered in one piece whatever parts it in the source.
func TestAllOffersRuns(t *testing.T) {
	e := &hexEditor{}
	o := options(t, e)
	o.All = true
	doc := `<p id='7'> <a>4111<!-- x -->1111<![CDATA[1111]]>&#49;111</a> <b>plain</b>tail<c/> </p>`
	if got, err := walk(t, doc, o); err != nil || got != doc {
		t.Fatal(got, err)
	}
	var texts []string
	for _, v := range e.seen[:len(e.seen)/2] {
		texts = append(texts, string(v.Text))
		if v.Rule != body.NoRule || v.Kind != body.String {
			t.Errorf("%q is offered as %d of rule %d", v.Text, v.Kind, v.Rule)
		}
	}
	if want := "[7 4111111111111111 plain tail]"; fmt.Sprint(texts) != want {
		t.Errorf("offers %v, want %v", texts, want)
	}
}

func TestAllLong(t *testing.T) {
	long := strings.Repeat("x", 64<<10+1)
	for _, doc := range []string{"<p>" + long + "</p>", "<p a='" + long + "'/>", "<p>" + long + "<!-- --></p>", "<p><![CDATA[" + long + "]]>y</p>"} {
		e := &hexEditor{}
		o := options(t, e)
		o.All = true
		if _, err := walk(t, doc, o); !errors.Is(err, body.ErrTooLong) {
			t.Errorf("%.20s: %v, want too long", doc, err)
		}
		o.SkipLong = true
		if got, err := walk(t, doc+"", o); err != nil || got != doc || len(e.seen) > 0 {
			t.Errorf("%.20s: skipped with %v, %d offered", doc, err, len(e.seen))
		}
	}
}

// A selected value is refused when too long, whatever else may be skipped.
func TestSkipLongIsNotForFields(t *testing.T) {
	o := anySSN(t, &hexEditor{})
	o.All, o.SkipLong = true, true
	if _, err := walk(t, "<ssn>"+strings.Repeat("1", 64<<10+1)+"</ssn>", o); !errors.Is(err, body.ErrTooLong) {
		t.Error(err)
	}
}

func TestReaderAndWriterErrors(t *testing.T) {
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader("<p><ssn>1"), iotest.ErrReader(broken))
	if err := xmlbody.Walk(t.Context(), io.Discard, src, anySSN(t, &hexEditor{})); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	w := writerFunc(func([]byte) (int, error) { return 0, broken })
	if err := xmlbody.Walk(t.Context(), w, strings.NewReader("<p/>"), anySSN(t, &hexEditor{})); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
