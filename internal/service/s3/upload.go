package s3

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// upload is a multipart upload under way.
type upload struct {
	Upload
	// Asked are the condition keys of the request that began the upload. The
	// requests for its parts and its completion do not repeat those headers, and
	// are allowed and denied as if they did.
	Asked conditions
	// Newest is the version of the key that was the newest one when the upload
	// began, "" without one.
	Newest string
}

// uploading holds the uploads by bucket id, key and upload id.
var uploading = store.NewTable[upload](uploads.Name())

func uploadKey(b *Bucket, key, id string) string { return store.Key(b.ID, key, id) }

// partKey is where a part is kept. Parts sort by their numbers.
func partKey(upload string, number int32) string {
	return store.Key(upload, fmt.Sprintf("%05d", number))
}

// An upload id is 32 bytes in the encoding of version ids, which sorts as they
// do: when the upload began, in nanoseconds, chance, and which key it is of, so
// that a marker can be checked after its upload has ended.
const (
	uploadTime   = 8
	uploadChance = 16
	uploadCheck  = 8
)

func newUploadID(b *Bucket, key string, now time.Time) string {
	var id [uploadTime + uploadChance + uploadCheck]byte
	binary.BigEndian.PutUint64(id[:], uint64(now.UnixNano()))
	rand.Read(id[uploadTime : uploadTime+uploadChance])
	copy(id[uploadTime+uploadChance:], uploadIDCheck(b, key, id[:uploadTime+uploadChance]))
	return versionEncoding.EncodeToString(id[:])
}

// isUploadOf reports whether an id is that of an upload of a key, be it under
// way or ended.
func isUploadOf(b *Bucket, key, id string) bool {
	raw, err := versionEncoding.DecodeString(id)
	return err == nil && len(raw) == uploadTime+uploadChance+uploadCheck &&
		string(raw[uploadTime+uploadChance:]) == string(uploadIDCheck(b, key, raw[:uploadTime+uploadChance]))
}

func uploadIDCheck(b *Bucket, key string, id []byte) []byte {
	sum := sha256.Sum256([]byte(store.Key(b.ID, key, string(id))))
	return sum[:uploadCheck]
}

// findUpload finds an upload under way.
func findUpload(tx *store.Tx, b *Bucket, key, id string) (*upload, error) {
	u := uploading.Get(tx, uploadKey(b, key, id))
	if u == nil {
		return nil, errNoSuchUpload(id)
	}
	return u, nil
}

// endUpload removes an upload and its parts. The content of those that are not
// in kept, by their blobs' ids, is dropped.
func (s *Service) endUpload(tx *store.Tx, b *Bucket, u *upload, kept map[string]bool) {
	for at, p := range parts.Scan(tx, store.Prefix(u.ID), "") {
		if !kept[p.Blob.ID] {
			s.blobs.Drop(tx, p.Blob)
		}
		parts.Delete(tx, at)
	}
	uploading.Delete(tx, uploadKey(b, u.Key, u.ID))
}

// endUploads removes all uploads of a bucket, which is about to be deleted.
func (s *Service) endUploads(tx *store.Tx, b *Bucket) {
	for _, u := range uploading.Scan(tx, store.Prefix(b.ID), "") {
		s.endUpload(tx, b, u, nil)
	}
}
