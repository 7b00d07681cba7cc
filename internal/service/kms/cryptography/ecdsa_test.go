package cryptography

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

func derSignature(t *testing.T, r, s *big.Int) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func bigHex(t *testing.T, digits string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		t.Fatalf("not a number: %s", digits)
	}
	return n
}

func importNIST(t *testing.T, spec Spec, scalar []byte) *Opened {
	t.Helper()
	private, err := ecdsa.ParseRawPrivateKey(nistCurve(spec), scalar)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return importOpened(t, spec, der)
}

// RFC 6979, appendices A.2.5 to A.2.7: signatures of "sample". Ours are hedged
// and thus differ from run to run; theirs must verify.
func TestECDSAVectors(t *testing.T) {
	for _, vector := range []struct {
		spec          Spec
		algorithm     SigningAlgorithm
		private, r, s string
	}{
		{
			spec: NISTP256, algorithm: ECDSASHA256,
			private: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
			r:       "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
			s:       "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
		},
		{
			spec: NISTP384, algorithm: ECDSASHA384,
			private: "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8" +
				"96D5724E4C70A825F872C9EA60D2EDF5",
			r: "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C" +
				"81A648152E44ACF96E36DD1E80FABE46",
			s: "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F" +
				"A329C145786E679E7B82C71A38628AC8",
		},
		{
			spec: NISTP521, algorithm: ECDSASHA512,
			private: "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75" +
				"CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
			r: "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F" +
				"174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
			s: "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF" +
				"282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
		},
	} {
		key := importNIST(t, vector.spec, unhex(t, vector.private))
		signature := derSignature(t, bigHex(t, vector.r), bigHex(t, vector.s))
		if err := key.Verify(vector.algorithm, Raw, []byte("sample"), signature); err != nil {
			t.Errorf("%s: %v", vector.spec, err)
		}
		if err := key.Verify(vector.algorithm, Raw, []byte("Sample"), signature); err != ErrInvalidSignature {
			t.Errorf("%s, another message: %v", vector.spec, err)
		}
	}
}

