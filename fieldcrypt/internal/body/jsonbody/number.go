package jsonbody

import (
	"io"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// numberValue reads a number.
func (p *parser) numberValue(want wanted) error {
	want = p.offer(want)
	if err := p.skipNumber(want.mayLet); err != nil || !p.kept(want) {
		return err
	}
	p.value = body.Value{Kind: body.Number, Rule: want.rule, Text: p.w.Held()}
	return p.edit()
}

// skipNumber goes past a number: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
func (p *parser) skipNumber(mayLet bool) error {
	if p.w.Buf[p.w.Pos] == '-' {
		p.w.Pos++
	}
	c, err := p.inNumber(mayLet)
	if err != nil {
		return err
	}
	if c == '0' {
		p.w.Pos++
	} else if err := p.skipDigits(mayLet); err != nil {
		return err
	}
	if c, err = p.inNumber(mayLet); err != nil {
		return err
	}
	if c == '.' {
		p.w.Pos++
		if err := p.skipDigits(mayLet); err != nil {
			return err
		}
		if c, err = p.inNumber(mayLet); err != nil {
			return err
		}
	}
	if c != 'e' && c != 'E' {
		return nil
	}
	p.w.Pos++
	if c, err = p.inNumber(mayLet); err != nil {
		return err
	}
	if c == '+' || c == '-' {
		p.w.Pos++
	}
	return p.skipDigits(mayLet)
}

// skipDigits goes past one digit or more.
func (p *parser) skipDigits(mayLet bool) error {
	for n := 0; ; n++ {
		c, err := p.inNumber(mayLet)
		if err != nil {
			return err
		}
		if c < '0' || '9' < c {
			if n == 0 {
				return p.fail("no digit where one has to be")
			}
			return nil
		}
		p.w.Pos++
	}
}

// inNumber gives the next byte, or 0 at the end of the body.
func (p *parser) inNumber(mayLet bool) (byte, error) {
	if p.w.Pos < len(p.w.Buf) {
		return p.w.Buf[p.w.Pos], nil
	}
	if _, err := p.moreString(-1, mayLet); err != nil {
		return 0, endsNumber(err)
	}
	return p.w.Buf[p.w.Pos], nil
}

// endsNumber takes the end of the body for the end of a number, which has none
// of its own.
func endsNumber(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
