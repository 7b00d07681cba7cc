package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// asked is a request of S3 for the object k of the bucket b; headers are pairs
// of name and value.
func asked(query, body string, headers ...string) *Request {
	r := &Request{RawQuery: query, Header: http.Header{}, Labels: map[string]string{"Bucket": "b", "Key": "k"}, Body: []byte(body)}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func decodeRest(t *testing.T, op *api.Operation, r *Request) any {
	t.Helper()
	in, err := For(api.RestXML).Decode(op, r)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRestDecode(t *testing.T) {
	bucket, key := new("b"), new("k")
	when := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, test := range []struct {
		name string
		op   *api.Operation
		r    *Request
		want any
	}{
		{"label", &s3api.OpDeleteObject.Operation, &Request{Labels: map[string]string{"Bucket": "b", "Key": "a/b c/é//../\n", "Other": "x"}},
			&s3api.DeleteObjectInput{Bucket: bucket, Key: new("a/b c/é//../\n")}},
		{"query", &s3api.OpListObjectsV2.Operation, asked("list-type=2&prefix=a+b%2B%C3%A9&max-keys=7&fetch-owner=true&encoding-type=url&other=1&flag", ""),
			&s3api.ListObjectsV2Input{Bucket: bucket, Prefix: new("a b+é"), MaxKeys: new(int32(7)), FetchOwner: new(true), EncodingType: "url"}},
		// Empty text is something; an empty number or choice is nothing.
		{"empty query", &s3api.OpListObjectsV2.Operation, asked("prefix=&delimiter&max-keys=&fetch-owner=&&", ""),
			&s3api.ListObjectsV2Input{Bucket: bucket, Prefix: new(""), Delimiter: new("")}},
		{"the first of a repeated parameter", &s3api.OpListObjectsV2.Operation, asked("prefix=a&prefix=b&max-keys=1&max-keys=x", ""),
			&s3api.ListObjectsV2Input{Bucket: bucket, Prefix: new("a"), MaxKeys: new(int32(1))}},
		{"names of parameters have case", &s3api.OpGetObject.Operation, asked("versionid=a&VersionId=b", ""), &s3api.GetObjectInput{Bucket: bucket, Key: key}},
		{"escaped name", &s3api.OpGetObject.Operation, asked("version%49d=a", ""), &s3api.GetObjectInput{Bucket: bucket, Key: key, VersionId: new("a")}},
		{"time in the query", &s3api.OpGetObject.Operation, asked("response-expires=Tue,%2003%20Feb%202026%2004:05:06%20GMT", ""),
			&s3api.GetObjectInput{Bucket: bucket, Key: key, ResponseExpires: &when}},
		{"headers", &s3api.OpPutObject.Operation, asked("", "", "content-length", "12", "X-AMZ-ACL", "private", "content-type", "text/plain", "x-amz-tagging", "",
			"x-amz-server-side-encryption-bucket-key-enabled", "True", "x-amz-object-lock-retain-until-date", "2026-02-03T04:05:06.000Z"),
			&s3api.PutObjectInput{Bucket: bucket, Key: key, ContentLength: new(int64(12)), ACL: "private", ContentType: new("text/plain"), Tagging: new(""),
				BucketKeyEnabled: new(true), ObjectLockRetainUntilDate: &when, Body: bytes.NewReader([]byte{})}},
		{"empty headers", &s3api.OpPutObject.Operation, asked("", "", "x-amz-acl", "", "x-amz-server-side-encryption-bucket-key-enabled", "", "Content-MD5", ""),
			&s3api.PutObjectInput{Bucket: bucket, Key: key, ContentMD5: new(""), Body: bytes.NewReader([]byte{})}},
		{"dates", &s3api.OpGetObject.Operation, asked("", "", "If-Modified-Since", "Tue, 03 Feb 2026 04:05:06 GMT", "If-Unmodified-Since", "Tuesday, 03-Feb-26 04:05:06 GMT"),
			&s3api.GetObjectInput{Bucket: bucket, Key: key, IfModifiedSince: &when, IfUnmodifiedSince: &when}},
		{"what is no date is no condition", &s3api.OpGetObject.Operation, asked("", "", "If-Modified-Since", "yesterday"), &s3api.GetObjectInput{Bucket: bucket, Key: key}},
		{"list", &s3api.OpGetObjectAttributes.Operation, asked("attributes", "", "x-amz-object-attributes", " ETag ,Checksum,, ObjectSize"),
			&s3api.GetObjectAttributesInput{Bucket: bucket, Key: key, ObjectAttributes: []s3api.ObjectAttributes{"ETag", "Checksum", "ObjectSize"}}},
		{"repeated list", &s3api.OpGetObjectAttributes.Operation, asked("", "", "x-amz-object-attributes", "ETag", "x-amz-object-attributes", `"Checksum"`),
			&s3api.GetObjectAttributesInput{Bucket: bucket, Key: key, ObjectAttributes: []s3api.ObjectAttributes{"ETag", "Checksum"}}},
		{"metadata", &s3api.OpPutObject.Operation, asked("", "", "X-Amz-Meta-Some-Key", "v", "x-amz-meta-", "nothing", "x-amz-meta-twice", "a", "x-amz-meta-twice", "=?UTF-8?Q?b?="),
			&s3api.PutObjectInput{Bucket: bucket, Key: key, Metadata: map[string]string{"some-key": "v", "twice": "a,b"}, Body: bytes.NewReader([]byte{})}},
		{"policy", &s3api.OpPutBucketPolicy.Operation, asked("policy", " {}\n", "x-amz-confirm-remove-self-bucket-access", "true"),
			&s3api.PutBucketPolicyInput{Bucket: bucket, Policy: new(" {}\n"), ConfirmRemoveSelfBucketAccess: new(true)}},
		{"document", &s3api.OpPutBucketVersioning.Operation, asked("versioning", `<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`, "x-amz-mfa", "s 1"),
			&s3api.PutBucketVersioningInput{Bucket: bucket, MFA: new("s 1"), VersioningConfiguration: &s3api.VersioningConfiguration{Status: "Enabled"}}},
		{"no document", &s3api.OpCreateBucket.Operation, asked("", ""), &s3api.CreateBucketInput{Bucket: bucket}},
		{"blank document", &s3api.OpCreateBucket.Operation, asked("", "\n \t"), &s3api.CreateBucketInput{Bucket: bucket}},
		{"a body that nobody asked for", &s3api.OpGetObject.Operation, asked("", "<x>"), &s3api.GetObjectInput{Bucket: bucket, Key: key}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in, err := For(api.RestXML).Decode(test.op, test.r)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, in, test.want)
		})
	}
}

