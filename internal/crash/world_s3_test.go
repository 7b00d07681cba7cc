package crash

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket is a bucket with all that is in it.
type bucket struct {
	Versioning types.BucketVersioningStatus // empty where it was never enabled
	Default    sealing
	Tags       map[string]string
	Objects    map[string][]version // by key, the newest first; no key has none
	Uploads    map[string]upload    // by key; a key has one at most
}

// sealing is how content is encrypted.
type sealing struct {
	Key       string // the description of the KMS key, empty for SSE-S3
	BucketKey bool
}

// version is a version of an object, or a delete marker.
type version struct {
	ID        string // empty of one whose making was not acknowledged
	ETag      string // likewise
	Marker    bool
	Content   []piece `json:",omitempty"`
	Multipart bool    // each piece is a part
	Sealing   sealing
	Note      string // its metadata
	Tags      map[string]string
}

// upload is a multipart upload under way. What its object will be cannot be
// read before it is there.
type upload struct {
	ID     string // empty of one that was not acknowledged
	Parts  map[int32]part
	object version
}

type part struct {
	ETag  string // as of a version
	Size  int
	piece piece
}

// nullID is the id of versions that are made where versioning is not enabled.
const nullID = "null"

func (b bucket) clone() bucket {
	b.Tags, b.Objects, b.Uploads = maps.Clone(b.Tags), maps.Clone(b.Objects), maps.Clone(b.Uploads)
	for key, u := range b.Uploads {
		u.Parts = maps.Clone(u.Parts)
		b.Uploads[key] = u
	}
	return b
}

// name gives what is in the bucket the ids that only from knows.
func (b bucket) name(from bucket) {
	for key, list := range b.Objects {
		list = slices.Clone(list)
		for i, there := range from.Objects[key][:min(len(list), len(from.Objects[key]))] {
			list[i].ID = cmp.Or(list[i].ID, there.ID)
			list[i].ETag = cmp.Or(list[i].ETag, there.ETag)
		}
		b.Objects[key] = list
	}
	for key, u := range b.Uploads {
		u.ID = cmp.Or(u.ID, from.Uploads[key].ID)
		for n, p := range u.Parts {
			p.ETag = cmp.Or(p.ETag, from.Uploads[key].Parts[n].ETag)
			u.Parts[n] = p
		}
		b.Uploads[key] = u
	}
}

// push makes v the newest version of a key. Unless versioning is enabled it
// takes the place of the null version.
func (b bucket) push(key string, v version) {
	if b.Versioning != types.BucketVersioningStatusEnabled {
		b.remove(key, nullID)
		v.ID = nullID
	}
	b.Objects[key] = append([]version{v}, b.Objects[key]...)
}

// remove removes a version of a key for good.
func (b bucket) remove(key, id string) {
	rest := slices.DeleteFunc(slices.Clone(b.Objects[key]), func(v version) bool { return v.ID == id })
	if b.Objects[key] = rest; len(rest) == 0 {
		delete(b.Objects, key)
	}
}

// hasRoom reports whether a key may have one more version.
func (b bucket) hasRoom(key string) bool {
	next := b.clone()
	next.push(key, version{})
	return len(next.Objects[key]) <= maxVersions
}

// newest gives the newest version of a key, if it is an object.
func (b bucket) newest(key string) (v version, ok bool) {
	if list := b.Objects[key]; len(list) > 0 {
		return list[0], !list[0].Marker
	}
	return version{}, false
}
