package s3

import (
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// condition is what a conditional write or delete demands of the newest version
// of its key. It is decided in the transaction that writes, so that of several
// writers with the same condition one succeeds. The zero value demands nothing.
type condition struct {
	match     string // the ETag that must be there, anyETag for any
	noneMatch bool   // nothing may be there
}

// anyETag stands for any ETag.
const anyETag = "*"

// writeCondition reads the conditional headers of a write.
func writeCondition(ifMatch, ifNoneMatch *string) (condition, error) {
	var c condition
	if ifNoneMatch != nil {
		if *ifNoneMatch != anyETag {
			return c, errHeaderNotImplemented("If-None-Match")
		}
		c.noneMatch = true
	}
	if ifMatch != nil {
		if c.match = unquoted(*ifMatch); c.noneMatch || c.match == anyETag {
			return c, errHeaderNotImplemented("If-Match")
		}
	}
	return c, nil
}

// reads reports whether the answer to the condition tells what only those may
// know who may read the object.
func (c condition) reads() bool { return c.match != "" && c.match != anyETag }

// check decides whether the condition holds for the newest version of a key,
// which may be nil or a delete marker.
func (c condition) check(key string, o *Object) error {
	exists := o != nil && !o.Marker
	switch {
	case c.noneMatch && exists:
		return errPreconditionFailed("If-None-Match")
	case c.match == "":
		return nil
	case c.match == anyETag && !exists:
		return errPreconditionFailed("If-Match")
	case !exists:
		return errNoSuchKey(key)
	case c.match != anyETag && c.match != o.ETag:
		return errPreconditionFailed("If-Match")
	}
	return nil
}

// quoted is an ETag as headers have it.
func quoted(etag string) string { return `"` + etag + `"` }

// unquoted is an ETag without the quotes that clients may leave out.
func unquoted(etag string) string { return strings.Trim(strings.TrimSpace(etag), `"`) }

// errHeaderNotImplemented is the answer to a header that S3 knows but does not
// take with such an operation or value.
func errHeaderNotImplemented(header string) *api.Error {
	return with(api.Errorf("NotImplemented", 501, "A header you provided implies functionality that is not implemented"), "Header", header)
}
