package cryptography

// MaxBlobSize is the length of the longest ciphertext blob that AWS's model
// allows (CiphertextType).
const MaxBlobSize = 6144

// The format of a ciphertext blob, all of it authenticated together with the
// encryption context:
//
//	 1  version: 1
//	 1  flags: bit 0 set for a multi-Region key, the others zero
//	16  key id
//	32  key material id
//	 5  account, as a big-endian number
//	 1  length of the Region, 0 if and only if the key is multi-Region
//	 r  Region
//	12  salt of the key derivation  ┐
//	12  nonce of AES-256-GCM        │ XAES-256-GCM
//	 n  ciphertext                  │
//	16  tag                         ┘
const (
	blobVersion         = 1
	blobFlagMultiRegion = 1

	blobKeyIDAt      = 2
	blobMaterialIDAt = blobKeyIDAt + keyIDSize
	blobAccountAt    = blobMaterialIDAt + len(MaterialID{})
	blobRegionAt     = blobAccountAt + accountSize
	// blobMinHeader is the length of a header with no Region.
	blobMinHeader = blobRegionAt + 1
)

// Blob is what a ciphertext blob tells to anyone. Nothing of it is to be
// believed before [SymmetricKey.Decrypt] has succeeded.
type Blob struct {
	Address
	// MaterialID names the rotation of the key that made the blob.
	MaterialID MaterialID
}

// ParseBlob reads which key made a ciphertext blob. It takes a blob only if it
// is exactly as this package writes it, and otherwise gives ErrInvalidCiphertext.
func ParseBlob(blob []byte) (Blob, error) {
	if len(blob) < blobMinHeader+xaesOverhead || len(blob) > MaxBlobSize ||
		blob[0] != blobVersion || blob[1]&^blobFlagMultiRegion != 0 {
		return Blob{}, ErrInvalidCiphertext
	}
	multiRegion := blob[1] == blobFlagMultiRegion
	regionSize := int(blob[blobRegionAt])
	if len(blob) < blobMinHeader+regionSize+xaesOverhead {
		return Blob{}, ErrInvalidCiphertext
	}
	region := string(blob[blobMinHeader : blobMinHeader+regionSize])
	if multiRegion != (region == "") || !multiRegion && !validRegion(region) {
		return Blob{}, ErrInvalidCiphertext
	}
	account, ok := decodeAccount(blob[blobAccountAt:blobRegionAt])
	if !ok {
		return Blob{}, ErrInvalidCiphertext
	}
	return Blob{
		Address: Address{
			Account: account,
			Region:  region,
			KeyID:   decodeKeyID(blob[blobKeyIDAt:blobMaterialIDAt], multiRegion),
		},
		MaterialID: MaterialID(blob[blobMaterialIDAt:blobAccountAt]),
	}, nil
}

// blobHeader writes all of a blob that is the same for every message.
func blobHeader(at Address, material MaterialID) ([]byte, error) {
	at = at.normalized()
	keyID, okKey := encodeKeyID(at.KeyID)
	account, okAccount := encodeAccount(at.Account)
	if !okKey || !okAccount || !at.IsMultiRegion() && !validRegion(at.Region) {
		return nil, ErrInvalidAddress
	}
	var flags byte
	if at.IsMultiRegion() {
		flags = blobFlagMultiRegion
	}
	header := make([]byte, 0, blobMinHeader+len(at.Region))
	header = append(header, blobVersion, flags)
	header = append(header, keyID[:]...)
	header = append(header, material[:]...)
	header = append(header, account[:]...)
	header = append(header, byte(len(at.Region)))
	return append(header, at.Region...), nil
}
