package fieldcrypt_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// A fakeKey seals by turning bits round, so that tests are fast and what was
// sealed can be told from what was not. It opens what it sealed.
type fakeKey struct {
	fieldcrypt.Marker
	closed bool // opens nothing
}

var (
	errFakeDenied  = errors.New("not permitted")
	errFakeInvalid = errors.New("not valid")
)

func newFakeKey(name string) *fakeKey {
	return &fakeKey{Marker: fieldcrypt.Marker{Key: name, Version: 1}}
}

func (k *fakeKey) PlainOnly() bool { return k.Literal() }

func (k *fakeKey) Seal(_ context.Context, dst, plaintext []byte, e fieldcrypt.Encoding) ([]byte, error) {
	return k.Append(dst, e, flip(plaintext))
}

func (k *fakeKey) Open(_ context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	if k.closed || s.Key != k.Key {
		return nil, errFakeDenied
	}
	return fakeOpener(nil).Open(context.Background(), s)
}

// flip turns bits round, behind a beginning by which fakes know their own.
func flip(b []byte) []byte {
	out := append([]byte(nil), fakeMagic...)
	for _, c := range b {
		out = append(out, c^0x55)
	}
	return out
}

var fakeMagic = []byte{0xfa, 0x4e}

// fakeMarker is what a key makes of a value.
func fakeMarker(t testing.TB, k *fakeKey, e fieldcrypt.Encoding, plaintext string) string {
	t.Helper()
	out, err := k.Append(nil, e, flip([]byte(plaintext)))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func selectors(t testing.TB, texts ...string) (all []fieldcrypt.Selector) {
	t.Helper()
	for _, text := range texts {
		s, err := fieldcrypt.ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// protector makes one rule for each key, with the selectors after its name.
func protector(t testing.TB, l fieldcrypt.Limits, rules ...string) *fieldcrypt.Protector {
	t.Helper()
	var all []fieldcrypt.Rule
	for _, rule := range rules {
		fields := strings.Fields(rule)
		all = append(all, fieldcrypt.Rule{Name: fields[0], Selectors: selectors(t, fields[1:]...), Sealer: newFakeKey(fields[0])})
	}
	p, err := fieldcrypt.NewProtector(all, l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// unsealer opens what fake keys of any name have sealed, but not those named.
func unsealer(t testing.TB, o fieldcrypt.UnsealOptions, closed ...string) *fieldcrypt.Unsealer {
	t.Helper()
	f, err := fieldcrypt.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	return fieldcrypt.NewUnsealer(f, fakeOpener(closed), o)
}

// A fakeOpener opens for all fake keys but those it names.
type fakeOpener []string

func (o fakeOpener) Open(_ context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	for _, name := range o {
		if s.Key == name {
			return nil, errFakeDenied
		}
	}
	sealed, ok := bytes.CutPrefix(s.Ciphertext, fakeMagic)
	if !ok {
		return nil, errFakeInvalid
	}
	return flip(sealed)[len(fakeMagic):], nil
}

func seal(t testing.TB, p *fieldcrypt.Protector, contentType, in string) (string, fieldcrypt.Counts, error) {
	t.Helper()
	var out strings.Builder
	n, err := p.Body(t.Context(), &out, strings.NewReader(in), contentType)
	return out.String(), n, err
}

func open(t testing.TB, u *fieldcrypt.Unsealer, contentType, in string) (string, fieldcrypt.Report, error) {
	t.Helper()
	var out strings.Builder
	r, err := u.Body(t.Context(), &out, strings.NewReader(in), contentType)
	return out.String(), r, err
}
