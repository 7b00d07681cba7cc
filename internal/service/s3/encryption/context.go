package encryption

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
)

const contextHeader = "x-amz-server-side-encryption-context"

// arnPair is the pair that S3 adds to every encryption context.
const arnPair = "aws:s3:arn"

// parseContext reads the encryption context of a request: base64 of a JSON
// object of strings.
func parseContext(header string) (map[string]string, error) {
	if header == "" {
		return nil, nil
	}
	text, err := base64.StdEncoding.DecodeString(header)
	if err != nil || !utf8.Valid(text) {
		return nil, errContext()
	}
	pairs, ok := stringMap(text)
	if !ok {
		return nil, errContext()
	}
	for name := range pairs {
		// Conditions on the context know no case: a second spelling of the
		// pair that S3 vouches for would speak beside it.
		if name != arnPair && strings.EqualFold(name, arnPair) {
			return nil, errContext()
		}
	}
	return pairs, nil
}

// stringMap reads a JSON object of strings, in which no name comes twice: what
// was meant then nobody could tell.
func stringMap(text []byte) (pairs map[string]string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	pairs = make(map[string]string)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		token, err := d.Token()
		value, isText := token.(string)
		if _, twice := pairs[name.(string)]; err != nil || !isText || twice {
			return nil, false
		}
		pairs[name.(string)] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	_, err := d.Token()
	return pairs, err == io.EOF
}

// contextOf is the encryption context of an object: what the request said, and
// the ARN of the object, or of the bucket when its key is used.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
func contextOf(b Bucket, key string, bucketKey bool, pairs map[string]string) map[string]string {
	arn := b.arn()
	if !bucketKey {
		arn += "/" + key
	}
	all := map[string]string{arnPair: arn}
	for name, value := range pairs {
		if name != arnPair {
			all[name] = value
		}
	}
	return all
}

// errContext does not repeat what was sent, which the API's model marks as
// sensitive.
func errContext() *api.Error {
	return errArgument(contextHeader, "null", "The header '"+contextHeader+"' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map")
}
