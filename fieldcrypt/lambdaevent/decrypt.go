package lambdaevent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// DecryptOptions are the choices of a Decrypt. The zero value is good.
type DecryptOptions struct {
	// NullOnError makes null the result where there would be an error, as the
	// article's function has it, "How to protect sensitive data for its entire
	// lifecycle in AWS". A caller then cannot tell why.
	NullOnError bool
}

// A Decrypt is the function that opens sealed text: it takes {"body": text} and
// gives the text with its markers opened.
//
// Text that is JSON is opened as JSON and stays so: a quote in a value comes out
// as \". In any other text a value takes the place of its marker as it is.
//
// Where the article's function gives null as soon as one marker does not open,
// this one leaves that marker as it is, so that a caller with access to some of
// the fields gets those. With an Unsealer that is strict it is all or nothing:
// then Invoke gives an error, which the caller sees as a FunctionError, or null
// with [DecryptOptions].NullOnError.
type Decrypt struct {
	unsealer *fieldcrypt.Unsealer
	options  DecryptOptions
}

// NewDecrypt makes a function that opens what u opens.
func NewDecrypt(u *fieldcrypt.Unsealer, options DecryptOptions) *Decrypt {
	return &Decrypt{u, options}
}

// Invoke takes an event and gives a JSON string, or null.
func (d *Decrypt) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var whole object
	var text string
	if json.Unmarshal(event, &whole) != nil {
		return nil, fmt.Errorf("event: %w", errNoObject)
	}
	if err := whole.into("body", &text); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	opened, err := d.open(ctx, text)
	switch {
	case err == nil:
		return encode(opened), nil
	case d.options.NullOnError:
		return []byte("null"), nil
	default:
		return nil, err
	}
}

var errNotText = errors.New("what was opened is not UTF-8 text")

func (d *Decrypt) open(ctx context.Context, text string) (string, error) {
	open := d.unsealer.Text
	if isJSON(text) {
		open = func(ctx context.Context, dst io.Writer, src io.Reader) (fieldcrypt.Report, error) {
			return d.unsealer.Body(ctx, dst, src, "application/json")
		}
	}
	var opened bytes.Buffer
	if _, err := open(ctx, &opened, strings.NewReader(text)); err != nil {
		return "", err
	}
	if !utf8.Valid(opened.Bytes()) {
		return "", errNotText
	}
	return opened.String(), nil
}

// isJSON says whether a text is an object or an array. One that begins like a
// string or a number is plain text rather than JSON.
func isJSON(text string) bool {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	return trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid([]byte(text))
}
