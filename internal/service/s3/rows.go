package s3

import (
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// The tables. What belongs to a bucket is kept under the bucket's id, so that
// nothing of a deleted bucket is ever seen in the next one of its name.
var (
	buckets          = store.NewTable[Bucket]("s3.bucket") // by name
	bucketsOfAccount = buckets.Index("account", func(b *Bucket) []string { return []string{b.Account} })

	// newest holds the newest version of each key, be it an object or a delete
	// marker, by bucket id and key: what listings go through. older holds those
	// before it by bucket id, key and order, which sorts the latest first. No
	// key has older versions without a newest one.
	newest = store.NewTable[Object]("s3.object")
	older  = store.NewTable[Object]("s3.version")

	uploads = store.NewTable[Upload]("s3.upload") // by bucket id, key and upload id
	parts   = store.NewTable[Part]("s3.part")     // by upload id and number, see partKey
)

// Bucket is a bucket with its configuration, which is kept as the API has it.
type Bucket struct {
	ID      string
	Name    string
	Account string
	Region  string
	Created time.Time

	Policy            string                     // the document, "" without one
	ACL               *s3api.AccessControlPolicy // nil is private
	PublicAccessBlock *s3api.PublicAccessBlockConfiguration
	Ownership         s3api.ObjectOwnership
	Versioning        s3api.BucketVersioningStatus    // "" is never enabled
	Encryption        *s3api.ServerSideEncryptionRule // nil is AES256
	ObjectLock        bool
	DefaultRetention  *s3api.DefaultRetention
	Tags              map[string]string
	CORS              []s3api.CORSRule
	Lifecycle         *Lifecycle
	Logging           *s3api.LoggingEnabled
}

// Lifecycle is a bucket's lifecycle configuration.
type Lifecycle struct {
	Rules             []s3api.LifecycleRule
	TransitionMinimum s3api.TransitionDefaultMinimumObjectSize
}

// Object is one version of an object, or a delete marker. There are many of
// them: their rows name the fields by a letter or two.
type Object struct {
	// Version is the version's id, which sorts the latest first; of the null
	// version it is the order alone (see Null).
	Version string `cbor:"v"`
	// Null says that the version id is "null".
	Null bool `cbor:"n,omitempty"`
	// NullOlder is, on the newest version, the Version of the null version among
	// the older ones, "" without one.
	NullOlder string    `cbor:"no,omitempty"`
	Marker    bool      `cbor:"d,omitempty"`
	Owner     string    `cbor:"o"` // account
	Modified  time.Time `cbor:"m"` // to the second

	Size         int64              `cbor:"s,omitempty"`
	ETag         string             `cbor:"e,omitempty"` // without quotes
	Content      []Content          `cbor:"c,omitempty"`
	Multipart    bool               `cbor:"mp,omitempty"` // Content are the parts of a multipart upload
	Encryption   encryption.Sealed  `cbor:"k,omitzero"`
	Checksum     Checksum           `cbor:"h,omitzero"`
	StorageClass s3api.StorageClass `cbor:"sc,omitempty"` // "" is STANDARD

	Headers  Headers                    `cbor:"hd,omitzero"`
	Metadata map[string]string          `cbor:"md,omitempty"`
	Tags     map[string]string          `cbor:"t,omitempty"`
	ACL      *s3api.AccessControlPolicy `cbor:"a,omitempty"` // nil is private

	LockMode    s3api.ObjectLockMode            `cbor:"lm,omitempty"`
	RetainUntil time.Time                       `cbor:"lu,omitzero"`
	LegalHold   s3api.ObjectLockLegalHoldStatus `cbor:"lh,omitempty"` // "" if it was never set
}

// Headers are the HTTP headers that an object is served with.
type Headers struct {
	CacheControl            string `cbor:"cc,omitempty"`
	ContentDisposition      string `cbor:"cd,omitempty"`
	ContentEncoding         string `cbor:"ce,omitempty"`
	ContentLanguage         string `cbor:"cl,omitempty"`
	ContentType             string `cbor:"ct,omitempty"`
	Expires                 string `cbor:"ex,omitempty"`
	WebsiteRedirectLocation string `cbor:"wr,omitempty"`
}

// Content is a run of an object's bytes: all of them, or one part of a
// multipart upload.
type Content struct {
	Blob     blob.Blob `cbor:"b"`
	Size     int64     `cbor:"s,omitempty"`
	Number   int32     `cbor:"n,omitempty"` // of the part
	Checksum string    `cbor:"h,omitempty"` // of the part, where the object's algorithm is known
}

// Checksum is a checksum of the object, base64 as in the API.
type Checksum struct {
	Algorithm s3api.ChecksumAlgorithm `cbor:"a,omitempty"`
	Value     string                  `cbor:"v,omitempty"` // a composite one ends in -N
	Type      s3api.ChecksumType      `cbor:"t,omitempty"`
}

// Upload is a multipart upload under way; the members that it shares with
// Object become the object's.
type Upload struct {
	ID        string
	Key       string
	Initiated time.Time
	Initiator Initiator
	Object    Object // what the object will be, without content
}

// Initiator is who began an upload.
type Initiator struct{ ID, Account string }

// Part is an uploaded part.
type Part struct {
	Content  `cbor:"c"`
	ETag     string    `cbor:"e"`
	Modified time.Time `cbor:"m"`
}