// A presigned URL may hold headers of AWS's as parameters, as those of boto3 and
// of the SDK for JavaScript do.
func TestRestDecodeHoisted(t *testing.T) {
	op := &s3api.OpPutObject.Operation
	got := decodeRest(t, op, asked("X-Amz-Algorithm=AWS4-HMAC-SHA256&x-amz-acl=public-read&X-Amz-Meta-Name=caf%C3%A9&x-amz-server-side-encryption=aws%3Akms&x-amz-tagging=a%3D1&cache-control=no", "",
		"x-amz-server-side-encryption", "AES256", "x-amz-meta-other", "o", "x-amz-meta-name2", "n")).(*s3api.PutObjectInput)
	got.Body = nil
	wantEqual(t, got, &s3api.PutObjectInput{Bucket: new("b"), Key: new("k"), ACL: "public-read", ServerSideEncryption: "AES256", Tagging: new("a=1"),
		Metadata: map[string]string{"name": "café", "other": "o", "name2": "n"}})

	// As in https://github.com/aws/aws-sdk-go-v2/issues/2610, and from the SDK for JavaScript.
	for _, query := range []string{
		"X-Amz-Checksum-Sha256=bad%2BnDnO0vTnour8G%2B5YPPx4tLMvxgS0K3ZBusogZxU%3D&X-Amz-Sdk-Checksum-Algorithm=SHA256",
		"x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-amz-checksum-crc64nvme=x&x-amz-checksum-xxhash128=x",
	} {
		got := decodeRest(t, op, asked(query, "")).(*s3api.PutObjectInput)
		got.Body = nil
		wantEqual(t, got, &s3api.PutObjectInput{Bucket: new("b"), Key: new("k")})
	}
	up := decodeRest(t, &s3api.OpCreateMultipartUpload.Operation, asked("uploads&x-amz-checksum-algorithm=SHA256&x-amz-checksum-type=COMPOSITE", "")).(*s3api.CreateMultipartUploadInput)
	wantEqual(t, up, &s3api.CreateMultipartUploadInput{Bucket: new("b"), Key: new("k"), ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE"})

	got = decodeRest(t, op, asked("x-amz-meta-name=query", "", "x-amz-meta-name", "header")).(*s3api.PutObjectInput)
	wantEqual(t, got.Metadata, map[string]string{"name": "header"})

	for _, query := range []string{"x-amz-tagging=a%0D%0Ab", "x-amz-meta-a=%00", "X-Amz-Meta-a%20b=c", "X-Amz-Meta-%C3%A9=c", "X-Amz-Meta-a:b=c"} {
		_, err := For(api.RestXML).Decode(op, asked(query, ""))
		if code(err) != "InvalidArgument" && err != nil || err == nil && decodeRest(t, op, asked(query, "")).(*s3api.PutObjectInput).Metadata != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func code(err error) string {
	var e *api.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// The payload is handed over as it came: whoever verifies it is behind it.
func TestRestDecodePayload(t *testing.T) {
	payload := strings.NewReader("content")
	r := asked("", "")
	r.Payload = payload
	if in := decodeRest(t, &s3api.OpUploadPart.Operation, r).(*s3api.UploadPartInput); in.Body != payload {
		t.Errorf("got %v", in.Body)
	}
	in := decodeRest(t, &s3api.OpPutObject.Operation, asked("", "buffered")).(*s3api.PutObjectInput)
	if got, err := io.ReadAll(in.Body); err != nil || string(got) != "buffered" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRestRefuses(t *testing.T) {
	for _, query := range []string{"prefix=%zz", "prefix=%4", "%zz=1", "prefix=%FF", "x-amz-request-payer=%zz"} {
		_, err := For(api.RestXML).Decode(&s3api.OpListObjectsV2.Operation, asked(query, ""))
		wantError(t, err, "InvalidURI", "Couldn't parse the specified URI.")
	}
	// Not ours to read, so not ours to refuse.
	decodeRest(t, &s3api.OpListObjectsV2.Operation, asked("other=%zz", ""))
}

// The same request has the same answer, whatever order its headers have in
// memory.
func TestRestRefusesInOrder(t *testing.T) {
	for range 50 {
		_, err := For(api.RestXML).Decode(&s3api.OpPutObject.Operation, asked("", "", "x-amz-write-offset-bytes", "x", "content-length", "y",
			"x-amz-server-side-encryption-bucket-key-enabled", "z", "x-amz-object-lock-retain-until-date", "w"))
		wantError(t, err, "InvalidArgument", "Value for Content-Length is invalid.")
	}
}

// The types of S3 do not use all that the protocol has. These are as those of
// Route 53 and CloudFront.
type zone struct {
	ID     *string     `api:"Id,location=uri,required"`
	Colors []color     `api:"color,location=querystring"`
	Marks  []int32     `api:"X-Marks,location=header"`
	Blob   []byte      `api:"X-Blob,location=header"`
	Ratio  *float64    `api:"X-Ratio,location=header"`
	Since  *time.Time  `api:"X-Since,location=header,timestampFormat=unixTimestamp"`
	Until  *time.Time  `api:"until,location=querystring"`
	Status *int32      `api:"StatusCode,location=statusCode"`
	Body   *everything `api:"Body"`
	Flag   *bool       `api:"Flag"`
}

var (
	zoneService = api.Service{Name: "zones", SigningName: "zones", Protocol: api.RestXML, Namespace: "https://zones.example/doc/"}
	zoneOp      = api.Define[zone, zone](api.Operation{Service: &zoneService, Name: "ChangeZone", Method: "POST", Path: "/zone/{Id}"})
)

func TestRestGeneric(t *testing.T) {
	op := &zoneOp.Operation
	r := asked("color=RED&color=GREEN&until=2026-02-03T04:05:06Z", `<ChangeZoneRequest><Body><Text>t</Text></Body><Flag>true</Flag></ChangeZoneRequest>`,
		"X-Marks", "1, 2", "X-Blob", "AP8=", "X-Ratio", "0.5", "X-Since", "1770091506.25")
	r.Labels = map[string]string{"Id": "z"}
	since, until := time.Date(2026, 2, 3, 4, 5, 6, 25e7, time.UTC), time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	want := &zone{ID: new("z"), Colors: []color{"RED", "GREEN"}, Marks: []int32{1, 2}, Blob: []byte{0, 255}, Ratio: new(0.5),
		Since: &since, Until: &until, Body: &everything{Text: new("t")}, Flag: new(true)}
	got := decodeRest(t, op, r)
	wantEqual(t, got, want)

	want.Status = new(int32(202))
	resp := For(api.RestXML).EncodeOutput(nil, op, want, "id-1")
	if resp.Status != 202 {
		t.Errorf("status %d", resp.Status)
	}
	wantEqual(t, resp.Header, []Field{{"X-Amzn-Requestid", "id-1"}, {"X-Marks", "1,2"}, {"X-Blob", "AP8="}, {"X-Ratio", "0.5"}, {"X-Since", "1770091506.250"}, {"Content-Type", "application/xml"}})
	if got := string(resp.Body); got != xmlDeclaration+`<ChangeZoneResult xmlns="https://zones.example/doc/"><Body><Text>t</Text></Body><Flag>true</Flag></ChangeZoneResult>` {
		t.Error(got)
	}

	_, err := For(api.RestXML).Decode(op, asked("", "", "X-Ratio", "x"))
	wantError(t, err, "InvalidArgument", "Invalid value for X-Ratio")
	_, err = For(api.RestXML).Decode(op, asked("", "<other/>"))
	if code(err) != "MalformedXML" {
		t.Error(err)
	}
	resp = For(api.RestXML).EncodeError(nil, &zoneService, op, api.Errorf("NoSuchZone", 404, "No zone"), "id-1")
	if !strings.HasPrefix(string(resp.Body), `<ErrorResponse xmlns="https://zones.example/doc/"><Error><Type>Sender</Type><Code>NoSuchZone</Code>`) {
		t.Errorf("%s", resp.Body)
	}
	wantError(t, Validate(op, &zone{}), "ValidationException", "1 validation error detected: Value null at 'iD' failed to satisfy constraint: Member must not be null")
}
