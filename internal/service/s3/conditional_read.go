package s3

import (
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// readConditions are the conditional headers of a read, or of the source of a
// copy.
type readConditions struct {
	match, noneMatch *string
	modifiedSince    *time.Time
	unmodifiedSince  *time.Time
	copying          bool // of a copy's source
}

// check decides whether an object is to be read. An ETag has precedence over a
// date: where If-Match holds If-Unmodified-Since does not count, and where
// If-None-Match holds If-Modified-Since does not (API reference, GetObject). A
// date to come is none that anything can have been modified since, and does not
// count either.
func (c *readConditions) check(o *Object, now time.Time) error {
	switch {
	case c.match != nil:
		if !matches(*c.match, o) {
			return c.failed("If-Match")
		}
	case c.unmodifiedSince != nil && o.Modified.After(*c.unmodifiedSince):
		return c.failed("If-Unmodified-Since")
	}
	switch {
	case c.noneMatch != nil:
		if matches(*c.noneMatch, o) {
			return c.unchanged("If-None-Match", o)
		}
	case c.modifiedSince != nil && !c.modifiedSince.After(now) && !o.Modified.After(*c.modifiedSince):
		return c.unchanged("If-Modified-Since", o)
	}
	return nil
}

func (c *readConditions) failed(header string) error {
	if c.copying {
		header = "x-amz-copy-source-" + header
	}
	return errPreconditionFailed(header)
}

// unchanged is the answer to who has the object already. A copy has no such
// answer.
func (c *readConditions) unchanged(header string, o *Object) error {
	if c.copying {
		return c.failed(header)
	}
	return with(api.Errorf("NotModified", 304, "Not Modified"), "ETag", quoted(o.ETag), "Last-Modified", httpTime(o.Modified))
}

// matches reports whether a list of ETags has that of an object.
func matches(list string, o *Object) bool {
	for etag := range strings.SplitSeq(list, ",") {
		if etag = unquoted(etag); etag == anyETag || etag == o.ETag {
			return true
		}
	}
	return false
}
