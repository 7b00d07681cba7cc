package esdk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
)

// encodePublicKey gives a verification key as it stands in the context: the
// compressed point, in base64.
// Source: framework/algorithm-suites.md, ECDSA; SEC 1 section 2.3.3.
func encodePublicKey(key *ecdsa.PublicKey) (string, error) {
	point, err := key.Bytes() // 4, x, y
	if err != nil {
		return "", err
	}
	half := len(point) / 2
	compressed := point[:1+half]
	compressed[0] = 2 | point[len(point)-1]&1
	return base64.StdEncoding.EncodeToString(compressed), nil
}

// decodePublicKey is the inverse of encodePublicKey.
func decodePublicKey(curve elliptic.Curve, s string) (*ecdsa.PublicKey, error) {
	compressed, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, ErrSignature
	}
	x, y := elliptic.UnmarshalCompressed(curve, compressed)
	if x == nil {
		return nil, ErrSignature
	}
	n := (curve.Params().BitSize + 7) / 8
	point := make([]byte, 1+2*n)
	point[0] = 4
	x.FillBytes(point[1 : 1+n])
	y.FillBytes(point[1+n:])
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}
