// Package body is what the parsers of payload formats have in common.
//
// A parser walks a body once, from a reader to a writer, and copies every byte
// except those of the values that it offers to an [Editor], which says what
// stands in their place. Sealing and opening differ in the editor alone.
//
// Every parser is a function
//
//	func Walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error
//
// which holds no more in memory than o.Limits allow. It is a security boundary:
// what could be read in two ways is refused ([ErrSyntax], [ErrDuplicate],
// [ErrUnsupported]), because the origin may read it in the other way and find
// there, in the clear, a field that the parser did not see. After an error dst
// has the beginning of a body, of which no selected value is in the clear.
package body

import (
	"context"
	"fmt"
	"io"
)

// NoRule is the Rule of a value that no selector chose, and which is offered
// because of Options.All.
const NoRule = -1

// Kind says what a value is. Formats without types have only strings.
type Kind uint8

// The kinds of value. A JSON null is never offered: it says nothing.
const (
	String Kind = iota
	Number
	Bool
	Composite // a JSON object or array, offered whole because it was selected
)

// A Value is one value found in a payload. It and its bytes are the editor's
// until Edit returns.
type Value struct {
	Kind   Kind
	Rule   int    // the rule whose selector chose it, or NoRule
	Source []byte // its bytes in the payload: of a JSON string with the quotes
	Text   []byte // what they stand for; of what is not a string, the source
	// Exact: Text in the format's usual writing is Source again.
	Exact  bool
	Syntax Syntax // how this value is written: attributes differ from elements
	// Place says where the value stands, in the words of selectors. It may be nil.
	Place fmt.Stringer
}

// An Editor gives what is to stand in a value's place.
type Editor interface {
	// Edit appends the new source to dst. Returning v.Source appended leaves the
	// value as it was.
	Edit(ctx context.Context, dst []byte, v *Value) ([]byte, error)
}

// A Syntax is how values of a format are written. All methods may be called by
// several goroutines at once.
type Syntax interface {
	// Encoding is the word for this syntax in a marker: "json", "form", "xml", or
	// "" where the source is always the text.
	Encoding() string
	// Quote is what stands before and after the text of a string: `"` in JSON.
	Quote() string
	// Escape appends text in the usual writing of the format, without quotes. What
	// cannot be written at all (a line break in a header) is ErrSyntax.
	Escape(dst, text []byte) ([]byte, error)
	// Decode gives the text of source, quotes included, which has to be exactly one
	// value: nothing that would break out of its place in the format.
	Decode(source []byte) ([]byte, error)
	// Offsets gives for each byte of v.Text where in v.Source its character begins,
	// and one more for where the last ends. It is called for strings alone.
	Offsets(v *Value) []int
}

// Limits bound what one body may take. All must be positive, except Values.
type Limits struct {
	Field  int // bytes of the source of a selected value
	Text   int // bytes of the source of a value offered because of Options.All
	Depth  int // objects, arrays, elements and parts in one another
	Name   int // bytes of one name as it is written
	Names  int // names that are remembered at one time to find duplicates
	Values int // values edited in one body; zero: any number
}

// A Walk copies a body from src to dst and has values of it edited.
type Walk func(ctx context.Context, dst io.Writer, src io.Reader) error

// A Pattern finds the values of one rule in running text.
type Pattern struct {
	Rule int
	// Next gives the first match in text at or after from; start is -1 where
	// there is none. That a match goes on beyond text is not its concern.
	Next func(text []byte, from int) (start, end int)
}

// Options say what a parser looks for and who edits it.
type Options struct {
	Paths  *Paths // of formats with nesting: JSON and XML
	Names  *Names // of formats with flat names: forms, multipart, queries
	Editor Editor
	Limits Limits
	// All offers every value that has text, those that no rule selects too.
	All bool
	// CheckName, if given, is asked of every name, decoded; an error refuses the
	// body. The error must not hold the name.
	CheckName func(name []byte) error
	// SkipLong passes on what no rule selects and is longer than Limits.Text,
	// rather than refuse it. Right for opening: what is not looked at stays sealed.
	SkipLong bool
	// Patterns are what plain text is searched for.
	Patterns []Pattern
	// Part gives the walk of a part of a multipart body that has a media type of
	// its own; nil passes its bytes on, an error refuses the body.
	Part func(contentType string) (Walk, error)
}
