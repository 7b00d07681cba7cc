package fieldcrypt

import (
	"errors"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// A Report says what became of a payload's markers.
type Report struct {
	Opened int
	Sealed int    // how many did not open
	Left   []Left // those, by key and reason: the first 100 pairs
}

// A Left is what the markers of one key have in common that did not open for one
// reason.
type Left struct {
	Marker string // "ssn.2"
	Count  int
	Path   string // where the first one stands, if that is known
	Err    error  // of the first one
}

// Reason is why the markers did not open: [ErrDenied] and its like, or the error
// of what was opened and could not stand there.
func (l *Left) Reason() error { return reasonOf(l.Err) }

func reasonOf(err error) error {
	var open *OpenError
	if errors.As(err, &open) {
		return open.Reason
	}
	return err
}

// maxLeft bounds a report: whoever writes payloads chooses the keys in them.
const maxLeft = 100

// leave notes a marker that did not open, in the value v if that is known.
func (r *Report) leave(s *Sealed, v *body.Value, err error) {
	r.Sealed++
	marker := s.String()
	for i := range r.Left {
		if l := &r.Left[i]; l.Marker == marker && reasonOf(err).Error() == l.Reason().Error() {
			l.Count++
			return
		}
	}
	if len(r.Left) == maxLeft {
		return
	}
	left := Left{Marker: marker, Count: 1, Err: err}
	if v != nil && v.Place != nil {
		left.Path = v.Place.String()
	}
	r.Left = append(r.Left, left)
}
