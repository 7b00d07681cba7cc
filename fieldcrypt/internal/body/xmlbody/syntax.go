package xmlbody

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Text is how the content of an element is written.
var Text body.Syntax = content{}

// Attribute gives how the value of an attribute between such quotes is written.
func Attribute(quote byte) body.Syntax {
	if quote == '\'' {
		return attribute{'\'', "&apos;"}
	}
	return attribute{'"', "&quot;"}
}

type content struct{}

func (content) Encoding() string { return "xml" }
func (content) Quote() string    { return "" }

// Escape writes a carriage return as a reference: as it is, it would be read
// as a line feed.
func (content) Escape(dst, text []byte) ([]byte, error) {
	return escape(dst, text, 0, "")
}

// Decode gives the text of the content of an element, or the source where the
// content has elements.
func (c content) Decode(source []byte) ([]byte, error) {
	if err := checkContent(source); err != nil {
		return nil, err
	}
	text, composite := decodeContent(source, nil)
	if composite {
		return source, nil
	}
	return text, nil
}

// Offsets is nil where there are comments, CDATA sections or processing
// instructions: then no part of the source can be replaced on its own.
func (content) Offsets(v *body.Value) []int {
	if bytes.IndexByte(v.Source, '<') >= 0 {
		return nil
	}
	offsets := make([]int, 0, len(v.Text)+1)
	decodeContent(v.Source, &offsets)
	return append(offsets, len(v.Source))
}

type attribute struct {
	quote  byte
	escape string
}

func (attribute) Encoding() string { return "xml" }
func (attribute) Quote() string    { return "" }

func (a attribute) Escape(dst, text []byte) ([]byte, error) {
	return escape(dst, text, a.quote, a.escape)
}

func (a attribute) Decode(source []byte) ([]byte, error) {
	if i := bytes.IndexAny(source, "<"+string(a.quote)); i >= 0 {
		return nil, fmt.Errorf("%w: xml: a character that ends an attribute", body.ErrSyntax)
	}
	if err := checkContent(source); err != nil {
		return nil, err
	}
	return decodeAttribute(source, nil), nil
}

func (a attribute) Offsets(v *body.Value) []int {
	offsets := make([]int, 0, len(v.Text)+1)
	decodeAttribute(v.Source, &offsets)
	return append(offsets, len(v.Source))
}

// escape writes text with references for what is markup. In an attribute, whose
// quote is not zero, white space needs references too.
func escape(dst, text []byte, quote byte, quoteEscape string) ([]byte, error) {
	from := 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		if !isChar(r) || r == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("%w: xml: a character that XML cannot hold", body.ErrSyntax)
		}
		if ref := escapeRune(r, quote, quoteEscape); ref != "" {
			dst = append(dst, text[from:i]...)
			dst = append(dst, ref...)
			from = i + size
		}
		i += size
	}
	return append(dst, text[from:]...), nil
}

func escapeRune(r rune, quote byte, quoteEscape string) string {
	switch {
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '\r':
		return "&#13;"
	case quote == 0:
		return ""
	case r == '\n':
		return "&#10;"
	case r == '\t':
		return "&#9;"
	case r == rune(quote):
		return quoteEscape
	}
	return ""
}

// checkContent says whether source is the content of an element, whole: no tag
// closes what it did not open.
func checkContent(source []byte) error {
	n := max(len(source), 1)
	return walk(context.Background(), io.Discard, bytes.NewReader(source), &body.Options{
		Limits: body.Limits{Field: n, Text: n, Depth: fragmentDepth, Name: n},
	}, true)
}

// fragmentDepth is how deeply the elements of an opened value may nest.
const fragmentDepth = 256

// decodeContent gives the text of content that is known to be well-formed, and
// notes for each byte of it where its character begins, if offsets is not nil.
// If the content has elements, composite is true and the text is of no use.
func decodeContent(source []byte, offsets *[]int) (text []byte, composite bool) {
	d := decoder{source: source, offsets: offsets, text: make([]byte, 0, len(source))}
	for d.pos < len(source) {
		if source[d.pos] != '<' {
			d.character(false)
			continue
		}
		rest := source[d.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			d.pos += bytes.Index(rest, []byte("-->")) + len("-->")
		case bytes.HasPrefix(rest, []byte("<?")):
			d.pos += bytes.Index(rest, []byte("?>")) + len("?>")
		case bytes.HasPrefix(rest, []byte(cdata)):
			end := d.pos + bytes.Index(rest, []byte("]]>"))
			for d.pos += len(cdata); d.pos < end; {
				d.literal()
			}
			d.pos = end + len("]]>")
		default:
			return nil, true
		}
	}
	return d.text, false
}

// decodeAttribute gives the text of an attribute that is known to be
// well-formed.
func decodeAttribute(source []byte, offsets *[]int) []byte {
	d := decoder{source: source, offsets: offsets, text: make([]byte, 0, len(source))}
	for d.pos < len(source) {
		d.character(true)
	}
	return d.text
}

type decoder struct {
	source, text []byte
	pos          int
	offsets      *[]int
}

// character decodes a character or a reference. White space of an attribute is
// a space (section 3.3.3), unless a reference wrote it.
func (d *decoder) character(inAttribute bool) {
	start := len(d.text)
	c := d.source[d.pos]
	if c != '&' {
		d.literal()
		if inAttribute && isSpace(d.text[start]) {
			d.text[start] = ' '
		}
		return
	}
	at := d.pos
	end := d.pos + bytes.IndexByte(d.source[d.pos:], ';')
	r, _ := referent(d.source[d.pos+1 : end])
	d.text = utf8.AppendRune(d.text, r)
	d.pos = end + 1
	d.note(at, len(d.text)-start)
}

// literal takes the byte at pos as it is. A line ends with a line feed, however
// it is written (section 2.11).
func (d *decoder) literal() {
	at := d.pos
	c := d.source[d.pos]
	d.pos++
	if c == '\r' {
		if d.pos < len(d.source) && d.source[d.pos] == '\n' {
			d.pos++
		}
		c = '\n'
	}
	d.text = append(d.text, c)
	d.note(at, 1)
}

func (d *decoder) note(at, n int) {
	if d.offsets == nil {
		return
	}
	for range n {
		*d.offsets = append(*d.offsets, at)
	}
}
