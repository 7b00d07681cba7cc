// Package xmlbody finds the values of an XML document and has them edited.
//
// A value is the content of a selected element, whole, or of a selected
// attribute. Selectors know local names only, so that no prefix hides a field.
//
// The document has to be a well-formed document of XML 1.0 in UTF-8, without a
// document type: DOCTYPE and the entities that it could declare are refused, and
// so is whatever lenient parsers are known to read in a way of their own, such
// as a comment that begins with ">". What is in comments, processing
// instructions and namespace declarations is no value: it stays as it is.
package xmlbody

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Walk copies a document from src to dst and offers the values that o selects
// to o.Editor: those of elements with elements in them as [body.Composite],
// whose text is their source. With o.All the other runs of text and attributes
// are offered as well; a run ends where an element begins or ends, so that no
// comment or CDATA section hides a part of it.
func Walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error {
	return walk(ctx, dst, src, o, false)
}

func walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options, fragment bool) error {
	w := &walker{ctx: ctx, fragment: fragment}
	w.scanner = scanner{Window: body.NewWindow(dst, src), o: o, mark: -1, long: w.tooLong}
	defer w.Release()
	if !fragment {
		if err := w.prolog(); err != nil {
			return err
		}
	}
	w.open = append(w.open, element{state: o.Paths.Start()})
	for {
		end, err := w.ended()
		if err != nil {
			return err
		}
		if end {
			return w.finish()
		}
		if err := w.item(); err != nil {
			return err
		}
	}
}

// A walker walks one document.
type walker struct {
	scanner
	ctx      context.Context
	fragment bool // the content of an element, rather than a document
	rooted   bool // the root element has begun

	open  []element  // the elements that are open; the first is the document
	names []byte     // their names, one after the other
	value value      // what is held
	last  holding    // what was held before
	offer body.Value // what the editor sees
	attributes
}

type element struct {
	state body.State
	name  int // where its name begins
}

// A value is what the walker knows of the value that it holds.
type value struct {
	kind  holding
	rule  int
	level int // of the element whose content it is: len(open)

	plain    bool // the source is the text: no references, no line ends to normalize
	composed bool // there are elements in it
	visible  bool // there is more than white space
}

// holding says what is held.
type holding uint8

const (
	nothing holding = iota
	selectedContent
	run           // of text that nobody selected
	attributeText // selected or not
	skipped       // was too long, and nobody selected it
)

func (w *walker) depth() int { return len(w.open) - 1 }

func (w *walker) finish() error {
	if w.depth() > 0 {
		return w.refuse(body.ErrSyntax, "the document ends too early")
	}
	if !w.fragment && !w.rooted {
		return w.refuse(body.ErrSyntax, "no element")
	}
	return w.Finish()
}

// item goes past a piece of text or of markup.
func (w *walker) item() error {
	if w.Buf[w.Pos] != '<' {
		return w.text()
	}
	kind, err := w.second()
	if err != nil {
		return err
	}
	switch kind {
	case '!':
		return w.exclamation()
	case '?':
		w.Pos += len("<?")
		return w.instruction()
	}
	// Not past the bracket yet: it is no part of what is held.
	if w.value.kind == run || w.value.kind == skipped {
		if err := w.edit(); err != nil {
			return err
		}
	}
	if kind == '/' {
		return w.endTag()
	}
	return w.startTag()
}

// second gives the byte after the one at Pos, or zero if there is none.
func (w *walker) second() (byte, error) {
	for len(w.Buf)-w.Pos < 2 {
		if err := w.more(); errors.Is(err, io.EOF) {
			return 0, nil
		} else if err != nil {
			return 0, err
		}
	}
	return w.Buf[w.Pos+1], nil
}

// exclamation goes past a comment or a CDATA section.
func (w *walker) exclamation() error {
	if ok, err := w.accept("<!--"); err != nil {
		return err
	} else if ok {
		return w.comment()
	}
	if ok, err := w.accept(cdata); err != nil {
		return err
	} else if ok {
		return w.cdataSection()
	}
	return w.refuse(body.ErrUnsupported, "a document type")
}

// startTag opens an element.
func (w *walker) startTag() error {
	w.Pos++
	if w.depth() == 0 && w.rooted && !w.fragment {
		return w.refuse(body.ErrSyntax, "a second root element")
	}
	w.rooted = true
	if w.depth() >= w.o.Limits.Depth {
		return w.refuse(body.ErrTooDeep, "more than %d elements in one another", w.o.Limits.Depth)
	}
	name, local, err := w.name()
	if err != nil {
		return err
	}
	if err := w.checkName(name); err != nil {
		return err
	}
	parent := w.open[w.depth()].state
	w.open = append(w.open, element{
		state: w.o.Paths.Member(parent, w.o.Paths.Symbol(local)),
		name:  len(w.names),
	})
	w.names = append(w.names, name...)
	w.value.composed = true
	empty, err := w.tagAttributes()
	if err != nil {
		return err
	}
	if empty {
		w.pop()
		return nil
	}
	if rule := w.o.Paths.Rule(w.open[w.depth()].state); rule >= 0 && w.value.kind == nothing {
		w.hold(value{kind: selectedContent, rule: rule, level: len(w.open)}, w.o.Limits.Field)
	}
	return nil
}

// endTag closes an element.
func (w *walker) endTag() error {
	if w.value.kind == selectedContent && w.value.level == len(w.open) {
		if err := w.edit(); err != nil {
			return err
		}
	}
	w.Pos += len("</")
	name, _, err := w.name()
	if err != nil {
		return err
	}
	if w.depth() == 0 || !bytes.Equal(name, w.names[w.open[w.depth()].name:]) {
		return w.refuse(body.ErrSyntax, "the end of an element that is not open")
	}
	if _, err := w.skipSpace(); err != nil {
		return err
	}
	if err := w.expect(">"); err != nil {
		return err
	}
	w.pop()
	return nil
}

// checkName asks whether there may be such a name.
func (w *walker) checkName(name []byte) error {
	if w.o.CheckName == nil {
		return nil
	}
	if err := w.o.CheckName(name); err != nil {
		return w.refuse(err, "a name")
	}
	return nil
}

func (w *walker) pop() {
	last := w.depth()
	w.names = w.names[:w.open[last].name]
	w.open = w.open[:last]
}

// path names the element that is open, for errors.
func (w *walker) path() string {
	var b strings.Builder
	for i := 1; i < len(w.open); i++ {
		end := len(w.names)
		if i+1 < len(w.open) {
			end = w.open[i+1].name
		}
		b.WriteString("/" + body.DisplayName(w.names[w.open[i].name:end]))
	}
	return b.String()
}
