package sigv4_test

import (
	"bufio"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

const (
	testKeyID  = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// received reads a request as a server gets it.
func received(t testing.TB, raw string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(raw, "\n", "\r\n"))))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSignatureSuite has the requests of AWS's Signature Version 4 test suite
// (aws-sig-v4-test-suite): method and target, further headers, body, the names
// of the signed headers, and the signature.
func TestSignatureSuite(t *testing.T) {
	const plain, dated = "host;x-amz-date", "20150830T123600Z"
	for _, c := range []struct{ name, target, headers, body, signed, signature string }{
		{"get-vanilla", "GET /", "", "", plain, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"post-vanilla", "POST /", "", "", plain, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		{"get-slash", "GET //", "", "", plain, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-slash-dot-slash", "GET /./", "", "", plain, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-relative", "GET /example/..", "", "", plain, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-relative-relative", "GET /example1/example2/../..", "", "", plain, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-slash-pointless-dot", "GET /./example", "", "", plain, "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
		{"get-slashes", "GET //example//", "", "", plain, "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
		{"get-unreserved", "GET /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", plain, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
		{"get-vanilla-query", "GET /", "", "", plain, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-vanilla-empty-query-key", "GET /?Param1=value1", "", "", plain, "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
		{"get-vanilla-query-order-key-case", "GET /?Param2=value2&Param1=value1", "", "", plain, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		{"get-vanilla-query-unreserved", "GET /?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", plain, "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
		{"get-vanilla-utf8-query", "GET /?%E1%88%B4=bar", "", "", plain, "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
		{"get-header-value-trim", "GET /", "My-Header1: value1\nMy-Header2: \"a   b   c\"\n", "", "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
		{"get-header-key-duplicate", "GET /", "My-Header1: value2\nMy-Header1: value2\nMy-Header1: value1\n", "", "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
		{"get-header-value-order", "GET /", "My-Header1: value4\nMy-Header1: value1\nMy-Header1: value3\nMy-Header1: value2\n", "", "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
		{"post-header-key-sort", "POST /", "My-Header1: value1\n", "", "host;my-header1;x-amz-date", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
		{"post-header-value-case", "POST /", "My-Header1: VALUE1\n", "", "host;my-header1;x-amz-date", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
		{"post-x-www-form-urlencoded", "POST /", "Content-Type: application/x-www-form-urlencoded\n", "Param1=value1", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := received(t, c.target+" HTTP/1.1\nHost: example.amazonaws.com\n"+c.headers+"X-Amz-Date: "+dated+
				"\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="+
				c.signed+", Signature="+c.signature+"\n\n")
			at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
			expectVerified(t, r, []byte(c.body), at, sigv4.OptionsFor("service"))
		})
	}
}

// expectVerified verifies a request, and makes sure that nothing else would
// have verified in its place.
func expectVerified(t *testing.T, r *http.Request, body []byte, at time.Time, opts sigv4.Options) *sigv4.Signature {
	t.Helper()
	req := sigv4.FromHTTP(r)
	s, err := sigv4.Parse(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(req, sigv4.HashPayload(body), testSecret, at, opts); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(req, sigv4.HashPayload(body), testSecret+"x", at, opts); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("another secret: %v", err)
	}
	if err := s.Verify(req, sigv4.HashPayload(append(body, 'x')), testSecret, at, opts); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("another body: %v", err)
	}
	return s
}

// TestSigningGuide is the worked example of the guide to signing requests:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func TestSigningGuide(t *testing.T) {
	r := received(t, `GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1
Host: iam.amazonaws.com
Content-Type: application/x-www-form-urlencoded; charset=utf-8
X-Amz-Date: 20150830T123600Z
Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7

`)
	s := expectVerified(t, r, nil, time.Date(2015, 8, 30, 12, 40, 0, 0, time.UTC), sigv4.OptionsFor("iam"))
	if s.AccessKeyID != "AKIDEXAMPLE" || s.Date != "20150830" || s.Region != "us-east-1" || s.Service != "iam" || s.Presigned {
		t.Errorf("signature is %+v", s)
	}
}

// TestS3Guide has the examples of the S3 guide to signing:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
// and, presigned,
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func TestS3Guide(t *testing.T) {
	const (
		secret     = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
		credential = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
		empty      = sigv4.EmptyPayload
	)
	put := sigv4.HashPayload([]byte("Welcome to Amazon S3."))
	for _, c := range []struct{ name, request, payload string }{
		{"get object", `GET /test.txt HTTP/1.1
Host: examplebucket.s3.amazonaws.com
Authorization: AWS4-HMAC-SHA256 Credential=` + credential + `,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41
Range: bytes=0-9
x-amz-content-sha256: ` + empty + `
x-amz-date: 20130524T000000Z

`, empty},
		{"put object", `PUT /test%24file.text HTTP/1.1
Host: examplebucket.s3.amazonaws.com
Date: Fri, 24 May 2013 00:00:00 GMT
Authorization: AWS4-HMAC-SHA256 Credential=` + credential + `,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd
x-amz-date: 20130524T000000Z
x-amz-storage-class: REDUCED_REDUNDANCY
x-amz-content-sha256: ` + put + `

`, put},
		{"get lifecycle", `GET /?lifecycle HTTP/1.1
Host: examplebucket.s3.amazonaws.com
Authorization: AWS4-HMAC-SHA256 Credential=` + credential + `,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543
x-amz-date: 20130524T000000Z
x-amz-content-sha256: ` + empty + `

`, empty},
		{"list objects", `GET /?max-keys=2&prefix=J HTTP/1.1
Host: examplebucket.s3.amazonaws.com
Authorization: AWS4-HMAC-SHA256 Credential=` + credential + `,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7
x-amz-date: 20130524T000000Z
x-amz-content-sha256: ` + empty + `

`, empty},
		{"presigned", `GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404 HTTP/1.1
Host: examplebucket.s3.amazonaws.com

`, "UNSIGNED-PAYLOAD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sigv4.FromHTTP(received(t, c.request))
			s, err := sigv4.Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2013, 5, 24, 0, 5, 0, 0, time.UTC)
			if err := s.Verify(r, c.payload, secret, at, sigv4.OptionsFor("s3")); err != nil {
				t.Error(err)
			}
			if err := s.Verify(r, put+"0", secret, at, sigv4.OptionsFor("s3")); !errors.Is(err, sigv4.ErrMismatch) {
				t.Errorf("another payload: %v", err)
			}
		})
	}
}
