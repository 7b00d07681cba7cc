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

const (
	anyETag = "*"  // stands for any ETag
	noETag  = `""` // is none
)

// writeCondition reads the conditional headers of a write.
func writeCondition(ifMatch, ifNoneMatch *string) (condition, error) {
	var c condition
	if ifNoneMatch != nil {
		if *ifNoneMatch != anyETag {
			return c, errConditionValue("If-None-Match")
		}
		c.noneMatch = true
	}
	if ifMatch == nil {
		return c, nil
	}
	if ifNoneMatch != nil {
		e := errHeaderNotImplemented("If-Match,If-None-Match")
		e.Fields["additionalMessage"] = "Multiple conditional request headers present in the request"
		return c, e
	}
	if c = ifMatches(ifMatch); c.match == anyETag {
		return c, errConditionValue("If-Match")
	}
	return c, nil
}

// ifMatches is the condition of an If-Match header, none where it is nil. An
// empty one is a condition that nothing meets.
func ifMatches(etag *string) (c condition) {
	if etag == nil {
		return c
	}
	if c.match = unquoted(*etag); c.match == "" {
		c.match = noETag
	}
	return c
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

// errConditionValue is the answer to a condition that a write cannot have.
func errConditionValue(header string) *api.Error {
	e := errHeaderNotImplemented(header)
	e.Fields["additionalMessage"] = "We don't accept the provided value of " + header + " header for this API"
	return e
}
