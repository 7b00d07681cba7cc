// Package formbody walks application/x-www-form-urlencoded, in bodies and in
// queries.
//
// Refused is what some parsers read differently: a raw ';' (once a separator),
// escapes that are none, control characters, quotes and angle brackets that every
// encoder writes as escapes (they betray JSON or XML under the wrong media type),
// names that are not UTF-8, hold U+0000 or are escaped twice, and "]=" in a value,
// where the qs of Node ends the name: to it a=1[ssn]=2 is {"a=1": {"ssn": "2"}}.
// A name may stand any number of times: each of its values is edited.
package formbody

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Walk walks a form.
func Walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error {
	p := parsers.Get().(*parser)
	p.ctx, p.o, p.w = ctx, o, body.NewWindow(dst, src)
	defer p.release()
	if err := p.pairs(); err != io.EOF {
		return err
	}
	return p.w.Finish()
}

// A parser walks one form. It is reused for others.
type parser struct {
	ctx     context.Context
	o       *body.Options
	w       *body.Window
	name    []byte // of the pair at hand, decoded
	decoded []byte // room for a value without its escapes
	bracket bool   // a ']' stands right before Pos, as it is or escaped
	value   body.Value
}

var parsers = sync.Pool{New: func() any { return new(parser) }}

// keepText is the largest room for decoded values that is kept for reuse.
const keepText = 128 << 10

func (p *parser) release() {
	p.w.Release()
	clear(p.decoded[:cap(p.decoded)])
	if cap(p.decoded) > keepText {
		p.decoded = nil
	}
	p.value, p.ctx, p.o, p.w = body.Value{}, nil, nil, nil
	parsers.Put(p)
}

// pairs reads all pairs and ends with io.EOF.
func (p *parser) pairs() error {
	for {
		end, err := p.pairName()
		if err != nil {
			return err
		}
		if end == '&' {
			continue // a name without a value
		}
		if err := p.pairValue(); err != nil {
			return err
		}
	}
}

// pairName reads and decodes a name and tells what ended it, '=' or '&'.
func (p *parser) pairName() (end byte, err error) {
	before := p.w.Offset()
	end, err = p.skip(p.w.Pos, p.o.Limits.Name, true)
	if err != nil && err != io.EOF {
		return 0, err
	}
	length := int(p.w.Offset() - before)
	source := p.w.Buf[p.w.Pos-length : p.w.Pos]
	if len(source) > p.o.Limits.Name {
		return 0, p.tooLong()
	}
	p.name = unescape(p.name[:0], source)
	if why := suspicious(p.name); why != "" {
		return 0, p.fail(why)
	}
	if check := p.o.CheckName; check != nil {
		if err := check(p.name); err != nil {
			return 0, fmt.Errorf("%w at byte %d", err, p.w.Offset())
		}
	}
	if err == nil {
		p.w.Pos++
	}
	return end, err
}

// suspicious tells why a name cannot be trusted to be the same everywhere.
func suspicious(name []byte) string {
	switch {
	case !utf8.Valid(name):
		return "name that is not UTF-8"
	case bytes.IndexByte(name, 0) >= 0:
		return "U+0000 in a name"
	case bytes.HasPrefix(name, []byte("\ufeff")):
		return "byte order mark"
	}
	for i := bytes.IndexByte(name, '%'); i >= 0 && i+2 < len(name); i++ {
		if name[i] == '%' && isHex(name[i+1]) && isHex(name[i+2]) {
			return "name that is escaped twice"
		}
	}
	return ""
}

// pairValue reads a value up to the '&' behind it, or ends with io.EOF.
func (p *parser) pairValue() error {
	rule := p.o.Names.Rule(p.name)
	offered := rule == body.NoRule && p.o.All
	switch {
	case offered:
		p.w.Hold(p.w.Pos, p.o.Limits.Text)
	case rule != body.NoRule:
		p.w.Hold(p.w.Pos, p.o.Limits.Field)
	}
	_, err := p.skip(-1, 0, false)
	if err != nil && err != io.EOF {
		return err
	}
	if p.w.Holding() {
		if edit := p.editHeld(rule, offered); edit != nil {
			return edit
		}
	}
	if err == nil {
		p.w.Pos++
	}
	return err
}

// editHeld has the held value edited.
func (p *parser) editHeld(rule int, offered bool) error {
	if p.w.TooLong() {
		if offered && p.o.SkipLong {
			p.w.Let()
			return nil
		}
		return p.tooLong()
	}
	source := p.w.Held()
	p.decoded = unescape(p.decoded[:0], source)
	n := len(p.decoded)
	p.decoded = appendEscaped(p.decoded, p.decoded[:n])
	p.value = body.Value{
		Kind: body.String, Rule: rule, Source: source, Text: p.decoded[:n:n],
		Exact: bytes.Equal(p.decoded[n:], source), Syntax: Syntax, Place: p,
	}
	err := p.w.Replace(func(dst []byte) ([]byte, error) { return p.o.Editor.Edit(p.ctx, dst, &p.value) })
	if err != nil {
		return body.At(p.String(), err)
	}
	return nil
}

// skip goes to the end of a name or value, which may be that of the form.
func (p *parser) skip(keep, limit int, inName bool) (end byte, err error) {
	p.bracket = false
	for {
		if p.w.Pos == len(p.w.Buf) {
			if keep, err = p.more(keep, limit); err != nil {
				return 0, err
			}
		}
		switch c := p.w.Buf[p.w.Pos]; classes[c] {
		case ordinary:
			p.w.Pos++
			p.bracket = c == ']'
		case percent:
			if keep, err = p.escape(keep, limit); err != nil {
				return 0, err
			}
		case equals:
			if inName {
				return c, nil
			}
			if p.bracket {
				return 0, p.fail("]= in a value")
			}
			p.w.Pos++
		case ampersand:
			return c, nil
		default:
			return 0, p.fail("character that has to be escaped")
		}
	}
}

// escape goes past an escape.
func (p *parser) escape(keep, limit int) (_ int, err error) {
	for len(p.w.Buf)-p.w.Pos < 3 {
		if keep, err = p.more(keep, limit); err == io.EOF {
			err = p.fail("escape that ends too early")
		}
		if err != nil {
			return keep, err
		}
	}
	if !isHex(p.w.Buf[p.w.Pos+1]) || !isHex(p.w.Buf[p.w.Pos+2]) {
		return keep, p.fail("escape without two hexadecimal digits")
	}
	p.bracket = p.w.Buf[p.w.Pos+1] == '5' && p.w.Buf[p.w.Pos+2]|0x20 == 'd'
	p.w.Pos += 3
	return keep, nil
}

func (p *parser) more(keep, limit int) (int, error) {
	if p.o.SkipLong && p.w.Holding() && p.w.TooLong() && p.o.All {
		p.w.Let()
	}
	from := p.w.Pos
	if keep >= 0 {
		from = keep
	}
	shift, err := p.w.More(from, limit)
	if err == body.ErrTooLong {
		err = p.tooLong()
	}
	if keep >= 0 {
		keep -= shift
	}
	return keep, err
}

// String tells where the parser is.
func (p *parser) String() string { return body.DisplayName(p.name) }

func (p *parser) tooLong() error {
	return body.At(p.String(), fmt.Errorf("%w at byte %d", body.ErrTooLong, p.w.Offset()))
}

func (p *parser) fail(what string) error {
	return fmt.Errorf("%w: %s at byte %d", body.ErrSyntax, what, p.w.Offset())
}
