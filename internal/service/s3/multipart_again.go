package s3

import (
	"fmt"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// completed is an upload that was completed lately. A client that has not seen
// the answer asks again, and S3 answers the same again.
type completed struct {
	ID     string
	Bucket string // its id
	Key    string
	Asked  conditions // as of the upload
	Object Object     // as the answer shows it
}

// completions holds them by when they were completed; one is found by the
// upload's id.
var (
	completions   = store.NewTable[completed]("s3.completed")
	completionsOf = completions.Index("upload", func(c *completed) []string { return []string{c.ID} })
)

// remembered is how long.
const remembered = 24 * time.Hour

func completionKey(at time.Time, upload string) string {
	return store.Key(fmt.Sprintf("%016x", at.UnixNano()), upload)
}

// rememberCompleted remembers a completion and forgets old ones, faster than new
// ones come.
func rememberCompleted(tx *store.Tx, call *cloud.Call, b *Bucket, u *upload, o *Object) {
	forget, limit := 2, completionKey(call.Time.Add(-remembered), "")
	for at := range completions.Scan(tx, "", "") {
		if forget == 0 || at >= limit {
			break
		}
		completions.Delete(tx, at)
		forget--
	}
	shown := encryption.Sealed{Algorithm: o.Encryption.Algorithm, KMSKeyID: o.Encryption.KMSKeyID, BucketKey: o.Encryption.BucketKey}
	completions.Put(tx, completionKey(call.Time, u.ID), &completed{
		ID: u.ID, Bucket: b.ID, Key: u.Key, Asked: u.Asked,
		Object: Object{Version: o.Version, Null: o.Null, ETag: o.ETag, Checksum: o.Checksum, Encryption: shown, Tags: o.Tags},
	})
}

// findCompleted finds an upload of a key that was completed lately.
func findCompleted(tx *store.Tx, b *Bucket, key, id string) *completed {
	c := completionsOf.Get(tx, id)
	if c == nil || c.Bucket != b.ID || c.Key != key {
		return nil
	}
	return c
}

// by reports whether an upload was completed as a request wants to complete it.
func (c *completed) by(a *assembly) bool {
	etag, ok := a.etag()
	return c != nil && ok && etag == c.Object.ETag
}
