package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/fortlet/fortlet/fieldcrypt"
)

// politeOpener opens, and does not ask KMS again for a key that the caller may
// not use, or that KMS could not use after all attempts: the answer would be the
// same for each of a million fields, take as long, and be in the audit trail
// every time.
type politeOpener struct {
	opener   fieldcrypt.Opener
	progress *progress

	mu      sync.Mutex // guards what follows
	done    int
	refused map[string]error // by key
}

func newPoliteOpener(o fieldcrypt.Opener, p *progress) *politeOpener {
	return &politeOpener{opener: o, progress: p, refused: map[string]error{}}
}

// Open implements fieldcrypt.Opener.
func (p *politeOpener) Open(ctx context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	p.mu.Lock()
	p.done++
	p.progress.set("fields", p.done, 0)
	err := p.refused[s.String()]
	p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	plaintext, err := p.opener.Open(ctx, s)
	if lasting(err) {
		p.mu.Lock()
		p.refused[s.String()] = err
		p.mu.Unlock()
	}
	return plaintext, err
}

// lasting reports whether the next field of the key would come to the same. Too
// many calls at a time are no reason to stop.
func lasting(err error) bool {
	throttled := retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}.IsErrorThrottle(err) == aws.TrueTernary
	return errors.Is(err, fieldcrypt.ErrDenied) || errors.Is(err, fieldcrypt.ErrUnavailable) && !throttled
}

// printReport says how much was opened, and for each key that was not, why.
func printReport(w io.Writer, r fieldcrypt.Report) {
	if r.Sealed == 0 {
		return
	}
	fmt.Fprintf(w, "fortlet: opened %d of %d fields\n", r.Opened, r.Opened+r.Sealed)
	slices.SortStableFunc(r.Left, func(a, b fieldcrypt.Left) int { return strings.Compare(a.Marker, b.Marker) })
	for _, l := range r.Left {
		fmt.Fprintf(w, "fortlet: left sealed: %d of %s\n", l.Count, plain(l.Err.Error()))
	}
}

// unavailable reports whether a field stayed sealed that might have opened.
func unavailable(r fieldcrypt.Report) bool {
	return slices.ContainsFunc(r.Left, func(l fieldcrypt.Left) bool { return errors.Is(l.Err, fieldcrypt.ErrUnavailable) })
}
