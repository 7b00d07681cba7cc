package rawkey_test

import (
	"errors"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// Nothing that a forger writes opens, save what was wrapped, byte for byte.
func FuzzUnwrapAES(f *testing.F) {
	v := vectors[2]
	k, err := rawkey.NewAES(vectorNamespace, vectorName, unhex(vectorKey)[:v.keyLength])
	if err != nil {
		f.Fatal(err)
	}
	right := vector(v.nonce, v.ciphertext)
	f.Add(right.ProviderID, right.ProviderInfo, right.Ciphertext)
	f.Add(right.ProviderID, []byte(vectorName), right.Ciphertext)
	f.Add(right.ProviderID, right.ProviderInfo, right.Ciphertext[:15])
	f.Fuzz(func(t *testing.T, id string, info, ciphertext []byte) {
		m := &esdk.DecryptionMaterials{Suite: v.suite, Context: v.context}
		err := k.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{{ProviderID: id, ProviderInfo: info, Ciphertext: ciphertext}})
		same := id == right.ProviderID && string(info) == string(right.ProviderInfo) && string(ciphertext) == string(right.Ciphertext)
		if (err == nil) != same || err != nil && (m.DataKey != nil || !errors.Is(err, esdk.ErrNoDataKey)) {
			t.Errorf("data key %x, error %v", m.DataKey, err)
		}
	})
}
