package jsonbody

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// stringValue reads a string that is a value.
func (p *parser) stringValue(want wanted) error {
	want = p.offer(want)
	escaped, err := p.skipString(-1, want.mayLet)
	if err != nil || !p.kept(want) {
		return err
	}
	source := p.w.Held()
	p.value = body.Value{Kind: body.String, Rule: want.rule, Text: source[1 : len(source)-1], Exact: true}
	if escaped {
		p.unescapeValue()
	}
	return p.edit()
}

// unescapeValue replaces the value's text, which is still source.
func (p *parser) unescapeValue() {
	inner := p.value.Text
	p.decoded = unescape(p.decoded[:0], inner)
	n := len(p.decoded)
	// The usual writing goes behind the text, to be compared with the source.
	p.decoded = appendEscaped(p.decoded, p.decoded[:n])
	p.value.Text, p.value.Exact = p.decoded[:n:n], bytes.Equal(p.decoded[n:], inner)
}

// name reads a member's name and decodes it.
func (p *parser) name() ([]byte, error) {
	start := p.w.Pos
	before := p.w.Offset()
	escaped, err := p.skipString(start, false)
	if err != nil {
		return nil, err
	}
	start = p.w.Pos - int(p.w.Offset()-before)
	name := p.w.Buf[start+1 : p.w.Pos-1]
	if len(name) > p.o.Limits.Name {
		return nil, p.tooLong()
	}
	if escaped {
		p.decoded = unescape(p.decoded[:0], name)
		name = p.decoded
		if bytes.IndexByte(name, 0) >= 0 {
			return nil, p.fail("U+0000 in a name")
		}
	}
	return name, nil
}

// skipString goes past a string. What begins at keep stays in memory, if keep is
// not negative. With mayLet a held string that becomes too long is let go.
func (p *parser) skipString(keep int, mayLet bool) (escaped bool, err error) {
	w := p.w
	w.Pos++
	for {
		buf, i := w.Buf, w.Pos
		for i < len(buf) && plain[buf[i]] {
			i++
		}
		w.Pos = i
		if i == len(buf) {
			if keep, err = p.moreString(keep, mayLet); err != nil {
				return escaped, err
			}
			continue
		}
		switch c := buf[i]; {
		case c == '"':
			w.Pos++
			return escaped, nil
		case c == '\\':
			escaped = true
			keep, err = p.skipEscape(keep, mayLet)
		case c >= utf8.RuneSelf:
			keep, err = p.skipRune(keep, mayLet)
		default:
			err = p.fail("control character in a string")
		}
		if err != nil {
			return escaped, err
		}
	}
}

// plain has the characters of a string that need no second look.
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// moreString reads on within a string.
func (p *parser) moreString(keep int, mayLet bool) (int, error) {
	if mayLet && p.w.Holding() && p.w.TooLong() {
		p.w.Let()
	}
	from, limit := p.w.Pos, 0
	if keep >= 0 {
		from, limit = keep, p.o.Limits.Name
	}
	shift, err := p.w.More(from, limit)
	if errors.Is(err, body.ErrTooLong) {
		err = p.tooLong()
	}
	if keep >= 0 {
		keep -= shift
	}
	return keep, err
}

// need reads on until n bytes are there.
func (p *parser) need(n, keep int, mayLet bool) (_ int, err error) {
	for len(p.w.Buf)-p.w.Pos < n {
		if keep, err = p.moreString(keep, mayLet); err != nil {
			return keep, err
		}
	}
	return keep, nil
}

// skipRune goes past a character that is not ASCII.
func (p *parser) skipRune(keep int, mayLet bool) (_ int, err error) {
	for !utf8.FullRune(p.w.Buf[p.w.Pos:]) {
		if keep, err = p.moreString(keep, mayLet); err != nil {
			return keep, err
		}
	}
	r, n := utf8.DecodeRune(p.w.Buf[p.w.Pos:])
	if r == utf8.RuneError && n == 1 {
		return keep, p.fail("bytes that are not UTF-8")
	}
	p.w.Pos += n
	return keep, nil
}

// skipEscape goes past an escape, which for a surrogate is two.
func (p *parser) skipEscape(keep int, mayLet bool) (_ int, err error) {
	if keep, err = p.need(2, keep, mayLet); err != nil {
		return keep, err
	}
	switch p.w.Buf[p.w.Pos+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.w.Pos += 2
		return keep, nil
	case 'u':
	default:
		return keep, p.fail("unknown escape")
	}
	if keep, err = p.need(6, keep, mayLet); err != nil {
		return keep, err
	}
	r := hex4(p.w.Buf[p.w.Pos+2:])
	switch {
	case r < 0:
		return keep, p.fail("escape without four hexadecimal digits")
	case !isSurrogate(r):
		p.w.Pos += 6
		return keep, nil
	}
	if keep, err = p.need(12, keep, mayLet); err != nil {
		return keep, err
	}
	if pairOf(p.w.Buf[p.w.Pos:]) < 0 {
		return keep, p.fail("half of a surrogate pair")
	}
	p.w.Pos += 12
	return keep, nil
}
