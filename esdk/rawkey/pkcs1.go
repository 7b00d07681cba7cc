//lint:file-ignore SA1019 the message format has this padding, and old keys know no other

package rawkey

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
)

func (k *rsaKeyring) sealPKCS1(key []byte) ([]byte, error) {
	return rsa.EncryptPKCS1v15(rand.Reader, k.public, key)
}

// openPKCS1 gives the key of the first ciphertext whose padding is right, or a
// random one, and takes the same time for both. It goes from the last to the
// first, since opening leaves the key as it was where the padding is wrong.
func (k *rsaKeyring) openPKCS1(ctx context.Context, ciphertexts [][]byte, n int) ([]byte, []error) {
	var attempts []error
	key := make([]byte, n)
	rand.Read(key) // never fails
	for i := len(ciphertexts) - 1; i >= 0 && ctx.Err() == nil; i-- {
		// Fails for what everybody can see: a ciphertext that is no number below
		// the modulus.
		if err := rsa.DecryptPKCS1v15SessionKey(nil, k.private, ciphertexts[i], key); err != nil {
			attempts = append(attempts, k.refused())
		}
	}
	if len(attempts) == len(ciphertexts) {
		return nil, attempts
	}
	return key, nil
}