// TestSecp256k1Vector is the widely published RFC 6979 signature of "Satoshi
// Nakamoto" under the private key 1.
func TestSecp256k1Vector(t *testing.T) {
	private, ok := secp256k1Scalar(append(make([]byte, 31), 1))
	if !ok {
		t.Fatal("the scalar 1 is refused")
	}
	der, err := (&secp256k1Key{private: private}).marshal()
	if err != nil {
		t.Fatal(err)
	}
	key := importOpened(t, Secp256k1, der)
	want := derSignature(t,
		bigHex(t, "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"),
		bigHex(t, "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"))
	got, err := key.Sign(ECDSASHA256, Raw, []byte("Satoshi Nakamoto"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v", got, err)
	}
}

// TestECDSAForgeries are the classes of bad signatures that Wycheproof collects:
// scalars out of range, and encodings that are not DER.
func TestECDSAForgeries(t *testing.T) {
	orders := map[Spec]*big.Int{
		NISTP256:  elliptic.P256().Params().N,
		NISTP384:  elliptic.P384().Params().N,
		NISTP521:  elliptic.P521().Params().N,
		Secp256k1: secp256k1.Params().N,
	}
	zero, one := big.NewInt(0), big.NewInt(1)
	for spec, n := range orders {
		key, algorithm := newOpened(t, spec), spec.SigningAlgorithms()[0]
		message := []byte("message")
		good, err := key.Sign(algorithm, Raw, message)
		if err != nil {
			t.Fatal(err)
		}
		var parsed struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(good, &parsed); err != nil {
			t.Fatal(err)
		}
		r, s := parsed.R, parsed.S
		plusN := func(v *big.Int) *big.Int { return new(big.Int).Add(v, n) }
		for name, bad := range map[string][]byte{
			"0, 0": derSignature(t, zero, zero), "0, 1": derSignature(t, zero, one), "1, 0": derSignature(t, one, zero),
			"1, 1": derSignature(t, one, one), "n, s": derSignature(t, n, s), "r, n": derSignature(t, r, n),
			"r+n, s": derSignature(t, plusN(r), s), "r, s+n": derSignature(t, r, plusN(s)),
			"-r, s": derSignature(t, new(big.Int).Neg(r), s), "r, -s": derSignature(t, r, new(big.Int).Neg(s)),
			"s, r":      derSignature(t, s, r),
			"raw r s":   append(r.FillBytes(make([]byte, 66)), s.FillBytes(make([]byte, 66))...),
			"wrong tag": append([]byte{0x31}, good[1:]...),
		} {
			if err := key.Verify(algorithm, Raw, message, bad); err != ErrInvalidSignature {
				t.Errorf("%s, %s: %v", spec, name, err)
			}
		}
		// The other of the two signatures that every ECDSA signature implies
		// is as valid: signers outside need not choose the lower one.
		negated := derSignature(t, r, new(big.Int).Sub(n, s))
		if err := key.Verify(algorithm, Raw, message, negated); err != nil {
			t.Errorf("%s, n-s: %v", spec, err)
		}
	}
}

func TestSecp256k1Import(t *testing.T) {
	key := newOpened(t, Secp256k1).key.(*secp256k1Key)
	build := func(change func(*privateKeyInfo, *ecPrivateKey)) []byte {
		info := privateKeyInfo{Algorithm: ecAlgorithm{oidECPublicKey, oidSecp256k1}}
		inner := ecPrivateKey{Version: 1, PrivateKey: key.private.Serialize(), PublicKey: bitString(key.point())}
		change(&info, &inner)
		var err error
		if info.PrivateKey == nil {
			if info.PrivateKey, err = asn1.Marshal(inner); err != nil {
				t.Fatal(err)
			}
		}
		der, err := asn1.Marshal(info)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	order := secp256k1.Params().N
	other := newOtherSecp256k1(t)
	for name, good := range map[string][]byte{
		"as marshalled": build(func(*privateKeyInfo, *ecPrivateKey) {}),
		"without point": build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.PublicKey = asn1.BitString{} }),
		"compressed point": build(func(_ *privateKeyInfo, k *ecPrivateKey) {
			k.PublicKey = bitString(key.private.PubKey().SerializeCompressed())
		}),
		"curve named twice": build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.Curve = oidSecp256k1 }),
	} {
		material, err := Import(Secp256k1, good)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !material.Equal(newMaterial(t, Secp256k1)) {
			t.Errorf("%s: another key", name)
		}
	}
	for name, bad := range map[string][]byte{
		"curve P-256": build(func(i *privateKeyInfo, _ *ecPrivateKey) {
			i.Algorithm.Curve = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
		}),
		"another algorithm": build(func(i *privateKeyInfo, _ *ecPrivateKey) { i.Algorithm.Algorithm = oidSecp256k1 }),
		"inner curve P-256": build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.Curve = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7} }),
		"outer version":     build(func(i *privateKeyInfo, _ *ecPrivateKey) { i.Version = 1 }),
		"inner version":     build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.Version = 2 }),
		"scalar 0":          build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.PrivateKey = make([]byte, 32) }),
		"scalar n":          build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.PrivateKey = order.Bytes() }),
		"scalar too long":   build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.PrivateKey = append([]byte{0}, k.PrivateKey...) }),
		"scalar too short":  build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.PrivateKey = k.PrivateKey[1:] }),
		"another's point":   build(func(_ *privateKeyInfo, k *ecPrivateKey) { k.PublicKey = bitString(other.point()) }),
		"inner rubbish":     build(func(i *privateKeyInfo, _ *ecPrivateKey) { i.PrivateKey = []byte{1, 2, 3} }),
	} {
		if _, err := Import(Secp256k1, bad); err != ErrIncorrectKeyMaterial {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func newOtherSecp256k1(t *testing.T) *secp256k1Key {
	t.Helper()
	private, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return &secp256k1Key{private: private}
}

// The vector is the first of NIST's CAVP set "ECC CDH primitive", P-256.
func TestECDHVector(t *testing.T) {
	key := importNIST(t, NISTP256, unhex(t, "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"))
	peer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), unhex(t, "04"+
		"700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"+
		"db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"))
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(peer)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := key.DeriveSharedSecret(ECDH, spki)
	want := unhex(t, "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b")
	if err != nil || !bytes.Equal(secret, want) {
		t.Errorf("%x, %v", secret, err)
	}
}

func TestECDHBothSides(t *testing.T) {
	for _, spec := range []Spec{NISTP256, NISTP384, NISTP521} {
		alice := newOpened(t, spec)
		pair, err := GenerateDataKeyPair(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		bob := importOpened(t, spec, pair.PrivateKey)
		one, err := alice.DeriveSharedSecret(ECDH, bob.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		two, err := bob.DeriveSharedSecret(ECDH, alice.PublicKey())
		if err != nil || !bytes.Equal(one, two) {
			t.Errorf("%s: %x, %x, %v", spec, one, two, err)
		}
	}
}

func TestECDHRefuses(t *testing.T) {
	key := newOpened(t, NISTP256)
	offCurve := newOpened(t, NISTP256).PublicKey()
	offCurve[len(offCurve)-1] ^= 1
	for name, bad := range map[string][]byte{
		"nothing": nil, "rubbish": []byte("key"), "off the curve": offCurve,
		"another curve": newOpened(t, NISTP384).PublicKey(), "secp256k1": newOpened(t, Secp256k1).PublicKey(),
		"RSA": newOpened(t, RSA2048).PublicKey(), "extended": append(key.PublicKey(), 0),
		"bare point": offCurve[len(offCurve)-65:],
	} {
		if secret, err := key.DeriveSharedSecret(ECDH, bad); err != ErrInvalidPublicKey || secret != nil {
			t.Errorf("%s: %x, %v", name, secret, err)
		}
	}
}
