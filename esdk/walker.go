package esdk

import "encoding/binary"

// walker walks over a header whose bytes may still have to arrive. After an
// error every step gives zero.
type walker struct {
	src *source
	at  int // from the message's begin
	err error
}

// next returns the next n bytes; they are valid until the next step.
func (w *walker) next(n int) []byte {
	if w.err == nil && w.at+n > maxHeader {
		w.err = malformed("header is too long")
	}
	if w.err != nil {
		return nil
	}
	// Twice as much as there was: the buffer of a long header grows in few steps.
	b, err := w.src.need(w.at+n, max(batch, 2*w.at))
	if err != nil {
		w.err = err
		return nil
	}
	b = b[w.at : w.at+n]
	w.at += n
	return b
}

func (w *walker) uint8() byte {
	if b := w.next(1); b != nil {
		return b[0]
	}
	return 0
}

func (w *walker) uint16() int {
	if b := w.next(2); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (w *walker) uint32() uint32 {
	if b := w.next(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// skipKeys walks over the encrypted data keys and returns how many there are.
// More than limit are refused before they are read.
func (w *walker) skipKeys(limit int) (int, error) {
	count := w.uint16()
	switch {
	case w.err != nil:
		return 0, w.err
	case count == 0:
		return 0, malformed("no encrypted data key")
	case limit > 0 && count > limit:
		return 0, ErrTooManyKeys
	}
	for range count {
		w.next(w.uint16())
		w.next(w.uint16())
		w.next(w.uint16())
		if w.err != nil {
			return 0, w.err
		}
	}
	return count, nil
}
