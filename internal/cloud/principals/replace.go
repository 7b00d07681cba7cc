package principals

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// replace gives the document with every value of the AWS principals of its
// statements replaced, and nothing else changed.
func replace(doc string, with func(value string) (string, error)) (string, error) {
	w := &walker{doc: doc, decoder: json.NewDecoder(strings.NewReader(doc)), with: with}
	if err := w.value(document); err != nil {
		return "", err
	}
	w.out.WriteString(doc[w.copied:])
	return w.out.String(), nil
}

// place is where in a document a value stands, as far as that matters.
type place uint8

const (
	elsewhere place = iota
	document
	statement // or a list of them
	principal
	names // the values of "AWS"
)

// inside is the place of a member of an object.
func (p place) inside(key string) place {
	switch {
	case p == document && key == "Statement":
		return statement
	case p == statement && (key == "Principal" || key == "NotPrincipal"):
		return principal
	case p == principal && key == "AWS":
		return names
	}
	return elsewhere
}

// walker goes through the tokens of a document. It works on the text, so that
// spacing and order stay as their author has written them.
type walker struct {
	doc     string
	decoder *json.Decoder
	with    func(string) (string, error)
	out     strings.Builder
	copied  int // how much of doc is in out
}

func (w *walker) value(at place) error {
	token, err := w.decoder.Token()
	if err != nil {
		return unexpected(err)
	}
	switch t := token.(type) {
	case json.Delim:
		return w.composite(t, at)
	case string:
		if at == names {
			return w.replace(t)
		}
	}
	return nil
}

func (w *walker) composite(open json.Delim, at place) error {
	for w.decoder.More() {
		inner := at // an item of a list stands where the list stands
		if open == '{' {
			key, err := w.decoder.Token()
			if err != nil {
				return unexpected(err)
			}
			inner = at.inside(key.(string)) // the decoder takes no other keys
		}
		if err := w.value(inner); err != nil {
			return err
		}
	}
	_, err := w.decoder.Token() // the closing delimiter
	return unexpected(err)
}

// replace replaces the string that the decoder has just read.
func (w *walker) replace(value string) error {
	replacement, err := w.with(value)
	if err != nil || replacement == value {
		return err
	}
	literal, err := json.Marshal(replacement)
	if err != nil {
		return err
	}
	end := int(w.decoder.InputOffset())
	start := w.openingQuote(end)
	w.out.WriteString(w.doc[w.copied:start])
	w.out.Write(literal)
	w.copied = end
	return nil
}

// openingQuote finds where the string literal that ends at end begins. Quotes
// inside of it are escaped: an odd number of backslashes stands before them.
func (w *walker) openingQuote(end int) int {
	for i := end - 2; ; i-- {
		if w.doc[i] != '"' {
			continue
		}
		backslashes := 0
		for i-1-backslashes >= 0 && w.doc[i-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return i
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
