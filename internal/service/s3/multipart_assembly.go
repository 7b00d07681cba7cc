package s3

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// minPartSize is the least that a part can have, unless it is the last.
const minPartSize = 5 << 20

// assembly is what a request to complete an upload says of the object.
type assembly struct {
	parts     []assembledPart
	sums      []sum // of the whole object
	kind      s3api.ChecksumType
	size      *int64
	condition condition
}

// assembledPart is a part as the request lists it.
type assembledPart struct {
	number int32
	etag   string
	sums   []sum
}

func newAssembly(in *s3api.CompleteMultipartUploadInput) (*assembly, error) {
	a := &assembly{sums: sumsOf(in), kind: in.ChecksumType, size: in.MpuObjectSize}
	var err error
	if a.condition, err = writeCondition(in.IfMatch, in.IfNoneMatch); err != nil {
		return nil, err
	}
	switch {
	case in.MultipartUpload == nil:
		return nil, errInvalidRequest("You must specify at least one part")
	case len(in.MultipartUpload.Parts) == 0:
		return nil, errMalformedXML()
	case len(a.sums) > 1:
		return nil, errInvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(a.sums) == 1 && !a.sums[0].wellFormed():
		return nil, errInvalidRequest("Value for %s header is invalid.", a.sums[0].algorithm.Header())
	case a.size != nil && *a.size < 0:
		return nil, errInvalidRequest("Value for x-amz-mp-object-size header is less than zero: '%d'", *a.size)
	}
	for i := range in.MultipartUpload.Parts {
		p := &in.MultipartUpload.Parts[i]
		if p.PartNumber == nil || p.ETag == nil {
			return nil, errMalformedXML()
		}
		if *p.PartNumber < 1 {
			return nil, errInvalidArgument("PartNumber must be >= 1", "PartNumber", strconv.Itoa(int(*p.PartNumber)))
		}
		if i > 0 && *p.PartNumber <= a.parts[i-1].number {
			return nil, with(api.Errorf("InvalidPartOrder", 400, "The list of parts was not in ascending order. Parts must be ordered by part number."),
				"UploadId", *in.UploadId)
		}
		part := assembledPart{*p.PartNumber, unquoted(*p.ETag), sumsOf(p)}
		for i, s := range part.sums {
			if _, ok := s.algorithm.Decode(s.value); !ok || i > 0 {
				return nil, errInvalidArgument("Invalid Base64 or multiple checksums present in request", "Checksum", s.value)
			}
		}
		a.parts = append(a.parts, part)
	}
	return a, nil
}

// wellFormed reports whether s can be the checksum of an object of parts: one
// that is made of theirs may say how many they are.
func (s *sum) wellFormed() bool {
	bare, n, composite := strings.Cut(s.value, "-")
	_, ok := s.algorithm.Decode(bare)
	return ok && composite == (n != "") && strings.Trim(n, "0123456789") == ""
}

// etag is that of an object of the listed parts: the MD5 of their MD5s, or of
// what stands for those, and how many they are.
func (a *assembly) etag() (string, bool) {
	h := md5.New()
	for _, p := range a.parts {
		raw, err := hex.DecodeString(p.etag)
		if err != nil {
			return "", false
		}
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(a.parts)), true
}

// pick finds the listed parts of an upload.
func (a *assembly) pick(tx *store.Tx, u *upload) ([]*Part, error) {
	list := make([]*Part, len(a.parts))
	for i := range a.parts {
		listed := &a.parts[i]
		p := parts.Get(tx, partKey(u.ID, listed.number))
		if p == nil || p.ETag != listed.etag {
			return nil, listed.invalid(u)
		}
		if err := listed.checkSum(u, p); err != nil {
			return nil, err
		}
		if i < len(a.parts)-1 && p.Size < minPartSize {
			return nil, with(api.Errorf("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size"),
				"ETag", p.ETag, "PartNumber", strconv.Itoa(int(p.Number)),
				"MinSizeAllowed", strconv.Itoa(minPartSize), "ProposedSize", strconv.FormatInt(p.Size, 10))
		}
		list[i] = p
	}
	return list, nil
}

// checkSum compares the checksum that the request lists of a part. Where the
// object's is made of those of the parts, every part must have one; where the
// upload has asked for none, no part may.
func (l *assembledPart) checkSum(u *upload, p *Part) error {
	asked := u.Object.Checksum
	for _, s := range l.sums {
		switch {
		case asked.Algorithm == "":
			return l.invalid(u)
		case s.algorithm != checksum.Algorithm(asked.Algorithm):
			return api.Errorf("BadDigest", 400, "The %s you specified for part %d did not match what we received.",
				strings.ToLower(string(s.algorithm)), l.number)
		case s.value != p.Checksum:
			return l.invalid(u)
		}
	}
	if len(l.sums) == 0 && asked.Type == s3api.ChecksumTypeComposite {
		return errInvalidRequest("The upload was created using a %s checksum. The complete request must include the checksum for each part. It was missing for part %d in the request.",
			strings.ToLower(string(asked.Algorithm)), l.number)
	}
	return nil
}

// invalid is the answer for a part that is not there as the request lists it.
func (l *assembledPart) invalid(u *upload) error {
	return with(api.Errorf("InvalidPart", 400, "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."),
		"UploadId", u.ID, "PartNumber", strconv.Itoa(int(l.number)), "ETag", l.etag)
}

// object makes the object of the listed parts and compares it with what the
// request says of it.
func (a *assembly) object(u *upload, list []*Part) (*Object, error) {
	o := u.Object
	for _, p := range list {
		o.Content = append(o.Content, p.Content)
		o.Size += p.Size
	}
	if a.size != nil && *a.size != o.Size {
		return nil, errInvalidRequest("The provided 'x-amz-mp-object-size' header value %d does not match what was computed: %d", *a.size, o.Size)
	}
	if a.kind != "" && a.kind != u.checksumType() {
		return nil, errInvalidRequest("The upload was created using the %s checksum mode. The complete request must use the same checksum mode.", u.checksumType())
	}
	var ok bool
	if o.ETag, ok = a.etag(); !ok {
		return nil, a.parts[0].invalid(u)
	}
	var err error
	if o.Checksum, err = u.sum(list); err != nil {
		return nil, err
	}
	return &o, a.compare(o.Checksum)
}

// compare compares the checksum that the request gives of the whole object. One
// that is made of those of the parts may lack their number.
func (a *assembly) compare(c Checksum) error {
	for _, s := range a.sums {
		if s.algorithm != checksum.Algorithm(c.Algorithm) {
			return errChecksumMismatch(string(c.Algorithm), string(s.algorithm))
		}
		bare, _, _ := strings.Cut(c.Value, "-")
		if s.value != c.Value && s.value != bare {
			return api.Errorf("BadDigest", 400, "The %s you specified did not match the calculated checksum.", strings.ToLower(string(s.algorithm)))
		}
	}
	return nil
}
