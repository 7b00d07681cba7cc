package cryptography

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// allSpecs is every spec in the order of AWS's model.
var allSpecs = []Spec{
	RSA2048, RSA3072, RSA4096, NISTP256, NISTP384, NISTP521, Secp256k1,
	SymmetricDefault, HMAC224, HMAC256, HMAC384, HMAC512,
	MLDSA44, MLDSA65, MLDSA87, Edwards25519,
}

var (
	regional    = Address{Account: "011122223333", Region: "us-east-1", KeyID: "1234abcd-12ab-34cd-56ef-1234567890ab"}
	multiRegion = Address{Account: "011122223333", Region: "us-east-1", KeyID: "mrk-1234abcd12ab34cd56ef1234567890ab"}
)

// generated keeps one key of each spec for the whole run: RSA is slow to make,
// and no test changes a key.
var generated sync.Map // Spec → func() *Material

func newMaterial(t testing.TB, spec Spec) *Material {
	t.Helper()
	once, _ := generated.LoadOrStore(spec, sync.OnceValues(func() (*Material, error) {
		return Generate(spec, rand.Reader)
	}))
	material, err := once.(func() (*Material, error))()
	if err != nil {
		t.Fatalf("Generate(%s): %v", spec, err)
	}
	return material
}

func newOpened(t testing.TB, spec Spec) *Opened {
	t.Helper()
	opened, err := Open(newMaterial(t, spec))
	if err != nil {
		t.Fatalf("Open(%s): %v", spec, err)
	}
	return opened
}

func newSymmetric(t testing.TB, at Address) *SymmetricKey {
	t.Helper()
	key, err := OpenSymmetric(newMaterial(t, SymmetricDefault), at)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// openssl runs the OpenSSL command in a folder of its own, where the given
// files are written first. It returns the folder and the output.
type openssl struct {
	t   testing.TB
	dir string
}

func newOpenSSL(t testing.TB) openssl {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("cross-check with OpenSSL: no openssl on this machine")
	}
	return openssl{t: t, dir: t.TempDir()}
}

func (o openssl) write(name string, content []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), content, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o openssl) read(name string) []byte {
	o.t.Helper()
	content, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	return content
}

// try runs openssl and returns its output whether it succeeded or not.
func (o openssl) try(args ...string) (string, error) {
	command := exec.CommandContext(o.t.Context(), "openssl", args...)
	command.Dir = o.dir
	output, err := command.CombinedOutput()
	return string(output), err
}

func (o openssl) run(args ...string) string {
	o.t.Helper()
	output, err := o.try(args...)
	if err != nil {
		o.t.Fatalf("openssl %v: %v\n%s", args, err, output)
	}
	return output
}
