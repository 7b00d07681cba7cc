// Package headers edits the values of header fields.
//
// A field is found whatever its case, and with '_' for '-': servers that hand
// fields on as environment variables make one of X-Ssn and X_Ssn. Each value of
// a repeated field is edited.
package headers

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Edit edits the selected fields of h in place. After an error h is to be thrown
// away.
func Edit(ctx context.Context, h http.Header, o *body.Options) error {
	if o.Names == nil && !o.All {
		return nil
	}
	// In a fixed order, so that the same request fails in the same way.
	for _, name := range slices.Sorted(maps.Keys(h)) {
		rule := o.Names.Rule([]byte(name))
		if rule == body.NoRule && !o.All {
			continue
		}
		// The caller's slice may be shared with a copy of h.
		values := slices.Clone(h[name])
		for i, text := range values {
			edited, err := editValue(ctx, []byte(text), rule, o)
			if err != nil {
				return body.At("header "+body.DisplayName([]byte(name)), err)
			}
			values[i] = string(edited)
		}
		h[name] = values
	}
	return nil
}

func editValue(ctx context.Context, text []byte, rule int, o *body.Options) ([]byte, error) {
	limit := o.Limits.Field
	if rule == body.NoRule {
		limit = o.Limits.Text
	}
	switch {
	case len(text) > limit && rule == body.NoRule && o.SkipLong:
		return text, nil
	case len(text) > limit:
		return nil, body.ErrTooLong
	}
	if err := check(text); err != nil {
		return nil, err
	}
	v := &body.Value{Kind: body.String, Rule: rule, Source: text, Text: text, Exact: true, Syntax: Syntax}
	return o.Editor.Edit(ctx, nil, v)
}

// check refuses what would end a field, or has no one reading in it: RFC 9110,
// section 5.5.
func check(text []byte) error {
	for _, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("%w: control character in a header field", body.ErrSyntax)
		}
	}
	return nil
}

// Syntax is how values of header fields are written: verbatim.
var Syntax body.Syntax = syntax{}

type syntax struct{}

func (syntax) Encoding() string { return "" }

func (syntax) Quote() string { return "" }

func (syntax) Escape(dst, text []byte) ([]byte, error) {
	if err := check(text); err != nil {
		return dst, err
	}
	return append(dst, text...), nil
}

func (syntax) Decode(source []byte) ([]byte, error) { return source, check(source) }

func (syntax) Offsets(v *body.Value) []int {
	offsets := make([]int, len(v.Source)+1)
	for i := range offsets {
		offsets[i] = i
	}
	return offsets
}
