package fieldcrypt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/formbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/headers"
)

// A Rule says which fields are sealed, and with what.
type Rule struct {
	Name      string // for errors and counts; unique
	Selectors []Selector
	Sealer    Sealer
}

// Counts says how many values were sealed, by the place of the rule.
type Counts []int

// Total is how many values were sealed.
func (c Counts) Total() int {
	n := 0
	for _, of := range c {
		n += of
	}
	return n
}

// Add adds the counts of another part of the same request.
func (c Counts) Add(d Counts) {
	for i, of := range d {
		c[i] += of
	}
}

// A Protector seals the fields that its rules select. Several goroutines may use
// it at once.
//
// It fails closed. What it cannot read with certainty, as every origin would
// read it, is an error; what had been written before the error has no selected
// field in the clear, but is not a payload either and must not be used. A format
// that no rule has a selector for is refused too ([ErrUnsupported]): an origin
// that takes forms and JSON alike would find in the one what is sealed in the
// other.
//
// A value is sealed as it stands. What values hold in their turn is not looked
// into: JSON in a JSON string, base64, a query in a GraphQL document. Nor are
// files in multipart forms, unless they are of one of the formats.
type Protector struct {
	rules  []Rule
	limits body.Limits
	by     selection
}

// NewProtector makes a protector. The first rule that selects a value seals it.
func NewProtector(rules []Rule, l Limits) (*Protector, error) {
	p := &Protector{rules: rules, limits: l.filled()}
	names := map[string]bool{}
	for _, r := range rules {
		switch {
		case r.Name == "":
			return nil, errors.New("rule without a name")
		case names[r.Name]:
			return nil, fmt.Errorf("two rules are called %s", r.Name)
		case len(r.Selectors) == 0:
			return nil, fmt.Errorf("rule %s has no selectors", r.Name)
		case r.Sealer == nil:
			return nil, fmt.Errorf("rule %s has no sealer", r.Name)
		}
		names[r.Name] = true
	}
	var err error
	p.by, err = newSelection(rules)
	return p, err
}

// Covers reports whether a rule may select something in a body of that content
// type. Body refuses the others.
func (p *Protector) Covers(contentType string) bool {
	media, err := parseMedia(contentType)
	return err == nil && p.by.covers(media.format)
}

// Body copies a body from src to dst with the selected fields sealed. It holds
// no more of it in memory than the limits allow, however long it is.
func (p *Protector) Body(ctx context.Context, dst io.Writer, src io.Reader, contentType string) (Counts, error) {
	e := p.newSealing()
	err := p.body(ctx, dst, src, contentType, e)
	return e.counts, p.name(err)
}

func (p *Protector) body(ctx context.Context, dst io.Writer, src io.Reader, contentType string, e *sealing) error {
	media, err := parseMedia(contentType)
	if err != nil {
		return err
	}
	if !p.by.covers(media.format) {
		return fmt.Errorf("%w: no rule covers %s", ErrUnsupported, media.format)
	}
	o := p.options(media.format, e)
	if media.format == formatMultipart {
		o.Part = func(contentType string) (body.Walk, error) { return p.part(contentType, e) }
	}
	return media.walk(ctx, dst, src, o)
}

// options are what the parser of a format is told.
func (p *Protector) options(f format, e *sealing) *body.Options {
	o := p.by.options(f)
	o.Editor, o.Limits = e, p.limits
	if o.All {
		o.CheckName = p.by.checkName
	}
	return o
}

// part gives the walk of a part of a multipart body. Files of other types pass;
// a format of ours that no rule covers is refused, as it is by Body.
func (p *Protector) part(contentType string, e *sealing) (body.Walk, error) {
	media, err := parseMedia(contentType)
	switch {
	case errors.Is(err, errOtherMedia):
		return nil, nil
	case err != nil:
		return nil, err
	case media.format == formatText && !p.by.covers(formatText):
		return nil, nil
	case media.format == formatMultipart:
		return nil, fmt.Errorf("%w: multipart in multipart", ErrUnsupported)
	}
	return func(ctx context.Context, dst io.Writer, src io.Reader) error {
		return p.body(ctx, dst, src, contentType, e)
	}, nil
}

// Query gives a raw query, which is what stands behind the '?', with the
// selected parameters sealed.
func (p *Protector) Query(ctx context.Context, rawQuery string) (string, Counts, error) {
	e := p.newSealing()
	if rawQuery == "" || !p.by.covers(formatQuery) {
		return rawQuery, e.counts, nil
	}
	var out bytes.Buffer
	o := p.options(formatQuery, e)
	if err := formbody.Walk(ctx, &out, strings.NewReader(rawQuery), o); err != nil {
		return "", e.counts, p.name(fmt.Errorf("query: %w", err))
	}
	return out.String(), e.counts, nil
}

// Header seals the selected fields of h in place. After an error h is to be
// thrown away.
func (p *Protector) Header(ctx context.Context, h http.Header) (Counts, error) {
	e := p.newSealing()
	return e.counts, p.name(headers.Edit(ctx, h, p.options(formatHeader, e)))
}

// name completes an error with the rule that it is about.
func (p *Protector) name(err error) error {
	if err == nil {
		return nil
	}
	var f *FieldError
	var r *ruleError
	if errors.As(err, &f) && errors.As(err, &r) {
		f.Rule, f.Err = p.rules[r.rule].Name, r.err
	}
	return err
}
