package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Content is encrypted in segments by the STREAM construction (Hoang,
// Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its
// Nonce-Reuse Misuse-Resistance", 2015), with AES-256-GCM: the nonce of a
// segment is its number and whether it is the last one, under a key that no
// other blob has. So segments cannot be cut off, swapped or taken from another
// blob. There is always a last segment that is not full, be it empty: it can be
// sealed without knowing whether more will come, and so can all before it.
//
// With several keys, each segment is sealed under the first, the result under
// the second, and so on.
const (
	segmentSize = 64 << 10
	tagSize     = 16
)

// derivation is what the keys of a blob are derived for. It holds the version
// of the format.
const derivation = "fortlet/blob/1/"

// layers are the ciphers of one blob, the innermost first.
type layers []cipher.AEAD

func newLayers(id string, keys []Key) layers {
	if len(keys) == 0 || len(keys) > maxLayers {
		panic("blob: number of keys")
	}
	l := make(layers, len(keys))
	for i := range keys {
		info := derivation + strconv.Itoa(i) + "/" + id
		key, err := hkdf.Expand(sha256.New, keys[i][:], info, len(Key{}))
		if err != nil {
			panic(err) // only lengths can be wrong, and they are constants
		}
		l[i] = newGCM(key)
		clear(key)
	}
	return l
}

func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has the size of an AES-256 key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // the block is one of AES
	}
	return aead
}

// stride is how long a full segment is when it is sealed.
func (l layers) stride() int { return segmentSize + l.overhead() }

func (l layers) overhead() int { return len(l) * tagSize }

// sealed is how long content of a size is when it is sealed.
func (l layers) sealed(size int64) int64 {
	return size + (size/segmentSize+1)*int64(l.overhead())
}

// seal encrypts a segment in place. The slice has room for the overhead.
func (l layers) seal(segment []byte, number int64, last bool) []byte {
	n := nonce(number, last)
	for _, aead := range l {
		segment = aead.Seal(segment[:0], n[:], segment, nil)
	}
	return segment
}

// open decrypts a segment in place.
func (l layers) open(segment []byte, number int64, last bool) ([]byte, error) {
	n := nonce(number, last)
	for i := len(l) - 1; i >= 0; i-- {
		var err error
		if segment, err = l[i].Open(segment[:0], n[:], segment, nil); err != nil {
			return nil, ErrCorrupt
		}
	}
	return segment, nil
}

func nonce(number int64, last bool) (n [12]byte) {
	binary.BigEndian.PutUint64(n[3:], uint64(number))
	if last {
		n[11] = 1
	}
	return n
}
