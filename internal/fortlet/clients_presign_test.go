package fortlet_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// sendLink sends what was presigned, as somebody who has nothing else.
func sendLink(t *testing.T, client *http.Client, p *v4.PresignedHTTPRequest, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), p.Method, p.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range p.SignedHeader {
		r.Header[name] = values
	}
	return answerOf(t, client, r)
}

func answerOf(t *testing.T, client *http.Client, r *http.Request) (status int, answer string) {
	t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// The two addresses of a bucket: by path, and by host.
func bothStyles(t *testing.T, test func(t *testing.T, cloud *fortlettest.Cloud, client *s3.Client, plain *http.Client)) {
	t.Parallel()
	cloud := fortlettest.New(t)
	t.Run("path", func(t *testing.T) { test(t, cloud, newS3(cloud.Config()), http.DefaultClient) })
	t.Run("host", func(t *testing.T) {
		test(t, cloud, newAWS(cloud, cloud.Config()), &http.Client{Transport: httpTo(cloud).GetTransport()})
	})
}

func TestPresignClient(t *testing.T) {
	bothStyles(t, func(t *testing.T, cloud *fortlettest.Cloud, client *s3.Client, plain *http.Client) {
		bucket := makeBucket(t, client, "links-"+strings.ToLower(t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]))
		key := new("a key/with ü+&?#%.txt")
		links := s3.NewPresignClient(client)
		ctx := t.Context()

		put, err := links.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key,
			ContentType: new("text/x-test"), Metadata: map[string]string{"k": "v w"}, Tagging: new("a=b"),
			ServerSideEncryption: types.ServerSideEncryptionAwsKms, ContentLength: new(int64(5))})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := sendLink(t, plain, put, "hello"); status != 200 {
			t.Fatalf("PUT: %d %s", status, answer)
		}
		head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if head.Metadata["k"] != "v w" || *head.ContentType != "text/x-test" || *head.TagCount != 1 || head.ServerSideEncryption != types.ServerSideEncryptionAwsKms {
			t.Errorf("what was put has %+v", head)
		}
		// Without a header that was signed, and with another one.
		for _, change := range []func(http.Header){
			func(h http.Header) { h.Del("Content-Type") },
			func(h http.Header) { h.Set("X-Amz-Meta-K", "other") },
		} {
			other := *put
			other.SignedHeader = put.SignedHeader.Clone()
			change(other.SignedHeader)
			if status, answer := sendLink(t, plain, &other, "hello"); status != 403 || !strings.Contains(answer, "<Code>SignatureDoesNotMatch</Code>") {
				t.Errorf("PUT with other headers: %d %s", status, answer)
			}
		}

		get, err := links.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, ResponseContentDisposition: new(`attachment; filename="ü.txt"`)},
			s3.WithPresignExpires(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := sendLink(t, plain, get, ""); status != 200 || answer != "hello" {
			t.Errorf("GET: %d %s", status, answer)
		}
		wrong := *get
		wrong.Method = http.MethodDelete
		if status, answer := sendLink(t, plain, &wrong, ""); status != 403 || !strings.Contains(answer, "<Code>SignatureDoesNotMatch</Code>") {
			t.Errorf("DELETE of a link to GET: %d %s", status, answer)
		}
		look, err := links.PresignHeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := sendLink(t, plain, look, ""); status != 200 {
			t.Errorf("HEAD: %d", status)
		}

		upload, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: new("parts")})
		if err != nil {
			t.Fatal(err)
		}
		part, err := links.PresignUploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: new("parts"), UploadId: upload.UploadId, PartNumber: new(int32(1))})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := sendLink(t, plain, part, "a part"); status != 200 {
			t.Errorf("PUT of a part: %d %s", status, answer)
		}
		uploaded, err := client.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: new("parts"), UploadId: upload.UploadId})
		if err != nil || len(uploaded.Parts) != 1 || *uploaded.Parts[0].Size != 6 {
			t.Errorf("ListParts: %+v, %v", uploaded, err)
		}

		gone, err := links.PresignDeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := sendLink(t, plain, gone, ""); status != 204 {
			t.Errorf("DELETE: %d %s", status, answer)
		}
		if status, answer := sendLink(t, plain, get, ""); status != 404 {
			t.Errorf("GET of what is deleted: %d %s", status, answer)
		}
	})
}

