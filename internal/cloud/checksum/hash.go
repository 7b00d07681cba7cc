package checksum

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"

	"github.com/cespare/xxhash/v2"
	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
)

// kind is what there is to know of an algorithm.
type kind struct {
	size int
	new  func() hash.Hash
	// polynomial is that of a CRC, bits reversed, 0 for any other algorithm.
	polynomial uint64
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var kinds = map[Algorithm]kind{
	CRC32:     {crc32.Size, func() hash.Hash { return crc32.NewIEEE() }, crc32.IEEE},
	CRC32C:    {crc32.Size, func() hash.Hash { return crc32.New(castagnoli) }, crc32.Castagnoli},
	CRC64NVME: {crc64nvme.Size, func() hash.Hash { return crc64nvme.New() }, crc64nvme.NVME},
	SHA1:      {sha1.Size, sha1.New, 0},
	SHA256:    {sha256.Size, sha256.New, 0},
	SHA512:    {sha512.Size, sha512.New, 0},
	MD5:       {md5.Size, md5.New, 0},
	// The XXHash family in its canonical form: seed 0, big endian.
	XXHASH64:  {8, func() hash.Hash { return xxhash.New() }, 0},
	XXHASH3:   {8, func() hash.Hash { return xxh3.New() }, 0},
	XXHASH128: {16, func() hash.Hash { return xxh3.New128() }, 0},
}

// kind panics for a name that Parse does not know: nothing from outside may
// get here without it.
func (a Algorithm) kind() kind {
	k, ok := kinds[a]
	if !ok {
		panic("checksum: no such algorithm: " + string(a))
	}
	return k
}

// New starts a checksum.
func New(a Algorithm) hash.Hash { return a.kind().new() }

// Sum computes the checksum of data.
func Sum(a Algorithm, data []byte) []byte {
	h := New(a)
	h.Write(data)
	return h.Sum(nil)
}
