package fieldcrypt

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/textbody"
)

// sealing is the editor that puts markers in the place of values, for one
// payload.
type sealing struct {
	p      *Protector
	counts Counts
	total  int
	room   []byte
}

func (p *Protector) newSealing() *sealing {
	return &sealing{p: p, counts: make(Counts, len(p.rules))}
}

// A ruleError is an error of a rule whose name is not known yet.
type ruleError struct {
	rule int
	err  error
}

func (e *ruleError) Error() string { return e.err.Error() }
func (e *ruleError) Unwrap() error { return e.err }

// Edit implements body.Editor.
func (s *sealing) Edit(ctx context.Context, dst []byte, v *body.Value) ([]byte, error) {
	switch {
	case v.Rule != body.NoRule:
		return s.whole(ctx, dst, v, v.Rule)
	case s.p.by.findsIn(v.Text):
		return s.patterns(ctx, dst, v)
	default:
		return append(dst, v.Source...), nil
	}
}

// whole seals all of a value.
func (s *sealing) whole(ctx context.Context, dst []byte, v *body.Value, rule int) ([]byte, error) {
	plaintext, e := v.Text, Plain
	if !v.Exact {
		plaintext, e = v.Source, Encoding(v.Syntax.Encoding())
	}
	if e != Plain && v.Kind == body.String && PlainOnly(s.p.rules[rule].Sealer) {
		plaintext, e = v.Text, Plain
	}
	dst = append(dst, v.Syntax.Quote()...)
	dst, err := s.seal(ctx, dst, v, rule, plaintext, e)
	return append(dst, v.Syntax.Quote()...), err
}

// seal appends one marker as it is written in the value's format.
func (s *sealing) seal(ctx context.Context, dst []byte, v *body.Value, rule int, plaintext []byte, e Encoding) ([]byte, error) {
	if s.p.limits.Values > 0 && s.total >= s.p.limits.Values {
		return dst, ErrTooMany
	}
	start := len(dst)
	dst, err := s.p.rules[rule].Sealer.Seal(ctx, dst, plaintext, e)
	if err != nil {
		if !errors.Is(err, ErrSeal) {
			err = fmt.Errorf("%w: %w", ErrSeal, err)
		}
		return dst, &ruleError{rule, err}
	}
	s.total++
	s.counts[rule]++
	// Forms escape most of a marker; to the others it is plain text.
	if Encoding(v.Syntax.Encoding()) != Form {
		return dst, nil
	}
	s.room = append(s.room[:0], dst[start:]...)
	return v.Syntax.Escape(dst[:start], s.room)
}

// patterns seals what the rules for running text find in a value.
func (s *sealing) patterns(ctx context.Context, dst []byte, v *body.Value) ([]byte, error) {
	var found []textbody.Match
	for m := range textbody.Find(s.p.by.anywhere, v.Text) {
		found = append(found, m)
	}
	// Of a number no part can be sealed.
	if v.Kind != body.String || found[0].Start == 0 && found[0].End == len(v.Text) {
		return s.whole(ctx, dst, v, found[0].Rule)
	}
	offsets := v.Syntax.Offsets(v)
	if offsets == nil || !verbatim(v, offsets, found) {
		return s.whole(ctx, dst, v, found[0].Rule)
	}
	done := 0
	for _, m := range found {
		var err error
		dst = append(dst, v.Source[done:offsets[m.Start]]...)
		if dst, err = s.seal(ctx, dst, v, m.Rule, v.Text[m.Start:m.End], Plain); err != nil {
			return dst, err
		}
		done = offsets[m.End]
	}
	return append(dst, v.Source[done:]...), nil
}

// verbatim reports whether all that was found is written in the usual way, so
// that opening it gives the payload's bytes again. If not, the value has to be
// sealed whole, for a marker in the middle of it could not say how.
func verbatim(v *body.Value, offsets []int, found []textbody.Match) bool {
	for _, m := range found {
		usual, err := v.Syntax.Escape(nil, v.Text[m.Start:m.End])
		if err != nil || !bytes.Equal(usual, v.Source[offsets[m.Start]:offsets[m.End]]) {
			return false
		}
	}
	return true
}
