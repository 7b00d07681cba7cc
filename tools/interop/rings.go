package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"

	"github.com/fortlet/fortlet/tools/interop/peer"
)

// rings are the keyrings of the cases.
type rings struct {
	aes   map[int]*peer.Keyring    // by key length in bits
	rsa   map[string]*peer.Keyring // by padding
	other *peer.Keyring            // raw AES with a key of its own

	strict, farther, foreign    *peer.Keyring // one key; two, of which one is abroad; another
	discovery, wrongAccount     *peer.Keyring
	primary, replica, discovers *peer.Keyring // of the multi-Region key; discovers is abroad
	kmsRSA                      map[string]*peer.Keyring
}

var rsaPaddings = []string{"PKCS1", "OAEP-SHA1", "OAEP-SHA256", "OAEP-SHA384", "OAEP-SHA512"}

func newRings(c *cloud) (*rings, error) {
	r := &rings{
		aes:          make(map[int]*peer.Keyring),
		rsa:          make(map[string]*peer.Keyring),
		other:        aesRing(256),
		strict:       &peer.Keyring{Type: peer.KMS, Generator: c.key},
		farther:      &peer.Keyring{Type: peer.KMS, Generator: c.key, Keys: []string{c.far}},
		foreign:      &peer.Keyring{Type: peer.KMS, Generator: c.other},
		discovery:    discoveryRing(peer.KMSDiscovery, home, account),
		wrongAccount: discoveryRing(peer.KMSDiscovery, home, "444455556666"),
		primary:      &peer.Keyring{Type: peer.KMSMRK, Generator: c.primary},
		replica:      &peer.Keyring{Type: peer.KMSMRK, Generator: c.replica},
		discovers:    discoveryRing(peer.KMSMRKDiscovery, abroad, account),
		kmsRSA:       make(map[string]*peer.Keyring),
	}
	for _, bits := range []int{128, 192, 256} {
		r.aes[bits] = aesRing(bits)
	}
	for _, algorithm := range []string{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"} {
		r.kmsRSA[algorithm] = &peer.Keyring{Type: peer.KMSRSA, Generator: c.rsaKey, Public: c.rsaPublic, Padding: algorithm}
	}
	return r, r.makeRSA()
}

func aesRing(bits int) *peer.Keyring {
	secret := make([]byte, bits/8)
	rand.Read(secret)
	// Names of more than ASCII, whose lengths in bytes and characters differ.
	return &peer.Keyring{Type: peer.RawAES, Namespace: "interop-ñ", Name: "κλειδί-" + rand.Text()[:8], Secret: secret}
}

func discoveryRing(kind, region, account string) *peer.Keyring {
	return &peer.Keyring{Type: kind, Region: region, Partition: "aws", Accounts: []string{account}}
}

func (r *rings) makeRSA() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	for _, padding := range rsaPaddings {
		r.rsa[padding] = &peer.Keyring{
			Type: peer.RawRSA, Namespace: "interop", Name: "rsa", Padding: padding,
			Public: pemOf("PUBLIC KEY", public), Private: pemOf("PRIVATE KEY", private),
		}
	}
	return nil
}
