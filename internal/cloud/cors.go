package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/wire"
)

// CORS knows which web pages of other origins a bucket is open to. It tells
// browsers alone: who may do what is decided elsewhere, whatever it says.
type CORS interface {
	// CORS gives the header fields that let a page use the answer. The error, an
	// *api.Error in the service's words, says why it may not: a preflight is
	// answered with it, an actual request just without the fields. ctx belongs
	// to no call, as a browser signs no preflight.
	CORS(ctx context.Context, bucket string, r CORSRequest) ([]HeaderField, error)
}

// CORSRequest is what a browser says of a request that a page makes.
type CORSRequest struct {
	Origin string
	// Method is that of the actual request; of a preflight the one that it asks
	// for.
	Method string
	// Headers are, in lower case, those that a preflight asks for.
	Headers   []string
	Preflight bool
	// Key says that the request is for an object and not for its bucket.
	Key bool
}

// HeaderField is one field of the header of an answer, for services, which know
// nothing of package wire.
type HeaderField = wire.Field
