// Package rawkey has keyrings whose wrapping keys are held by the program
// itself: AES keys ([NewAES]) and RSA key pairs ([NewRSA]).
//
// A wrapping key goes by a namespace and a name, which stand in the message in
// the clear. They tell a reader which data key is his to open, and mean nothing
// beyond that: give every key, and every padding of an RSA key, a name of its
// own.
//
// An AES keyring authenticates the encryption context together with the data
// key. RSA does not: anyone who has the public key can wrap a data key for it, so
// a message read with an RSA keyring says nothing of who wrote it. Nor does its
// signature, whose key stands in the message.
package rawkey

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/esdk"
)

// maxField is what a length of two bytes can tell of the namespace and of the
// key's name.
const maxField = 1<<16 - 1

// Constant, so that they tell a forger nothing.
var (
	errUnwrap = errors.New("data key does not open")
	errHasKey = errors.New("materials have a data key already")
)

// identity is how a keyring's wrapping key is named in messages.
type identity struct {
	namespace, name string
}

func newIdentity(namespace, name string) (identity, error) {
	for _, s := range []string{namespace, name} {
		switch {
		case s == "":
			return identity{}, errors.New("a wrapping key needs a namespace and a name")
		case len(s) > maxField:
			return identity{}, fmt.Errorf("name of a wrapping key is %d bytes long, more than %d", len(s), maxField)
		case !utf8.ValidString(s):
			return identity{}, fmt.Errorf("name %q of a wrapping key is not UTF-8", s)
		}
	}
	// "aws-kms" and its kin belong to AWS KMS. A raw key of that name would be
	// taken for one of its keys by every other reader.
	if strings.HasPrefix(namespace, "aws-kms") {
		return identity{}, fmt.Errorf("namespace %q is reserved for AWS KMS", namespace)
	}
	return identity{namespace, name}, nil
}

// dataKey is the data key to wrap: that of m, or a new one.
func dataKey(m *esdk.EncryptionMaterials) ([]byte, error) {
	n := m.Suite.KeyLength()
	if n == 0 {
		return nil, fmt.Errorf("unknown algorithm suite %s", m.Suite)
	}
	if m.DataKey == nil {
		key := make([]byte, n)
		rand.Read(key) // never fails
		return key, nil
	}
	if len(m.DataKey) != n {
		return nil, fmt.Errorf("data key of %d bytes where suite %s takes %d", len(m.DataKey), m.Suite, n)
	}
	return m.DataKey, nil
}
