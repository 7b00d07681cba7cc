package jsonbody

import "github.com/fortlet/fortlet/fieldcrypt/internal/body"

// wanted says what is to become of the value at hand.
type wanted struct {
	rule   int  // that selects it, or body.NoRule
	inside bool // it stands in a selected object or array, and is sealed with it
	// offered because of Options.All, and to be let go if it is too long.
	offered, mayLet bool
}

func (w wanted) selected() bool { return w.rule != body.NoRule }

// wanted holds the value at Pos if it is selected.
func (p *parser) wanted(state body.State) wanted {
	if p.w.Holding() {
		return wanted{rule: body.NoRule, inside: true}
	}
	want := wanted{rule: p.o.Paths.Rule(state)}
	if want.selected() {
		p.w.Hold(p.w.Pos, p.o.Limits.Field)
	}
	return want
}

// offer holds a value that is not selected but has text.
func (p *parser) offer(want wanted) wanted {
	if p.o.All && !want.selected() && !want.inside {
		want.offered, want.mayLet = true, p.o.SkipLong
		p.w.Hold(p.w.Pos, p.o.Limits.Text)
	}
	return want
}

// kept reports whether the value that has been read is to be edited.
func (p *parser) kept(want wanted) bool {
	if !want.selected() && !want.offered || !p.w.Holding() {
		return false
	}
	if want.mayLet && p.w.TooLong() {
		p.w.Let()
		return false
	}
	return true
}

// wordValue reads true, false or null.
func (p *parser) wordValue(first byte, want wanted) error {
	var word string
	switch first {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	case 'n':
		word = "null"
	default:
		return p.fail("no value where one has to be")
	}
	for i := range len(word) {
		c, err := p.byte()
		if err != nil {
			return err
		}
		if c != word[i] {
			return p.fail("no value where one has to be")
		}
		p.w.Pos++
	}
	switch {
	case !want.selected():
		return nil
	case word == "null":
		p.w.Let()
		return nil
	}
	p.value = body.Value{Kind: body.Bool, Rule: want.rule, Text: p.w.Held()}
	return p.edit()
}
