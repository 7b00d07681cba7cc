package iam

import (
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

// span is where a statement lies in its document, as byte offsets.
type span struct{ start, end int }

// statementSpans finds the statements of a valid document.
//
// A statement begins where what comes before it ends: the bracket of the list
// or the statement before. That is where IAM has it, whose positions are those
// of a parser that has not yet read on; the one exception is a Statement that
// is no list, which begins after its own brace.
func statementSpans(doc string) []span {
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil
		}
		if name == "Statement" {
			return readSpans(d)
		}
		if err := skipValue(d); err != nil {
			return nil
		}
	}
	return nil
}

// readSpans reads the value of Statement.
func readSpans(d *json.Decoder) []span {
	opening, err := d.Token()
	start := int(d.InputOffset())
	switch {
	case err != nil:
		return nil
	case opening == json.Delim('{'):
		if err := skipRest(d); err != nil {
			return nil
		}
		return []span{{start, int(d.InputOffset())}}
	}
	var spans []span
	for d.More() {
		if err := skipValue(d); err != nil {
			return nil
		}
		end := int(d.InputOffset())
		spans = append(spans, span{start, end})
		start = end
	}
	return spans
}

func skipValue(d *json.Decoder) error {
	var value json.RawMessage
	return d.Decode(&value)
}

// skipRest reads to the end of the object or list that was just opened.
func skipRest(d *json.Decoder) error {
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// positionAt is an offset as line and column, which count from one.
func positionAt(doc string, offset int) *iamapi.Position {
	before := doc[:offset]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	return &iamapi.Position{
		Line:   new(int32(strings.Count(before, "\n") + 1)),
		Column: new(int32(utf8.RuneCountInString(before[lineStart:]) + 1)),
	}
}
