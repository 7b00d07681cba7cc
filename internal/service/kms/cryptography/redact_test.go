package cryptography

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestNothingPrintsSecrets prints keys whose secret is easy to find.
func TestNothingPrintsSecrets(t *testing.T) {
	secret := bytes.Repeat([]byte{0xc7}, 32)
	material, err := Import(SymmetricDefault, secret)
	if err != nil {
		t.Fatal(err)
	}
	symmetric, err := OpenSymmetric(material, regional)
	if err != nil {
		t.Fatal(err)
	}
	edwards := importEdwards25519(t, hex.EncodeToString(secret))
	pair := &DataKeyPair{PrivateKey: secret}
	for name, value := range map[string]any{
		"material": material, "symmetric key": symmetric, "opened key": edwards, "data key pair": pair,
		"inside another value": []any{material, edwards, pair},
	} {
		var logged strings.Builder
		slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "value", value)
		printed := logged.String()
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			printed += fmt.Sprintf(verb, value)
		}
		for _, leak := range []string{"c7c7c7", "199 199", "199, 199", "0xc7", "\xc7\xc7", "x8fHx8fH"} {
			if strings.Contains(strings.ToLower(printed), strings.ToLower(leak)) {
				t.Errorf("%s: the secret is in %q", name, printed)
			}
		}
	}
}
