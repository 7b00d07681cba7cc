package s3

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// maxMetadata is the most that the names and values of user-defined metadata
// can be together, in bytes.
const maxMetadata = 2 << 10

func checkMetadata(metadata map[string]string) error {
	size := 0
	for name, v := range metadata {
		size += len(name) + len(v)
	}
	if size > maxMetadata {
		return with(api.Errorf("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size"),
			"Size", strconv.Itoa(size), "MaxSizeAllowed", strconv.Itoa(maxMetadata))
	}
	return nil
}

// headersOf are the headers that a request gives an object.
func headersOf(cacheControl, disposition, encoding, language, contentType, expires, redirect *string) Headers {
	return Headers{
		CacheControl:            value(cacheControl),
		ContentDisposition:      value(disposition),
		ContentEncoding:         value(encoding),
		ContentLanguage:         value(language),
		ContentType:             value(contentType),
		Expires:                 value(expires),
		WebsiteRedirectLocation: value(redirect),
	}
}

// unlessZero is p, nil if it points to the zero value.
func unlessZero[T comparable](p *T) *T {
	var zero T
	if *p == zero {
		return nil
	}
	return p
}

// httpTime is a time as HTTP headers have it.
func httpTime(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// checkRedirect refuses a website redirect location that no browser could
// follow.
func checkRedirect(location string) error {
	if location == "" || strings.HasPrefix(location, "/") || strings.HasPrefix(location, "http://") || strings.HasPrefix(location, "https://") {
		return nil
	}
	return api.Errorf("InvalidRedirectLocation", 400, "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
}

// checkStorageClass refuses classes that an object cannot be put into. The
// archives are among them: nothing could bring an object back that is there.
func checkStorageClass(c s3api.StorageClass) error {
	switch c {
	case "", s3api.StorageClassStandard, s3api.StorageClassReducedRedundancy, s3api.StorageClassStandardIa,
		s3api.StorageClassOnezoneIa, s3api.StorageClassIntelligentTiering, s3api.StorageClassGlacierIr:
		return nil
	case s3api.StorageClassGlacier, s3api.StorageClassDeepArchive:
		return notBuilt("storage class " + string(c))
	}
	return api.Errorf("InvalidStorageClass", 400, "The storage class you specified is not valid")
}

// keptClass is a storage class as rows have it.
func keptClass(c s3api.StorageClass) s3api.StorageClass {
	if c == s3api.StorageClassStandard {
		return ""
	}
	return c
}
