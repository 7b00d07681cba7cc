package gateway

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// checkDigests holds a body that has been read to the checksums that came with
// it. An operation may demand one: what only a signature covers, S3 does not
// take for it.
func (x *exchange) checkDigests(body []byte) error {
	h := x.r.Header
	md5s := h[contentMD5]
	if len(md5s) > 0 {
		if err := checkMD5(md5s, body); err != nil {
			return err
		}
	}
	given := false
	if x.rest.checksums {
		var err error
		if given, err = checkChecksums(h, body); err != nil {
			return err
		}
	}
	if x.rest.op.Checksum && len(md5s) == 0 && !given {
		return errInvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	return nil
}

const (
	contentMD5 = "Content-Md5"
	// sdkAlgorithm names the checksum that an SDK has computed. The operations
	// that know it are those where a checksum is one of the body.
	sdkAlgorithm       = "x-amz-sdk-checksum-algorithm"
	sdkAlgorithmHeader = "X-Amz-Sdk-Checksum-Algorithm"
)

func checkMD5(values []string, body []byte) error {
	sum, err := base64.StdEncoding.Strict().DecodeString(values[0])
	if err != nil || len(sum) != md5.Size || len(values) > 1 {
		e := api.Errorf("InvalidDigest", http.StatusBadRequest, "The Content-MD5 you specified was invalid.")
		e.Fields = map[string]any{"Content-MD5": values[0]}
		return e
	}
	computed := md5.Sum(body)
	if subtle.ConstantTimeCompare(computed[:], sum) != 1 {
		e := api.Errorf("BadDigest", http.StatusBadRequest, "The Content-MD5 you specified did not match what we received.")
		e.Fields = map[string]any{"ExpectedDigest": values[0], "CalculatedDigest": base64.StdEncoding.EncodeToString(computed[:])}
		return e
	}
	return nil
}

// checkChecksums checks the one x-amz-checksum-* header that there may be, and
// reports whether there is one.
func checkChecksums(h http.Header, body []byte) (given bool, err error) {
	var algorithm checksum.Algorithm
	var values []string
	for name, v := range h {
		a, ok := checksum.ParseHeader(name)
		switch {
		case !ok:
		case values != nil:
			return false, errInvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		default:
			algorithm, values = a, v
		}
	}
	if values == nil {
		if len(h[sdkAlgorithmHeader]) > 0 {
			return false, errInvalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
		}
		return false, nil
	}
	sum, ok := algorithm.Decode(values[0])
	if !ok || len(values) > 1 {
		return false, errInvalidRequest("Value for " + algorithm.Header() + " header is invalid.")
	}
	computed := checksum.New(algorithm)
	computed.Write(body)
	if subtle.ConstantTimeCompare(computed.Sum(nil), sum) != 1 {
		return false, api.Errorf("BadDigest", http.StatusBadRequest, "The %s you specified did not match the calculated checksum.", algorithm)
	}
	return true, nil
}

func errInvalidRequest(message string) error {
	return api.Errorf("InvalidRequest", http.StatusBadRequest, "%s", message)
}
