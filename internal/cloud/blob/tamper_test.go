package blob

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestFormat reads a file by what docs/decisions/0005-object-content.md says of
// the format, with none of this package's code.
func TestFormat(t *testing.T) {
	w := newDiskWorld(t)
	inner, outer := randomKey(), randomKey()
	for _, size := range []int{inlineSize + 1, 1 << 16, 1<<18 + 5} {
		content := random(size)
		b := w.keep(content, inner, outer)
		sealed, err := os.ReadFile(filepath.Join(w.dir, "blob", b.ID[30:], b.ID+".v1"))
		w.must(err)
		var plain []byte
		for number := 0; len(sealed) > 0; number++ {
			n := min(len(sealed), 1<<16+32)
			segment := sealed[:n]
			sealed = sealed[n:]
			nonce := []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, byte(number >> 8), byte(number), 0}
			if len(sealed) == 0 {
				nonce[11] = 1
			}
			for layer := 1; layer >= 0; layer-- {
				key, err := hkdf.Expand(sha256.New, [][]byte{inner[:], outer[:]}[layer], fmt.Sprintf("fortlet/blob/1/%d/%s", layer, b.ID), 32)
				w.must(err)
				block, err := aes.NewCipher(key)
				w.must(err)
				gcm, err := cipher.NewGCM(block)
				w.must(err)
				segment, err = gcm.Open(nil, nonce, segment, nil)
				w.must(err)
			}
			plain = append(plain, segment...)
		}
		if !bytes.Equal(plain, content) {
			t.Errorf("%d bytes are not the %d written", len(plain), size)
		}
	}
}

// refused sees that nothing of a blob is read that was not written, and that the
// end is an error.
func (w *world) refused(what string, b Blob, content []byte, keys ...Key) {
	w.Helper()
	r, err := w.Read(w.Context(), b, 0, b.Size, keys...)
	var got bytes.Buffer
	if err == nil {
		_, err = io.Copy(&got, r)
		r.Close()
	}
	if !errors.Is(err, ErrCorrupt) {
		w.Errorf("%s: %v", what, err)
	}
	if !bytes.HasPrefix(content, got.Bytes()) {
		w.Errorf("%s: bytes were read that were never written", what)
	}
}

func TestChangedFile(t *testing.T) {
	w := newDiskWorld(t)
	key := randomKey()
	stride := segmentSize + tagSize
	content := random(6*segmentSize + 100)
	b := w.keep(content, key)
	length := 7*tagSize + len(content)
	original, err := os.ReadFile(w.path(b.ID))
	w.must(err)
	if len(original) != length {
		t.Fatalf("%d bytes are %d sealed, want %d", len(content), len(original), length)
	}
	changes := map[string]func(p []byte) []byte{
		"emptied":           func(p []byte) []byte { return nil },
		"two swapped":       func(p []byte) []byte { return join(p[stride:2*stride], p[:stride], p[2*stride:]) },
		"one twice":         func(p []byte) []byte { return join(p[:stride], p[:stride], p[2*stride:]) },
		"one missing":       func(p []byte) []byte { return join(p[:stride], p[2*stride:]) },
		"the last missing":  func(p []byte) []byte { return p[:6*stride] },
		"the last in front": func(p []byte) []byte { return join(p[6*stride:], p[:6*stride]) },
		"zeroes":            func(p []byte) []byte { return make([]byte, len(p)) },
	}
	for _, cut := range []int{1, tagSize, 100, 100 + tagSize, stride, length - 1} {
		changes[fmt.Sprint("cut by ", cut)] = func(p []byte) []byte { return p[:len(p)-cut] }
	}
	for _, at := range []int{0, 12, segmentSize, stride - 1, stride, 3*stride + 1, 6 * stride, length - 1} {
		changes[fmt.Sprint("a bit at ", at)] = func(p []byte) []byte { p[at] ^= 0x40; return p }
	}
	for what, change := range changes {
		w.change(b, func([]byte) []byte { return change(slices.Clone(original)) })
		w.refused(what, b, content, key)
	}
	w.change(b, func([]byte) []byte { return original })
	w.wants(b, content, key)
}

