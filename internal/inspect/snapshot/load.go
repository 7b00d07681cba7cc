package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// MaxDocument is the size in bytes past which a policy document is refused.
// AWS's own limit is 10,240 characters; what is a thousand times larger is no
// policy.
const MaxDocument = 10 << 20

// What is wrong with a file, for errors.Is.
var (
	ErrNotSnapshot = errors.New("not a snapshot of fortlet iam")
	ErrTooNew      = errors.New("written by a newer fortlet")
	ErrTooLarge    = errors.New("policy document too large")
)

// PositionError is a file that is not JSON, or not ours, with the place.
type PositionError struct {
	Line, Column int // from 1; the column counts bytes
	Err          error
}

func (e *PositionError) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

func (e *PositionError) Unwrap() error { return e.Err }

// Load reads a snapshot that Save wrote. What it gives is sorted, and every
// policy that it refers to is there.
func Load(r io.Reader) (*Account, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := checkHeader(data); err != nil {
		return nil, err
	}
	f := file{Account: new(Account)}
	if err := decode(data, &f); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	f.share()
	f.Sort()
	return f.Account, nil
}

// checkHeader refuses what Save of this version did not write, before the rest
// is looked at: what a newer version means is not for us to guess.
func checkHeader(data []byte) error {
	var h header
	if err := json.Unmarshal(data, &h); err != nil {
		return positioned(data, err)
	}
	switch {
	case h.Format != formatName || h.Version < 1:
		return fmt.Errorf(`%w: its "format" is not %q`, ErrNotSnapshot, formatName)
	case h.Version > formatVersion:
		return fmt.Errorf("%w: the file has version %d, known is %d", ErrTooNew, h.Version, formatVersion)
	}
	return nil
}

// decode refuses members that it does not know: a slip of somebody who edited
// the file would else be a policy that is not there.
func decode(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return positioned(data, err)
	}
	return nil
}

// positioned adds the place of an error of package json.
func positioned(data []byte, err error) error {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	offset := -1
	switch {
	case errors.As(err, &syntax):
		offset = max(0, int(syntax.Offset)-1)
	case errors.As(err, &wrongType):
		offset = max(0, int(wrongType.Offset)-1)
		err = fmt.Errorf("%s: unexpected %s", member(wrongType.Field), wrongType.Value)
	default:
		offset = unknownMember(data, err)
	}
	if offset < 0 {
		return err
	}
	before := data[:min(offset, len(data))]
	return &PositionError{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Err:    err,
	}
}

// member is the path of a member in the file, where the types that Go embeds
// are not to be seen.
func member(field string) string {
	return cmp.Or(strings.NewReplacer("Account.", "", "Entity.", "").Replace(field), "the file")
}

// unknownMember finds the member that package json names, without saying
// where. A document in the file has its quotes escaped and is not taken for it.
func unknownMember(data []byte, err error) int {
	name, ok := strings.CutPrefix(err.Error(), "json: unknown field ")
	if !ok {
		return -1
	}
	found := regexp.MustCompile(regexp.QuoteMeta(name) + `\s*:`).FindIndex(data)
	if found == nil {
		return -1
	}
	return found[0]
}