// A link may do what its maker may do when it is used.
func TestPresignByWhoMayNot(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	bucket := makeBucket(t, newS3(cloud.Config()), "links")
	link, err := s3.NewPresignClient(newS3(cloud.User("nobody"))).PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k")})
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := sendLink(t, http.DefaultClient, link, "x"); status != 403 || !strings.Contains(answer, "<Code>AccessDenied</Code>") {
		t.Errorf("PUT: %d %s", status, answer)
	}
}

func TestPresignPost(t *testing.T) {
	bothStyles(t, func(t *testing.T, cloud *fortlettest.Cloud, client *s3.Client, plain *http.Client) {
		bucket := makeBucket(t, client, "forms-"+strings.ToLower(t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]))
		form := func(ctx context.Context, conditions ...any) *s3.PresignedPostRequest {
			p, err := s3.NewPresignClient(client).PresignPostObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: new("in/${filename}")},
				func(o *s3.PresignPostOptions) {
					o.Conditions = append(conditions, []any{"starts-with", "$key", "in/"}, []any{"content-length-range", 1, 100})
				})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := form(t.Context(), map[string]string{"x-amz-meta-who": "me"})
		p.Values["x-amz-meta-who"] = "me"
		if status, answer := post(t, plain, p, "ü .txt", "hello"); status != 204 {
			t.Fatalf("POST: %d %s", status, answer)
		}
		wantContent(t, client, bucket, "in/ü .txt", []byte("hello"))
		for name, tt := range map[string]struct {
			fields map[string]string
			size   int
			code   string
			status int
		}{
			"too much":           {nil, 101, "EntityTooLarge", 400},
			"too little":         {nil, 0, "EntityTooSmall", 400},
			"elsewhere":          {map[string]string{"key": "out/k"}, 5, "AccessDenied", 403},
			"a field of its own": {map[string]string{"x-amz-meta-who": "you"}, 5, "AccessDenied", 403},
			"another signature":  {map[string]string{"X-Amz-Signature": strings.Repeat("0", 64)}, 5, "SignatureDoesNotMatch", 403},
		} {
			p := form(t.Context())
			for k, v := range tt.fields {
				p.Values[k] = v
			}
			if status, answer := post(t, plain, p, "k", strings.Repeat("x", tt.size)); status != tt.status || !strings.Contains(answer, "<Code>"+tt.code+"</Code>") {
				t.Errorf("POST %s: %d %s", name, status, answer)
			}
		}
	})
}

// post sends a form as a browser does.
func post(t *testing.T, client *http.Client, p *s3.PresignedPostRequest, filename, content string) (status int, answer string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range p.Values {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", filename)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(file, content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return answerOf(t, client, r)
}

// A link is good for the bucket that it names, whichever way it names it.
func TestPresignedForAnotherBucket(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	client := newAWS(cloud, cloud.Config())
	mine, other := makeBucket(t, client, "mine"), makeBucket(t, client, "other")
	for _, b := range []*string{mine, other} {
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: new("k"), Body: strings.NewReader(*b)}); err != nil {
			t.Fatal(err)
		}
	}
	link, err := s3.NewPresignClient(client).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: mine, Key: new("k")})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = "other" + strings.TrimPrefix(u.Host, "mine")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := answerOf(t, &http.Client{Transport: httpTo(cloud).GetTransport()}, r); status != 403 || !strings.Contains(answer, "<Code>SignatureDoesNotMatch</Code>") {
		t.Errorf("%s: %d %s", u.Host, status, answer)
	}
}
