package s3

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"time"
)

// A version id is 24 bytes in an alphabet that sorts as bytes do: first how
// long before the end of time it was made, in nanoseconds, so that later ids
// sort first, then chance, then a checksum of both: S3 tells an id that nobody
// was given from one of a version that is gone.
const (
	versionTime   = 8
	versionChance = 12
	versionCheck  = crc32.Size
	versionRaw    = versionTime + versionChance + versionCheck
	versionLength = versionRaw * 4 / 3
)

// nullVersion is the id of a version made while its bucket was not versioned.
const nullVersion = "null"

// versionEncoding has characters of AWS's version ids, in the order of ASCII.
var versionEncoding = base64.NewEncoding(
	".0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz").WithPadding(base64.NoPadding).Strict()

// newVersion makes the id of a version that follows prev, the newest so far
// (nil without one). A clock that was set back does not make it an older one.
func newVersion(now time.Time, prev *Object) string {
	var id [versionRaw]byte
	remaining := ^uint64(now.UnixNano())
	if prev != nil {
		if raw, err := versionEncoding.DecodeString(prev.Version); err == nil && len(raw) == len(id) {
			remaining = min(remaining, binary.BigEndian.Uint64(raw)-1)
		}
	}
	binary.BigEndian.PutUint64(id[:], remaining)
	rand.Read(id[versionTime : versionTime+versionChance])
	binary.BigEndian.PutUint32(id[versionTime+versionChance:], checkVersion(id[:]))
	return versionEncoding.EncodeToString(id[:])
}

// wellFormedVersion reports whether an id could be a version's.
func wellFormedVersion(id string) bool {
	if id == nullVersion {
		return true
	}
	raw, err := versionEncoding.DecodeString(id)
	return err == nil && len(raw) == versionRaw && binary.BigEndian.Uint32(raw[versionTime+versionChance:]) == checkVersion(raw)
}

// checkVersion is the checksum of a raw id.
func checkVersion(raw []byte) uint32 { return crc32.ChecksumIEEE(raw[:versionTime+versionChance]) }
