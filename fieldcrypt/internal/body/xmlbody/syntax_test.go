package xmlbody_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/xmlbody"
)

// Offsets say where in the source a part of the text is written.
func TestOffsets(t *testing.T) {
	double := xmlbody.Attribute('"')
	for _, tt := range []struct {
		syntax       body.Syntax
		source, text string
		want         []int
	}{
		{xmlbody.Text, "ab", "ab", []int{0, 1, 2}},
		{xmlbody.Text, "a&amp;b", "a&b", []int{0, 1, 6, 7}},
		{xmlbody.Text, "&#xe9;x", "éx", []int{0, 0, 6, 7}},
		{xmlbody.Text, "a\r\nb\rc", "a\nb\nc", []int{0, 1, 3, 4, 5, 6}},
		{xmlbody.Text, "", "", []int{0}},
		{xmlbody.Text, "a<![CDATA[b]]>", "ab", nil},
		{xmlbody.Text, "a<!-- x -->b", "ab", nil},
		{double, "&quot;\tb", "\" b", []int{0, 6, 7, 8}},
		{double, "&#10;b", "\nb", []int{0, 5, 6}},
	} {
		text, err := tt.syntax.Decode([]byte(tt.source))
		if err != nil || string(text) != tt.text {
			t.Errorf("%q is %q, %v, want %q", tt.source, text, err, tt.text)
			continue
		}
		got := tt.syntax.Offsets(&body.Value{Source: []byte(tt.source), Text: text})
		if !slices.Equal(got, tt.want) {
			t.Errorf("offsets of %q are %v, want %v", tt.source, got, tt.want)
		}
	}
}

// What is opened must not break out of its place.
func TestDecodeRefuses(t *testing.T) {
	for _, source := range []string{
		"</a>", "a</a><b>", "<a>", "<a></b>", "&x;", "&", "]]>", "<!DOCTYPE a>", "<!--", "<![CDATA[", "\x00", "\xff", "<a b='1' b='2'/>", "<",
	} {
		if text, err := xmlbody.Text.Decode([]byte(source)); err == nil {
			t.Errorf("content %q is %q", source, text)
		}
	}
	for _, source := range []string{`"`, `" onload="x`, "<", "<![CDATA[x]]>", "<!-- x -->", "&x;", "\x00", "\xff", "]]>"} {
		if text, err := xmlbody.Attribute('"').Decode([]byte(source)); err == nil {
			t.Errorf("attribute %q is %q", source, text)
		}
	}
	if text, err := xmlbody.Attribute('\'').Decode([]byte(`"`)); err != nil || string(text) != `"` {
		t.Errorf("the other quote: %q, %v", text, err)
	}
	// With elements in it, the text of content is its source.
	if text, err := xmlbody.Text.Decode([]byte("1<a b='2'/>3")); err != nil || string(text) != "1<a b='2'/>3" {
		t.Errorf("elements: %q, %v", text, err)
	}
}

func TestEscapeRefuses(t *testing.T) {
	for _, text := range []string{"\x00", "\x1b", "\xff", "\ufffe", "a\xed\xa0\x80"} {
		for _, s := range []body.Syntax{xmlbody.Text, xmlbody.Attribute('"')} {
			if source, err := s.Escape(nil, []byte(text)); !errors.Is(err, body.ErrSyntax) {
				t.Errorf("%q is written as %q", text, source)
			}
		}
	}
}
