// Package jsonbody walks JSON: exactly RFC 8259, and nothing that some parser
// somewhere reads in another way.
//
// Refused are, besides all that the grammar does not have (comments, trailing
// commas, NaN, single quotes, a byte order mark, bytes after the value):
//
//   - bytes that are not UTF-8, and escaped surrogates without their other half:
//     parsers disagree on what stands there;
//   - two members of one object with the same name, of which some parsers take
//     the first and some the last; and, where a selector has such a name, two that
//     differ only in what [body.AppendFold] ignores;
//   - U+0000 in a name, where parsers written in C end it.
//
// Names are compared after their escapes are decoded.
package jsonbody

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Walk walks a body that is one JSON text.
func Walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error {
	p := newParser(ctx, dst, src, o)
	defer p.release()
	if err := p.text(); err != nil {
		return err
	}
	return p.w.Finish()
}

// WalkLines walks a body of JSON texts, each on a line of its own. A text that
// goes over several lines is refused: who reads line by line sees others.
func WalkLines(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error {
	p := newParser(ctx, dst, src, o)
	defer p.release()
	p.lines = true
	if err := p.manyTexts(); err != nil {
		return err
	}
	return p.w.Finish()
}

// A parser walks one body. It is reused for others.
type parser struct {
	ctx     context.Context
	o       *body.Options
	w       *body.Window
	lines   bool // a line break may stand between texts alone
	stack   []frame
	members members
	decoded []byte // room for a string without its escapes
	value   body.Value
}

// A frame is an object or array that is open.
type frame struct {
	object  bool
	begun   bool       // its first child has been seen
	held    bool       // it is selected itself
	rule    int        // by this rule
	state   body.State // of itself
	child   int        // the number of the element at hand
	members int        // where its names begin
}

var parsers = sync.Pool{New: func() any { return &parser{members: newMembers()} }}

func newParser(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) *parser {
	p := parsers.Get().(*parser)
	p.ctx, p.o, p.w, p.lines = ctx, o, body.NewWindow(dst, src), false
	return p
}

// keepText is the largest room for decoded strings that is kept for reuse.
const keepText = 128 << 10

func (p *parser) release() {
	p.w.Release()
	clear(p.decoded[:cap(p.decoded)])
	if cap(p.decoded) > keepText {
		p.decoded = nil
	}
	p.members.reset()
	p.stack, p.value, p.ctx, p.o, p.w = p.stack[:0], body.Value{}, nil, nil, nil
	parsers.Put(p)
}

// text reads the one text of a body.
func (p *parser) text() error {
	if err := p.tree(); err != nil {
		return err
	}
	switch _, err := p.peek(); err {
	case io.EOF:
		return nil
	case nil:
		return p.fail("bytes after the value")
	default:
		return err
	}
}

// tree reads one value with all that is in it.
func (p *parser) tree() error {
	state := p.o.Paths.Start()
	for {
		if err := p.valueAt(state); err != nil {
			return unexpectedEnd(err)
		}
		child := false
		for len(p.stack) > 0 && !child {
			var err error
			if state, child, err = p.next(); err != nil {
				return unexpectedEnd(err)
			}
		}
		if !child {
			return nil
		}
	}
}

// next goes to the next child of the innermost object or array, or out of it.
func (p *parser) next() (state body.State, child bool, err error) {
	f := &p.stack[len(p.stack)-1]
	c, err := p.peek()
	if err != nil {
		return 0, false, err
	}
	if c == '}' && f.object || c == ']' && !f.object {
		p.w.Pos++
		return 0, false, p.leave(f)
	}
	if f.begun {
		if c != ',' {
			return 0, false, p.fail("no comma or end where one has to be")
		}
		p.w.Pos++
		f.child++
	}
	f.begun = true
	if !f.object {
		return p.o.Paths.Element(f.state, f.child), true, nil
	}
	if c, err = p.peek(); err != nil {
		return 0, false, err
	}
	if c != '"' {
		return 0, false, p.fail("no name where one has to be")
	}
	state, err = p.member(f)
	return state, true, err
}

// leave ends the innermost object or array.
func (p *parser) leave(f *frame) error {
	p.members.forget(f.members, len(p.stack))
	held, rule := f.held, f.rule
	p.stack = p.stack[:len(p.stack)-1]
	if !held {
		return nil
	}
	p.value = body.Value{Kind: body.Composite, Rule: rule, Text: p.w.Held()}
	return p.edit()
}

// member reads a member's name and the colon.
func (p *parser) member(f *frame) (body.State, error) {
	name, err := p.name()
	if err != nil {
		return 0, err
	}
	if check := p.o.CheckName; check != nil {
		if err := check(name); err != nil {
			return 0, fmt.Errorf("%w at byte %d", err, p.w.Offset())
		}
	}
	symbol := p.o.Paths.Symbol(name)
	if symbol == body.OtherAttribute {
		symbol = body.Other // in JSON an '@' says nothing
	}
	state := p.o.Paths.Member(f.state, symbol)
	if symbol == body.Other {
		state = p.o.Paths.Compound(f.state, name)
	}
	err = p.members.add(name, symbol, f.members, len(p.stack), p.o.Limits.Names)
	if err != nil {
		return 0, fmt.Errorf("%w at byte %d", body.At(p.String(), err), p.w.Offset())
	}
	c, err := p.peek()
	if err != nil {
		return 0, err
	}
	if c != ':' {
		return 0, p.fail("no colon where one has to be")
	}
	p.w.Pos++
	return state, nil
}

// valueAt reads a scalar, or enters an object or array.
func (p *parser) valueAt(state body.State) error {
	c, err := p.peek()
	if err != nil {
		return err
	}
	want := p.wanted(state)
	switch {
	case c == '"':
		return p.stringValue(want)
	case c == '-' || '0' <= c && c <= '9':
		return p.numberValue(want)
	case c == '{' || c == '[':
		return p.enter(frame{object: c == '{', held: want.selected(), rule: want.rule, state: state})
	default:
		return p.wordValue(c, want)
	}
}

func (p *parser) enter(f frame) error {
	if len(p.stack) >= p.o.Limits.Depth {
		return fmt.Errorf("%w: more than %d levels at byte %d", body.ErrTooDeep, p.o.Limits.Depth, p.w.Offset())
	}
	f.members = p.members.count()
	p.stack = append(p.stack, f)
	p.w.Pos++
	return nil
}

// edit has p.value, the source of which is held, replaced.
func (p *parser) edit() error {
	if p.w.TooLong() {
		return p.tooLong()
	}
	p.value.Source, p.value.Syntax, p.value.Place = p.w.Held(), Syntax, p
	if p.lines {
		p.value.Syntax = lineSyntax
	}
	err := p.w.Replace(func(dst []byte) ([]byte, error) { return p.o.Editor.Edit(p.ctx, dst, &p.value) })
	if err != nil {
		return body.At(p.String(), err)
	}
	return nil
}

func (p *parser) tooLong() error {
	return body.At(p.String(), fmt.Errorf("%w at byte %d", body.ErrTooLong, p.w.Offset()))
}

func (p *parser) fail(what string) error {
	return fmt.Errorf("%w: %s at byte %d", body.ErrSyntax, what, p.w.Offset())
}

func unexpectedEnd(err error) error {
	if err == io.EOF {
		return fmt.Errorf("%w: it ends too early", body.ErrSyntax)
	}
	return err
}

// more reads on while nothing but a held value needs to be kept.
func (p *parser) more() error {
	_, err := p.w.More(p.w.Pos, 0)
	if errors.Is(err, body.ErrTooLong) {
		return p.tooLong()
	}
	return err
}

// byte gives the next byte without going past it.
func (p *parser) byte() (byte, error) {
	if p.w.Pos == len(p.w.Buf) {
		if err := p.more(); err != nil {
			return 0, err
		}
	}
	return p.w.Buf[p.w.Pos], nil
}

// peek gives the next byte that is not white space.
func (p *parser) peek() (byte, error) {
	for {
		w := p.w
		for ; w.Pos < len(w.Buf); w.Pos++ {
			c := w.Buf[w.Pos]
			if c > ' ' {
				return c, nil
			}
			if c != ' ' && c != '\t' && (p.lines || c != '\n' && c != '\r') {
				return 0, p.fail("character that is not allowed here")
			}
		}
		if err := p.more(); err != nil {
			return 0, err
		}
	}
}
