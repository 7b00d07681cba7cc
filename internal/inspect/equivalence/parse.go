package equivalence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError is what is wrong with a dictionary, and where.
type SyntaxError struct {
	Line, Column int // from 1; columns count characters
	Problem      string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Parse reads a dictionary. It is strict where encoding/json is not: what it
// would drop or guess is a mistake in a file that decides what counts as equal.
// The error is a *SyntaxError.
func Parse(data []byte) (*Dictionary, error) {
	if at := invalidUTF8(data); at >= 0 {
		return nil, syntaxError(data, at, "not UTF-8")
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(any)); errors.As(err, &syntax) {
		return nil, syntaxError(data, syntaxOffset(data, syntax), syntax.Error())
	}
	p := &parser{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	entries, err := p.entries()
	if err != nil {
		return nil, err
	}
	return &Dictionary{entries}, nil
}

// parser walks the tokens of what is known to be JSON.
type parser struct {
	data    []byte
	decoder *json.Decoder
	start   int // of the last token
}

func (p *parser) entries() ([]Entry, error) {
	if p.next() != json.Delim('{') {
		return nil, p.problem("the dictionary must be an object of lists")
	}
	var entries []Entry
	seen := make(map[string]bool)
	for p.decoder.More() {
		name, _ := p.next().(string) // keys are strings
		if seen[name] {
			return nil, p.problem(fmt.Sprintf("%q is here twice", name))
		}
		seen[name] = true
		list, err := p.list(name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, Entry{name, list})
	}
	return entries, nil
}

func (p *parser) list(name string) ([]string, error) {
	if p.next() != json.Delim('[') {
		return nil, p.problem(fmt.Sprintf("%q must be a list of strings", name))
	}
	list := []string{}
	for p.decoder.More() {
		s, ok := p.next().(string)
		switch {
		case !ok:
			return nil, p.problem(fmt.Sprintf("%q must be a list of strings only", name))
		case s == "":
			return nil, p.problem(fmt.Sprintf("%q has an empty string, which would be found everywhere", name))
		}
		list = append(list, s)
	}
	p.next() // the closing bracket
	return list, nil
}

// next is the next token, nil at the end.
func (p *parser) next() json.Token {
	at := int(p.decoder.InputOffset())
	p.start = at + len(p.data[at:]) - len(bytes.TrimLeft(p.data[at:], " \t\r\n,:"))
	token, err := p.decoder.Token()
	if err != nil {
		return nil
	}
	return token
}

func (p *parser) problem(text string) error { return syntaxError(p.data, p.start, text) }

// syntaxOffset is where the offending character is. The decoder tells how many
// bytes it has read, that one too.
func syntaxOffset(data []byte, e *json.SyntaxError) int {
	if strings.HasPrefix(e.Error(), "unexpected end") {
		return len(data)
	}
	return max(int(e.Offset)-1, 0)
}

func syntaxError(data []byte, offset int, problem string) error {
	before := data[:min(offset, len(data))]
	line := bytes.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Line:    bytes.Count(before, []byte{'\n'}) + 1,
		Column:  utf8.RuneCount(before[line:]) + 1,
		Problem: problem,
	}
}

// invalidUTF8 is the first byte that is not UTF-8, -1 if there is none.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}
