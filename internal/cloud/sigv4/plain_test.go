package sigv4_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

func plainUpload(t testing.TB, declared string, length int64) *upload {
	u := newUpload(t, declared, -1)
	u.request.ContentLength = length
	return u
}

func TestPlainPayloads(t *testing.T) {
	hash := sigv4.HashPayload([]byte("hello"))
	for _, c := range []struct {
		name, declared string
		length         int64
		body, want     string // the error, if any
		out            string
	}{
		{"hashed", hash, 5, "hello", "", "hello"},
		{"hashed, in upper case", strings.ToUpper(hash), 5, "hello", "", "hello"},
		{"hashed, empty", sigv4.EmptyPayload, 0, "", "", ""},
		{"unsigned", sigv4.UnsignedPayload, 5, "hello", "", "hello"},
		{"unsigned, empty", sigv4.UnsignedPayload, 0, "", "", ""},
		{"another body", hash, 5, "hallo", "XAmzContentSHA256Mismatch", "hallo"},
		{"another body, empty", hash, 0, "", "XAmzContentSHA256Mismatch", ""},
		{"a body where there is none", sigv4.EmptyPayload, 5, "hello", "XAmzContentSHA256Mismatch", "hello"},
		{"too short", hash, 6, "hello", "IncompleteBody", "hello"},
		{"too short, unsigned", sigv4.UnsignedPayload, 6, "hello", "IncompleteBody", "hello"},
		{"no body", hash, 5, "", "IncompleteBody", ""},
		{"no length", hash, -1, "hello", "MissingContentLength", ""},
		{"what follows is not read", hash, 5, "hello, world", "", "hello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachReader(t, c.body, func(t *testing.T, body io.Reader, wrap func(io.Reader) io.Reader) {
				u := plainUpload(t, c.declared, c.length)
				p, err := u.open(t, body)
				var got []byte
				if err == nil {
					defer p.Free()
					got, err = io.ReadAll(wrap(p))
				}
				if string(got) != c.out {
					t.Errorf("%q came out", got)
				}
				if c.want == "" {
					if err != nil || p.Size() != c.length || p.Announced() != nil || p.Trailer() != nil {
						t.Errorf("%v of %d bytes", err, p.Size())
					}
					return
				}
				if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != c.want {
					t.Fatalf("error is %v", err)
				}
				if p == nil {
					return
				}
				if n, again := p.Read(make([]byte, 9)); n != 0 || again != err {
					t.Errorf("after the error: %d, %v", n, again)
				}
			})
		})
	}
}

// TestHashesOfAMismatch are both told, in the fields that S3 has for them.
func TestHashesOfAMismatch(t *testing.T) {
	p, err := plainUpload(t, sigv4.EmptyPayload, 5).open(t, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(p)
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Status != 400 || e.Message != "The provided 'x-amz-content-sha256' header does not match what was computed." ||
		e.Fields["ClientComputedContentSHA256"] != sigv4.EmptyPayload ||
		e.Fields["S3ComputedContentSHA256"] != sigv4.HashPayload([]byte("hello")) {
		t.Errorf("error is %+v", err)
	}
}

func TestDeclaredPayloads(t *testing.T) {
	const (
		invalid = "InvalidArgument"
		missing = "InvalidRequest: Missing required header for this request: x-amz-content-sha256"
		nobody  = "InvalidRequest: Anonymous requests don't support this x-amz-content-sha256 value. Please use UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER."
	)
	header, query, old := &sigv4.Signature{}, &sigv4.Signature{Presigned: true}, &sigv4.Signature{V2: true}
	for _, c := range []struct {
		name      string
		signature *sigv4.Signature
		header    []string
		query     string
		want, err string
	}{
		{"hash", header, []string{sigv4.EmptyPayload}, "", sigv4.EmptyPayload, ""},
		{"unsigned", header, []string{"UNSIGNED-PAYLOAD"}, "", "UNSIGNED-PAYLOAD", ""},
		{"chunks", header, []string{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}, "", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ""},
		{"chunks and trailer", header, []string{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}, "", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ""},
		{"trailer", header, []string{"STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, "", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ""},
		{"asymmetric", header, []string{"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}, "", "",
			"NotImplemented: The chunk encoding algorithm STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD is not implemented."},
		{"asymmetric and trailer", header, []string{"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"}, "", "",
			"NotImplemented: The chunk encoding algorithm STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER is not implemented."},
		{"none", header, nil, "", "", missing},
		{"none of the header's", header, nil, "X-Amz-Content-Sha256=UNSIGNED-PAYLOAD", "", missing},
		{"empty", header, []string{""}, "", "", invalid},
		{"twice", header, []string{sigv4.EmptyPayload, sigv4.EmptyPayload}, "", "", invalid},
		{"another word", header, []string{"unsigned-payload"}, "", "", invalid},
		{"a short hash", header, []string{sigv4.EmptyPayload[2:]}, "", "", invalid},
		{"no hash", header, []string{"g" + sigv4.EmptyPayload[1:]}, "", "", invalid},
		{"presigned", query, nil, "a=b", "UNSIGNED-PAYLOAD", ""},
		{"presigned, in the query", query, nil, "a=b&X-Amz-Content-Sha256=" + sigv4.EmptyPayload, sigv4.EmptyPayload, ""},
		{"presigned, escaped", query, nil, "X-Amz-Content-Sha256=UNSIGNED%2DPAYLOAD", "UNSIGNED-PAYLOAD", ""},
		{"presigned, in the header", query, []string{sigv4.EmptyPayload}, "", sigv4.EmptyPayload, ""},
		{"presigned, invalid", query, nil, "X-Amz-Content-Sha256=x", "", invalid},
		{"version 2", old, nil, "", "UNSIGNED-PAYLOAD", ""},
		{"version 2, trailer", old, []string{"STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, "", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ""},
		{"version 2, chunks", old, []string{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}, "", "", nobody},
		{"nobody", nil, nil, "", "UNSIGNED-PAYLOAD", ""},
		{"nobody, hash", nil, []string{sigv4.EmptyPayload}, "", sigv4.EmptyPayload, ""},
		{"nobody, chunks", nil, []string{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}, "", "", nobody},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &sigv4.Request{RawQuery: c.query, Header: map[string][]string{}}
			if c.header != nil {
				r.Header["X-Amz-Content-Sha256"] = c.header
			}
			got, err := sigv4.ContentSHA256(r, c.signature)
			if c.err == "" {
				if err != nil || got != c.want {
					t.Errorf("%s, %v", got, err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.err) || got != "" {
				t.Errorf("%s, %v, want %s", got, err, c.err)
			}
		})
	}
}
