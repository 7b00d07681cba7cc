package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

func TestSealAndOpen(t *testing.T) {
	k := Memory()
	for _, size := range []int{0, 1, 32, 4096, 100_000} {
		plaintext := bytes.Repeat([]byte{7}, size)
		sealed := k.Seal("purpose", plaintext, []byte("aad"))
		if len(sealed) != size+Overhead {
			t.Errorf("%d bytes became %d", size, len(sealed))
		}
		if size >= 32 && bytes.Contains(sealed, plaintext[:32]) {
			t.Error("the plaintext shows")
		}
		got, err := k.Open("purpose", sealed, []byte("aad"))
		if err != nil || !bytes.Equal(got, plaintext) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestEverythingElseDoesNotOpen(t *testing.T) {
	k := Memory()
	aad := []byte("aad")
	sealed := k.Seal("purpose", []byte("plaintext"), aad)
	refused := func(name string, k *Keyring, purpose string, sealed, aad []byte) {
		t.Helper()
		if got, err := k.Open(purpose, sealed, aad); err != ErrSealed || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	refused("another keyring", Memory(), "purpose", sealed, aad)
	refused("another purpose", k, "purposf", sealed, aad)
	refused("no purpose", k, "", sealed, aad)
	refused("another aad", k, "purpose", sealed, []byte("aae"))
	refused("longer aad", k, "purpose", sealed, []byte("aad "))
	refused("no aad", k, "purpose", sealed, nil)
	refused("more bytes", k, "purpose", append(bytes.Clone(sealed), 0), aad)
	for i := range sealed {
		refused(fmt.Sprintf("cut to %d bytes", i), k, "purpose", sealed[:i], aad)
		for bit := range 8 {
			changed := bytes.Clone(sealed)
			changed[i] ^= 1 << bit
			refused(fmt.Sprintf("byte %d bit %d", i, bit), k, "purpose", changed, aad)
		}
	}
	if _, err := k.Open("purpose", sealed, aad); err != nil {
		t.Errorf("the value itself: %v", err)
	}
}

func TestSealingTwiceGivesDifferentValues(t *testing.T) {
	k := Memory()
	seen := make(map[string]bool)
	for range 1000 {
		sealed := k.Seal("purpose", []byte("same"), nil)
		seen["salt"+string(sealed[1:1+saltSize])] = true
		seen["nonce"+string(sealed[1+saltSize:1+saltSize+nonceSize])] = true
	}
	if len(seen) != 2000 {
		t.Errorf("%d different salts and nonces of 2000", len(seen))
	}
}

func TestMAC(t *testing.T) {
	k := Memory()
	mac := k.MAC("purpose", []byte("data"))
	if !k.CheckMAC("purpose", []byte("data"), mac[:]) {
		t.Error("the MAC itself is refused")
	}
	for name, ok := range map[string]bool{
		"another purpose": k.CheckMAC("purposf", []byte("data"), mac[:]),
		"other data":      k.CheckMAC("purpose", []byte("date"), mac[:]),
		"another keyring": Memory().CheckMAC("purpose", []byte("data"), mac[:]),
		"cut":             k.CheckMAC("purpose", []byte("data"), mac[:31]),
		"nothing":         k.CheckMAC("purpose", []byte("data"), nil),
	} {
		if ok {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestUsesHaveKeysOfTheirOwn: what is sealed and what is authenticated under
// one name must not share a key.
func TestUsesHaveKeysOfTheirOwn(t *testing.T) {
	k := Memory()
	if *k.derive("seal/x") == *k.derive("mac/x") {
		t.Error("one key for two uses")
	}
	first := *k.derive("mac/x")
	clear(k.derived)
	if *k.derive("mac/x") != first {
		t.Error("a key changes")
	}
}

func TestPurposesMadeOfDataDoNotGrowTheKeyring(t *testing.T) {
	k := Memory()
	for n := range 10 * maxDerived {
		purpose := fmt.Sprint("purpose-", n)
		if _, err := k.Open(purpose, k.Seal(purpose, nil, nil), nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(k.derived) > maxDerived {
		t.Errorf("%d keys are kept", len(k.derived))
	}
}

func TestSeveralGoroutines(t *testing.T) {
	k := Memory()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := range 100 {
				purpose := fmt.Sprint("purpose-", n%7)
				plaintext := []byte(fmt.Sprint(w, n))
				got, err := k.Open(purpose, k.Seal(purpose, plaintext, nil), nil)
				if err != nil || !bytes.Equal(got, plaintext) {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestKeysAreNeverShown prints a keyring in all the ways in which it could
// happen by mistake.
func TestKeysAreNeverShown(t *testing.T) {
	k := newKeyring(rootKey(bytes.Repeat([]byte("K"), keySize)), "path")
	k.derive("mac/x")
	holder := struct {
		Keyring *Keyring
		Root    rootKey
		Pointer *rootKey
	}{k, k.root, &k.root}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%U"} {
		for _, value := range []any{k, k.root, &k.root, holder, &holder, []any{k}, map[string]any{"k": k}} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "keyring", k, "holder", holder)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "keyring", k)
	encoded, err := json.Marshal(map[string]any{"keyring": k})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	for _, shown := range []string{"KK", "4b4b", "4B4B", "75 75", "75,75", "S0tL", "0x4b", "U+004B", "[K K", "'K'"} {
		if strings.Contains(out.String(), shown) {
			t.Errorf("%q is shown", shown)
		}
	}
	if !strings.Contains(out.String(), redacted) {
		t.Error("nothing was printed at all")
	}
}

func TestErrorsNameNoReason(t *testing.T) {
	k := Memory()
	_, short := k.Open("p", []byte{1}, nil)
	_, forged := k.Open("p", make([]byte, 100), nil)
	if !errors.Is(short, ErrSealed) || short != forged {
		t.Errorf("%v and %v tell what is wrong", short, forged)
	}
}

func BenchmarkSeal(b *testing.B) {
	k := Memory()
	plaintext := make([]byte, 256)
	b.ReportAllocs()
	for b.Loop() {
		k.Seal("purpose", plaintext, nil)
	}
}

func BenchmarkOpen(b *testing.B) {
	k := Memory()
	sealed := k.Seal("purpose", make([]byte, 256), nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open("purpose", sealed, nil); err != nil {
			b.Fatal(err)
		}
	}
}
