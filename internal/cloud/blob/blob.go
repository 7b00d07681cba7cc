package blob

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Key is a key of one layer of encryption. Each blob is encrypted under keys of
// its own that are derived from it, so one Key may serve many blobs.
type Key [32]byte

// Format keeps the key out of every verb of package fmt.
func (Key) Format(s fmt.State, _ rune) { s.Write([]byte("[redacted]")) }

// Blob refers to content. Owners keep it in their rows.
type Blob struct {
	ID     string
	Size   int64
	Inline bool // the bytes lie in the store, not in a file
}

var (
	// ErrGone says that the blob was dropped, or never kept.
	ErrGone = errors.New("blob: gone")
	// ErrCorrupt says that what lies on the disk is not what was written under
	// these keys.
	ErrCorrupt = errors.New("blob: content is not authentic")
	// ErrClosed says that the store is closed.
	ErrClosed = errors.New("blob: closed")
)

// newID makes the id of a blob: milliseconds, so that rows which are written
// together lie together, and 80 random bits, in hexadecimal.
func newID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:])
	return hex.EncodeToString(b[:])
}

const idLength = 32

// isID reports whether text is the id of a blob, and so no path to elsewhere.
func isID(text string) bool {
	if len(text) != idLength {
		return false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