// Bytes behind the end are none of the content.
func TestLongerFile(t *testing.T) {
	w := newDiskWorld(t)
	content := random(100_000)
	b := w.keep(content, Key{})
	w.change(b, func(p []byte) []byte { return append(p, "more"...) })
	w.wants(b, content, Key{})
}

// A row that says another size than was written does not read.
func TestOtherSize(t *testing.T) {
	w := newDiskWorld(t)
	for _, size := range []int{2 * segmentSize, 2*segmentSize + 50, 1000} {
		content := random(size)
		b := w.keep(content, Key{})
		for _, other := range []int64{0, 1, segmentSize - 1, segmentSize, b.Size - 1, b.Size + 1, 3 * segmentSize} {
			lie := b
			if lie.Size = other; other != b.Size {
				w.refused(fmt.Sprintf("%d for %d bytes", other, size), lie, content, Key{})
			}
		}
	}
}

// One blob's bytes are no other's, under the same keys too.
func TestSwappedContent(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		key := randomKey()
		for _, size := range []int{1000, 100_000} {
			content := random(size)
			one, other := w.keep(content, key), w.keep(content, key)
			if one.Inline {
				w.update(func(tx *store.Tx) { contents.Put(tx, one.ID, contents.Get(tx, other.ID)) })
			} else if w.dir != "" {
				w.must(os.Rename(w.path(other.ID), w.path(one.ID)))
			} else {
				disk := w.fs.(*memoryFS)
				disk.folders[filepath.Dir(w.path(one.ID))][one.ID+suffix] = disk.folders[filepath.Dir(w.path(other.ID))][other.ID+suffix]
			}
			w.refused("another's content", one, nil, key)
		}
	})
}

func TestWrongKeys(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		one, two := randomKey(), randomKey()
		for _, size := range []int{0, 1000, 100_000} {
			single, double := w.keep(random(size), one), w.keep(random(size), one, two)
			w.refused("another key", single, nil, two)
			w.refused("one key too many", single, nil, one, two)
			w.refused("no second key", double, nil, one)
			w.refused("no first key", double, nil, two)
			w.refused("keys in another order", double, nil, two, one)
			w.refused("another inner key", double, nil, randomKey(), two)
			w.refused("another outer key", double, nil, one, randomKey())
		}
	})
}

func TestNumberOfKeys(t *testing.T) {
	for _, keys := range [][]Key{nil, make([]Key, maxLayers+1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d keys are taken", len(keys))
				}
			}()
			newLayers("id", keys)
		}()
	}
}

// A file that is missing although a row keeps it is no blob that was dropped.
func TestLostFile(t *testing.T) {
	w := newDiskWorld(t)
	b := w.keep(random(100_000), Key{})
	w.must(os.Remove(w.path(b.ID)))
	w.refused("without its file", b, nil, Key{})
}

// TestNothingOpenOnDisk: neither content nor keys lie open anywhere, and nobody
// else may read what lies there.
func TestNothingOpenOnDisk(t *testing.T) {
	w := newDiskWorld(t)
	key := Key([]byte("a key of an object, of 32 bytes!"))
	secret := []byte("the quick brown fox jumps over the lazy dog; ")
	for _, repeat := range []int{1, 100, 10_000} {
		w.keep(bytes.Repeat(secret, repeat), key)
		w.keep(bytes.Repeat(secret, repeat), key, key)
	}
	if len(w.files()) != 2 {
		t.Errorf("%d files, want 2", len(w.files()))
	}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == w.dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if mode := info.Mode().Perm(); mode != want {
			t.Errorf("%s has mode %04o, want %04o", path, mode, want)
		}
		if d.IsDir() {
			return nil
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, secret[:8]) || bytes.Contains(content, key[:8]) {
			t.Errorf("%s holds what is secret", path)
		}
		return err
	})
	w.must(err)
	if text := fmt.Sprintf("%v %+v %s %x %d", key, key, key, key, &struct{ K Key }{key}); bytes.Contains([]byte(text), key[:4]) || bytes.Contains([]byte(text), fmt.Appendf(nil, "%x", key[:4])) {
		t.Errorf("a key prints as %s", text)
	}
}
