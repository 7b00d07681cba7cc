package jsonbody

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Syntax is how JSON values are written.
var Syntax body.Syntax = syntax{}

// lineSyntax is how they are written where a text has to stay on its line.
var lineSyntax body.Syntax = syntax{lines: true}

type syntax struct {
	lines bool // a value must not have line breaks
}

func (syntax) Encoding() string { return "json" }

func (syntax) Quote() string { return `"` }

func (syntax) Escape(dst, text []byte) ([]byte, error) {
	if !utf8.Valid(text) {
		return dst, fmt.Errorf("%w: text that is not UTF-8 in JSON", body.ErrSyntax)
	}
	return appendEscaped(dst, text), nil
}

// decodeLimits bound a value that is to be put into a body.
var decodeLimits = body.Limits{Field: 1, Text: 1, Depth: 256, Name: 64 << 10, Names: 1 << 16}

func (s syntax) Decode(source []byte) ([]byte, error) {
	if len(source) == 0 || source[0] <= ' ' || source[len(source)-1] <= ' ' {
		return nil, fmt.Errorf("%w: space around a JSON value", body.ErrSyntax)
	}
	if s.lines && bytes.ContainsAny(source, "\r\n") {
		return nil, fmt.Errorf("%w: line break in a value on one line", body.ErrSyntax)
	}
	err := Walk(context.Background(), io.Discard, bytes.NewReader(source), &body.Options{Limits: decodeLimits})
	if err != nil {
		return nil, err
	}
	if source[0] != '"' {
		return source, nil
	}
	return unescape(nil, source[1:len(source)-1]), nil
}

func (syntax) Offsets(v *body.Value) []int {
	inner := v.Source[1 : len(v.Source)-1]
	offsets := make([]int, 0, len(v.Text)+1)
	for i := 0; i < len(inner); {
		n, r := unit(inner[i:])
		size := n
		if r >= 0 {
			size = utf8.RuneLen(r)
		}
		for range size {
			offsets = append(offsets, 1+i)
		}
		i += n
	}
	return append(offsets, 1+len(inner))
}
