package body

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// The reasons why a body is refused. Errors of the parsers wrap one of them and
// never hold a value of the payload.
var (
	ErrSyntax      = errors.New("not well-formed")
	ErrUnsupported = errors.New("not supported")
	ErrDuplicate   = errors.New("duplicate name")
	ErrTooLong     = errors.New("too long")
	ErrTooDeep     = errors.New("nested too deeply")
	ErrTooMany     = errors.New("too many values")
	ErrSeal        = errors.New("value not sealed")
	ErrSealed      = errors.New("value still sealed")
)

// A FieldError says at which field of a payload something went wrong. It holds
// names, never values.
type FieldError struct {
	Rule string // the rule that selected the field, if any
	Path string // the field in the words of selectors: $.person.ssn
	Err  error
}

func (e *FieldError) Error() string {
	s := e.Path
	if e.Rule != "" {
		s += " (rule " + e.Rule + ")"
	}
	return s + ": " + e.Err.Error()
}

func (e *FieldError) Unwrap() error { return e.Err }

// At wraps err with the path of the field that it is about. What has a path
// already keeps it.
func At(path string, err error) error {
	var f *FieldError
	if !errors.As(err, &f) {
		return &FieldError{Path: path, Err: err}
	}
	if f.Path == "" {
		f.Path = path
	}
	return err
}

// longestName is how much of a stranger's name is repeated in an error.
const longestName = 64

// DisplayName makes a name from a payload fit for an error: of bounded length,
// and without control characters that would confuse a log.
func DisplayName(name []byte) string {
	cut := name
	if len(cut) > longestName {
		cut = cut[:longestName]
	}
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return '?'
		}
		return r
	}, string(cut))
	if len(cut) < len(name) {
		s += "…"
	}
	return s
}
