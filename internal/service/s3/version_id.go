package s3

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A version id is 24 bytes in an alphabet that sorts as bytes do: first how
// long before the end of time it was made, in nanoseconds, so that later ids
// sort first, then chance.
const (
	versionTime   = 8
	versionChance = 16
	versionLength = (versionTime + versionChance) * 4 / 3
)

// nullVersion is the id of a version made while its bucket was not versioned.
const nullVersion = "null"

// versionEncoding has characters of AWS's version ids, in the order of ASCII.
var versionEncoding = base64.NewEncoding(
	".0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz").WithPadding(base64.NoPadding).Strict()

// newVersion makes the id of a version that follows prev, the newest so far
// (nil without one). A clock that was set back does not make it an older one.
func newVersion(now time.Time, prev *Object) string {
	var id [versionTime + versionChance]byte
	remaining := ^uint64(now.UnixNano())
	if prev != nil {
		if raw, err := versionEncoding.DecodeString(prev.Version); err == nil && len(raw) == len(id) {
			remaining = min(remaining, binary.BigEndian.Uint64(raw)-1)
		}
	}
	binary.BigEndian.PutUint64(id[:], remaining)
	rand.Read(id[versionTime:])
	return versionEncoding.EncodeToString(id[:])
}

// wellFormedVersion reports whether an id could be a version's.
func wellFormedVersion(id string) bool {
	if id == nullVersion {
		return true
	}
	_, err := versionEncoding.DecodeString(id)
	return err == nil && len(id) == versionLength
}
