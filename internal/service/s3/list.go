package s3

import (
	"context"
	"strconv"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// listingHandlers are the operations that list what is in a bucket.
func (s *Service) listingHandlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(s3api.OpListMultipartUploads, s.ListMultipartUploads),
		cloud.Handle(s3api.OpListObjectVersions, s.ListObjectVersions),
		cloud.Handle(s3api.OpListObjects, s.ListObjects),
		cloud.Handle(s3api.OpListObjectsV2, s.ListObjectsV2),
		cloud.Handle(s3api.OpListParts, s.ListParts),
	}
}

// maxPage is the most entries of a page, and how many there are by default.
const maxPage = 1000

// pageSize reads how many entries a request wants. S3 gives no more than 1,000
// and says so in the answer. Its messages do not always call the parameter by
// its name.
func pageSize(given *int32, name string) (int, error) {
	switch {
	case given == nil:
		return maxPage, nil
	case *given < 0:
		return 0, errInvalidArgument("Argument "+name+" must be an integer between 0 and 2147483647", name, strconv.Itoa(int(*given)))
	}
	return min(int(*given), maxPage), nil
}

// names writes the names in an answer as the request wants them.
type names func(name string) string

// namesIn finds the encoding of an encoding-type.
func namesIn(encoding s3api.EncodingType) (names, error) {
	switch encoding {
	case "":
		return func(name string) string { return name }, nil
	case s3api.EncodingTypeUrl:
		return listing.Encode, nil
	}
	return nil, errInvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", string(encoding))
}

// given encodes a parameter for the answer to repeat. Some of them are
// repeated, empty, even where the request has none.
func (n names) given(parameter *string) *string { return new(n(value(parameter))) }

// unlessEmpty is given for parameters that the answer leaves out when they are
// empty.
func (n names) unlessEmpty(parameter *string) *string {
	if value(parameter) == "" {
		return nil
	}
	return n.given(parameter)
}

// commonPrefixes picks the common prefixes of a page.
func commonPrefixes[T any](entries []listing.Entry[T], n names) (list []s3api.CommonPrefix) {
	for _, e := range entries {
		if e.Common {
			list = append(list, s3api.CommonPrefix{Prefix: new(n(e.Key))})
		}
	}
	return list
}

// value is what a pointer points to, the zero value when it is nil.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// owners finds the owners that an answer about a bucket names. Most answers name
// one over and over.
type owners struct {
	service *Service
	bucket  *Bucket
	known   map[string]*s3api.Owner
}

func (s *Service) owners(b *Bucket) *owners {
	return &owners{service: s, bucket: b, known: make(map[string]*s3api.Owner)}
}

// of gives the owner of an object that belongs to an account: where access
// control lists are disabled that is the bucket's owner, whoever it was before.
func (o *owners) of(ctx context.Context, account string) (*s3api.Owner, error) {
	if o.bucket.aclsDisabled() {
		account = o.bucket.Account
	}
	if owner, ok := o.known[account]; ok {
		return owner, nil
	}
	owner, err := o.service.owner(ctx, account)
	if err != nil {
		return nil, err
	}
	o.known[account] = owner
	return owner, nil
}

// shownClass is a storage class as listings show it.
func shownClass(c s3api.StorageClass) s3api.StorageClass {
	if c == "" {
		return s3api.StorageClassStandard
	}
	return c
}
