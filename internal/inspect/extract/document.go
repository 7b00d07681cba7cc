package extract

import (
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// document is a policy document as it was put. On the wire it is encoded by
// RFC 3986 (IAM API Reference, PolicyDetail), where a plus sign is a plus sign.
// What is not encoded is taken as it stands: a document that we do not
// understand is for the tools to report.
func (r *reader) document(of string, encoded *string) (string, error) {
	// An encoding has at most three characters for a byte.
	if n := len(aws.ToString(encoded)); n > 3*snapshot.MaxDocument {
		return "", tooLarge(of, n/3)
	}
	document, err := url.PathUnescape(aws.ToString(encoded))
	if err != nil {
		document = aws.ToString(encoded)
	}
	if len(document) > snapshot.MaxDocument {
		return "", tooLarge(of, len(document))
	}
	return r.pool.Share(document), nil
}

func tooLarge(of string, size int) error {
	return fmt.Errorf("%s: %w: %d bytes, at most %d are read", of, snapshot.ErrTooLarge, size, snapshot.MaxDocument)
}
