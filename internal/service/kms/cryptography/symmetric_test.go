package cryptography

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
)

func TestEncryptDecrypt(t *testing.T) {
	key := newSymmetric(t, regional)
	for _, context := range []map[string]string{
		nil, {}, {"a": "b"}, {"": ""}, {"purpose": "test", "département": "é", "z": strings.Repeat("x", 4000)},
		{"1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "", "9": "", "10": ""},
	} {
		for _, size := range []int{0, 1, 31, 32, 33, 4096} {
			plaintext := bytes.Repeat([]byte{0x5a}, size)
			blob, err := key.Encrypt(plaintext, context)
			if err != nil {
				t.Fatal(err)
			}
			if size > 8 && bytes.Contains(blob, plaintext[:8]) {
				t.Fatal("plaintext in the blob")
			}
			got, err := key.Decrypt(blob, context)
			if err != nil || !bytes.Equal(got, plaintext) {
				t.Errorf("context %v, %d bytes: %v", context, size, err)
			}
		}
	}
}

func TestNoContextIsEmptyContext(t *testing.T) {
	key := newSymmetric(t, regional)
	blob, err := key.Encrypt([]byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.Decrypt(blob, map[string]string{}); err != nil {
		t.Error(err)
	}
}

func TestEncryptTwiceDiffers(t *testing.T) {
	key := newSymmetric(t, regional)
	one, err := key.Encrypt([]byte("same"), nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := key.Encrypt([]byte("same"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(one[len(key.header):], two[len(key.header):]) {
		t.Error("the same message gave the same blob")
	}
}

// TestTamperedBlob flips every bit of a blob in turn, cuts it at every length
// and extends it. All must fail, and all alike.
func TestTamperedBlob(t *testing.T) {
	for _, at := range []Address{regional, multiRegion} {
		key := newSymmetric(t, at)
		context := map[string]string{"purpose": "test"}
		blob, err := key.Encrypt([]byte("attack at dawn"), context)
		if err != nil {
			t.Fatal(err)
		}
		for i := range blob {
			for bit := range 8 {
				bad := bytes.Clone(blob)
				bad[i] ^= 1 << bit
				if _, err := key.Decrypt(bad, context); err != ErrInvalidCiphertext {
					t.Errorf("byte %d bit %d flipped: %v", i, bit, err)
				}
			}
			if _, err := key.Decrypt(blob[:i], context); err != ErrInvalidCiphertext {
				t.Errorf("cut to %d bytes: %v", i, err)
			}
		}
		if _, err := key.Decrypt(append(bytes.Clone(blob), 0), context); err != ErrInvalidCiphertext {
			t.Errorf("extended: %v", err)
		}
	}
}

func TestWrongContext(t *testing.T) {
	key := newSymmetric(t, regional)
	blob, err := key.Encrypt([]byte("x"), map[string]string{"ab": "c", "d": "e"})
	if err != nil {
		t.Fatal(err)
	}
	for _, context := range []map[string]string{
		nil,
		{"ab": "c"},
		{"a": "bc", "d": "e"},
		{"ab": "c", "d": "E"},
		{"AB": "c", "d": "e"},
		{"ab": "e", "d": "c"},
		{"ab": "c", "d": "e", "f": ""},
		{"ab": "c\x00\x00\x00\x01d\x00\x00\x00\x01e"},
	} {
		if _, err := key.Decrypt(blob, context); err != ErrInvalidCiphertext {
			t.Errorf("context %q: %v", context, err)
		}
	}
	if _, err := key.Decrypt(blob, map[string]string{"d": "e", "ab": "c"}); err != nil {
		t.Errorf("the right context: %v", err)
	}
}

func TestWrongKey(t *testing.T) {
	material, err := Generate(SymmetricDefault, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	blob, err := newSymmetric(t, regional).Encrypt([]byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := func(change func(*Address)) Address {
		at := regional
		change(&at)
		return at
	}
	for name, open := range map[string]func() (*SymmetricKey, error){
		"other material": func() (*SymmetricKey, error) { return OpenSymmetric(material, regional) },
		"other account": func() (*SymmetricKey, error) {
			return at(t, elsewhere(func(a *Address) { a.Account = "011122223334" }))
		},
		"other Region":        func() (*SymmetricKey, error) { return at(t, elsewhere(func(a *Address) { a.Region = "us-west-2" })) },
		"multi-Region sister": func() (*SymmetricKey, error) { return at(t, multiRegion) },
	} {
		key, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := key.Decrypt(blob, nil); err != ErrInvalidCiphertext {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func at(t *testing.T, a Address) (*SymmetricKey, error) {
	return OpenSymmetric(newMaterial(t, SymmetricDefault), a)
}

// TestForgedHeader gives a blob the header of another key whose material the
// attacker cannot read: the header is authenticated under the material.
func TestForgedHeader(t *testing.T) {
	mine, err := Generate(SymmetricDefault, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	attacker, err := OpenSymmetric(mine, regional)
	if err != nil {
		t.Fatal(err)
	}
	victim := newSymmetric(t, regional)
	blob, err := attacker.Encrypt([]byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	forged := append(bytes.Clone(victim.header), blob[len(attacker.header):]...)
	if _, err := victim.Decrypt(forged, nil); err != ErrInvalidCiphertext {
		t.Error(err)
	}
}

// TestMultiRegionReplicas: a blob made in one Region opens in another.
func TestMultiRegionReplicas(t *testing.T) {
	replicaAt := multiRegion
	replicaAt.Region = "eu-west-1"
	primary, replica := newSymmetric(t, multiRegion), newSymmetric(t, replicaAt)
	blob, err := primary.Encrypt([]byte("hello"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := replica.Decrypt(blob, nil); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	if primary.MaterialID() != replica.MaterialID() {
		t.Error("replicas name the same material differently")
	}
}

// TestRotation: old blobs keep naming, and opening under, the old material.
func TestRotation(t *testing.T) {
	old := newSymmetric(t, regional)
	material, err := Generate(SymmetricDefault, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	current, err := OpenSymmetric(material, regional)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[MaterialID]*SymmetricKey{old.MaterialID(): old, current.MaterialID(): current}
	for _, maker := range keys {
		blob, err := maker.Encrypt([]byte("x"), nil)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseBlob(blob)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := keys[parsed.MaterialID].Decrypt(blob, nil); err != nil || string(got) != "x" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestEncryptTooLong(t *testing.T) {
	key := newSymmetric(t, regional)
	longest := MaxBlobSize - len(key.header) - xaesOverhead
	blob, err := key.Encrypt(make([]byte, longest), nil)
	if err != nil || len(blob) != MaxBlobSize {
		t.Fatalf("%d bytes: %v", len(blob), err)
	}
	if _, err := key.Decrypt(blob, nil); err != nil {
		t.Error(err)
	}
	if _, err := key.Encrypt(make([]byte, longest+1), nil); err != ErrPlaintextTooLong {
		t.Error(err)
	}
}

func TestOpenSymmetricRefuses(t *testing.T) {
	if _, err := OpenSymmetric(newMaterial(t, HMAC256), regional); err != ErrUnsupportedSpec {
		t.Errorf("HMAC material: %v", err)
	}
	if _, err := Open(newMaterial(t, SymmetricDefault)); err != ErrUnsupportedSpec {
		t.Errorf("Open of a symmetric key: %v", err)
	}
	for name, change := range map[string]func(*Address){
		"upper-case key id":    func(a *Address) { a.KeyID = strings.ToUpper(a.KeyID) },
		"short key id":         func(a *Address) { a.KeyID = a.KeyID[1:] },
		"key id without dash":  func(a *Address) { a.KeyID = strings.Replace(a.KeyID, "-", "0", 1) },
		"key id not hex":       func(a *Address) { a.KeyID = "g" + a.KeyID[1:] },
		"mrk- with dashes":     func(a *Address) { a.KeyID = "mrk-" + a.KeyID },
		"empty key id":         func(a *Address) { a.KeyID = "" },
		"short account":        func(a *Address) { a.Account = a.Account[1:] },
		"account with a sign":  func(a *Address) { a.Account = "+" + a.Account[1:] },
		"account with letters": func(a *Address) { a.Account = "01112222333a" },
		"no Region":            func(a *Address) { a.Region = "" },
		"Region too long":      func(a *Address) { a.Region = strings.Repeat("r", maxRegionSize+1) },
		"Region with slash":    func(a *Address) { a.Region = "us/east" },
	} {
		bad := regional
		change(&bad)
		if _, err := OpenSymmetric(newMaterial(t, SymmetricDefault), bad); err != ErrInvalidAddress {
			t.Errorf("%s: %v", name, err)
		}
	}
}
