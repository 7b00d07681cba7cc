package iam

import (
	"errors"
	"net/url"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/policy"
)

// parseDocument refuses a malformed policy document in IAM's words.
func parseDocument(doc string, kind policy.Kind) error {
	_, err := policy.Parse(doc, kind)
	var malformed *policy.MalformedError
	if errors.As(err, &malformed) {
		return iamapi.ErrMalformedPolicyDocument("%s", malformed.Reason)
	}
	return err
}

// encodeDocument is how IAM returns documents: percent-encoded by RFC 3986,
// where a space is %20.
func encodeDocument(doc string) *string {
	return new(strings.ReplaceAll(url.QueryEscape(doc), "+", "%20"))
}
