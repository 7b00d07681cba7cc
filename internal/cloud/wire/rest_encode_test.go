package wire

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

const s3xmlns = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`

// answered encodes an output of S3 and checks what all answers have in common.
func answered(t *testing.T, op *api.Operation, out any) (resp Response, header []Field, body string) {
	t.Helper()
	resp = For(api.RestXML).EncodeOutput([]byte("before")[:0], op, out, "id-1")
	checkIDs(t, resp)
	body = string(resp.Body)
	if strings.HasPrefix(body, "<") {
		if !wellFormed(resp.Body) {
			t.Errorf("not well-formed: %s", body)
		}
		var found bool
		if body, found = strings.CutPrefix(body, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); !found {
			t.Errorf("no declaration: %s", body)
		}
	}
	return resp, resp.Header[2:], body
}

func checkIDs(t *testing.T, resp Response) {
	t.Helper()
	if len(resp.Header) < 2 || resp.Header[0] != (Field{"x-amz-request-id", "id-1"}) || resp.Header[1].Name != "x-amz-id-2" {
		t.Fatalf("ids: %v", resp.Header)
	}
	if id, err := base64.StdEncoding.DecodeString(resp.Header[1].Value); err != nil || len(id) < 24 {
		t.Errorf("host id %q: %v", resp.Header[1].Value, err)
	}
}

// The documents are those of the examples in the API reference of S3, by name of
// the operation, without its white space.
func TestRestEncodeDocuments(t *testing.T) {
	when := time.Date(2009, 10, 12, 17, 50, 30, 0, time.UTC)
	owner := &s3api.Owner{ID: new("75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a")}
	for _, test := range []struct {
		op   *api.Operation
		out  any
		want string
	}{
		{&s3api.OpGetBucketLocation.Operation, &s3api.GetBucketLocationOutput{LocationConstraint: "eu-west-1"}, `<LocationConstraint` + s3xmlns + `>eu-west-1</LocationConstraint>`},
		{&s3api.OpGetBucketLocation.Operation, &s3api.GetBucketLocationOutput{}, `<LocationConstraint` + s3xmlns + `/>`},
		{&s3api.OpGetBucketVersioning.Operation, &s3api.GetBucketVersioningOutput{}, `<VersioningConfiguration` + s3xmlns + `/>`},
		{&s3api.OpGetBucketVersioning.Operation, &s3api.GetBucketVersioningOutput{Status: "Enabled"}, `<VersioningConfiguration` + s3xmlns + `><Status>Enabled</Status></VersioningConfiguration>`},
		{&s3api.OpListBuckets.Operation, &s3api.ListBucketsOutput{Buckets: []s3api.Bucket{{Name: new("b"), CreationDate: &when}}, Owner: owner},
			`<ListAllMyBucketsResult` + s3xmlns + `><Buckets><Bucket><Name>b</Name><CreationDate>2009-10-12T17:50:30.000Z</CreationDate></Bucket></Buckets><Owner><ID>` + *owner.ID + `</ID></Owner></ListAllMyBucketsResult>`},
		{&s3api.OpListBuckets.Operation, &s3api.ListBucketsOutput{Buckets: []s3api.Bucket{}}, `<ListAllMyBucketsResult` + s3xmlns + `><Buckets/></ListAllMyBucketsResult>`},
		{&s3api.OpListObjectsV2.Operation, &s3api.ListObjectsV2Output{
			Name: new("b"), Prefix: new(""), KeyCount: new(int32(2)), MaxKeys: new(int32(1000)), IsTruncated: new(false), Delimiter: new("/"),
			Contents: []s3api.Object{
				{Key: new("a&<b>\r\n\"é"), LastModified: &when, ETag: new(`"70ee1738b6b21e2c8a43f3a5ab0eee71"`), Size: new(int64(0)), StorageClass: "STANDARD", ChecksumAlgorithm: []s3api.ChecksumAlgorithm{"CRC32", "SHA1"}},
			},
			CommonPrefixes: []s3api.CommonPrefix{{Prefix: new("x/")}, {Prefix: new("y/")}},
		}, `<ListBucketResult` + s3xmlns + `><IsTruncated>false</IsTruncated><Contents><Key>a&amp;&lt;b&gt;&#xD;&#xA;&quot;é</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>` +
			`<ETag>&quot;70ee1738b6b21e2c8a43f3a5ab0eee71&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>` +
			`<Name>b</Name><Prefix/><Delimiter>/</Delimiter><MaxKeys>1000</MaxKeys><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>y/</Prefix></CommonPrefixes><KeyCount>2</KeyCount></ListBucketResult>`},
		{&s3api.OpGetBucketAcl.Operation, &s3api.GetBucketAclOutput{Owner: owner, Grants: []s3api.Grant{{Grantee: &s3api.Grantee{Type: "CanonicalUser", ID: owner.ID}, Permission: "FULL_CONTROL"}}},
			`<AccessControlPolicy` + s3xmlns + `><Owner><ID>` + *owner.ID + `</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>` +
				*owner.ID + `</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`},
		{&s3api.OpGetBucketTagging.Operation, &s3api.GetBucketTaggingOutput{}, `<Tagging` + s3xmlns + `><TagSet/></Tagging>`},
		{&s3api.OpGetObjectTagging.Operation, &s3api.GetObjectTaggingOutput{TagSet: []s3api.Tag{{Key: new("k"), Value: new("")}}}, `<Tagging` + s3xmlns + `><TagSet><Tag><Key>k</Key><Value/></Tag></TagSet></Tagging>`},
		{&s3api.OpCopyObject.Operation, &s3api.CopyObjectOutput{CopyObjectResult: &s3api.CopyObjectResult{LastModified: &when}}, `<CopyObjectResult` + s3xmlns + `><LastModified>2009-10-12T17:50:30.000Z</LastModified></CopyObjectResult>`},
		{&s3api.OpGetObjectRetention.Operation, &s3api.GetObjectRetentionOutput{Retention: &s3api.ObjectLockRetention{Mode: "GOVERNANCE", RetainUntilDate: &when}},
			`<Retention` + s3xmlns + `><Mode>GOVERNANCE</Mode><RetainUntilDate>2009-10-12T17:50:30.000Z</RetainUntilDate></Retention>`},
		{&s3api.OpGetObjectLegalHold.Operation, &s3api.GetObjectLegalHoldOutput{LegalHold: &s3api.ObjectLockLegalHold{Status: "ON"}}, `<LegalHold` + s3xmlns + `><Status>ON</Status></LegalHold>`},
		{&s3api.OpGetBucketPolicyStatus.Operation, &s3api.GetBucketPolicyStatusOutput{PolicyStatus: &s3api.PolicyStatus{IsPublic: new(false)}}, `<PolicyStatus` + s3xmlns + `><IsPublic>false</IsPublic></PolicyStatus>`},
		{&s3api.OpCreateMultipartUpload.Operation, &s3api.CreateMultipartUploadOutput{Bucket: new("b"), Key: new("k"), UploadId: new("u"), ServerSideEncryption: "AES256"},
			`<InitiateMultipartUploadResult` + s3xmlns + `><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>`},
		{&s3api.OpDeleteObjects.Operation, &s3api.DeleteObjectsOutput{}, `<DeleteResult` + s3xmlns + `/>`},
		{&s3api.OpGetBucketLogging.Operation, &s3api.GetBucketLoggingOutput{}, `<BucketLoggingStatus` + s3xmlns + `/>`},
		// Left out are what XML has no way to write, and what is not UTF-8.
		{&s3api.OpListObjects.Operation, &s3api.ListObjectsOutput{Contents: []s3api.Object{{Key: new("a\x01\x7f\xff\uffff")}}}, `<ListBucketResult` + s3xmlns + "><Contents><Key>a\ufffd\x7f\ufffd\ufffd</Key></Contents></ListBucketResult>"},
	} {
		resp, header, body := answered(t, test.op, test.out)
		if body != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.op.Name, body, test.want)
		}
		if resp.Status != 200 || header[len(header)-1] != (Field{"Content-Type", "application/xml"}) {
			t.Errorf("%s: %d %v", test.op.Name, resp.Status, header)
		}
	}
}

func TestRestEncodeHeaders(t *testing.T) {
	when := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC)
	for _, test := range []struct {
		op     *api.Operation
		out    any
		status int
		want   []Field
	}{
		{&s3api.OpHeadObject.Operation, &s3api.HeadObjectOutput{
			ContentLength: new(int64(0)), ContentType: new("text/plain"), ETag: new(`"e"`), LastModified: &when, DeleteMarker: new(false),
			ObjectLockRetainUntilDate: &when, StorageClass: "GLACIER", Metadata: map[string]string{"b-Key": "é", "a": "1", "bad": "\x01"},
		}, 200, []Field{
			{"x-amz-delete-marker", "false"}, {"Last-Modified", "Tue, 03 Feb 2026 04:05:06 GMT"}, {"Content-Length", "0"}, {"ETag", `"e"`},
			{"Content-Type", "text/plain"}, {"x-amz-storage-class", "GLACIER"},
			{"x-amz-object-lock-retain-until-date", "2026-02-03T04:05:06.007Z"}, {"x-amz-meta-a", "1"}, {"x-amz-meta-b-Key", "=?UTF-8?B?w6k=?="}, {"x-amz-missing-meta", "1"},
		}},
		{&s3api.OpHeadObject.Operation, &s3api.HeadObjectOutput{ContentRange: new("bytes 0-0/2")}, 206, []Field{{"Content-Range", "bytes 0-0/2"}}},
		{&s3api.OpPutObject.Operation, &s3api.PutObjectOutput{ETag: new(`"e"`), BucketKeyEnabled: new(true), Size: new(int64(5))}, 200,
			[]Field{{"ETag", `"e"`}, {"x-amz-server-side-encryption-bucket-key-enabled", "true"}, {"x-amz-object-size", "5"}}},
		{&s3api.OpCreateBucket.Operation, &s3api.CreateBucketOutput{Location: new("/b")}, 200, []Field{{"Location", "/b"}}},
		{&s3api.OpDeleteObject.Operation, &s3api.DeleteObjectOutput{VersionId: new("v")}, 204, []Field{{"x-amz-version-id", "v"}}},
		{&s3api.OpDeleteBucket.Operation, &s3api.DeleteBucketOutput{}, 204, nil},
		{&s3api.OpPutBucketVersioning.Operation, &s3api.PutBucketVersioningOutput{}, 200, nil},
		// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
		// and API_PutBucketTagging.html, their examples.
		{&s3api.OpPutBucketPolicy.Operation, &s3api.PutBucketPolicyOutput{}, 204, nil},
		{&s3api.OpPutBucketTagging.Operation, &s3api.PutBucketTaggingOutput{}, 204, nil},
		{&s3api.OpCopyObject.Operation, &s3api.CopyObjectOutput{VersionId: new("v")}, 200, []Field{{"x-amz-version-id", "v"}}},
	} {
		resp, header, body := answered(t, test.op, test.out)
		if resp.Status != test.status || body != "" || resp.Stream != nil {
			t.Errorf("%s: %d %q", test.op.Name, resp.Status, body)
		}
		if len(header)+len(test.want) > 0 {
			wantEqual(t, header, test.want)
		}
	}
}

func TestRestEncodePayload(t *testing.T) {
	content := strings.NewReader("content")
	resp, header, _ := answered(t, &s3api.OpGetObject.Operation, &s3api.GetObjectOutput{Body: content, ContentLength: new(int64(7)), ContentType: new("text/plain")})
	if resp.Stream != io.Reader(content) || resp.Body != nil {
		t.Errorf("%v %q", resp.Stream, resp.Body)
	}
	wantEqual(t, header, []Field{{"Content-Length", "7"}, {"Content-Type", "text/plain"}})

	// Else whoever sends it would guess a type from what the content looks like.
	_, header, _ = answered(t, &s3api.OpGetObject.Operation, &s3api.GetObjectOutput{Body: content})
	wantEqual(t, header, []Field{{"Content-Type", "binary/octet-stream"}})

	resp, header, _ = answered(t, &s3api.OpGetObject.Operation, &s3api.GetObjectOutput{})
	if resp.Stream != nil || len(header) > 0 {
		t.Errorf("%v %v", resp.Stream, header)
	}

	policy := "{\"Version\":\"2012-10-17\"}\n"
	_, header, body := answered(t, &s3api.OpGetBucketPolicy.Operation, &s3api.GetBucketPolicyOutput{Policy: &policy})
	if body != policy {
		t.Errorf("got %q", body)
	}
	wantEqual(t, header, []Field{{"Content-Type", "application/json"}})
}

func TestRestEncodeError(t *testing.T) {
	codec := For(api.RestXML)
	e := api.Errorf("NoSuchKey", 404, "The specified key does not exist.")
	e.Fields = map[string]any{"Key": "a&b\r", "BucketName": "b", "x-amz-delete-marker": "true", "Last-Modified": "Tue, 03 Feb 2026 04:05:06 GMT"}
	resp := codec.EncodeError(nil, &s3api.Service, &s3api.OpGetObject.Operation, e, "id-1")
	checkIDs(t, resp)
	want := xmlDeclaration + "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><BucketName>b</BucketName><Key>a&amp;b&#xD;</Key>" +
		"<RequestId>id-1</RequestId><HostId>" + resp.Header[1].Value + "</HostId></Error>"
	if string(resp.Body) != want || resp.Status != 404 {
		t.Errorf("%d\ngot  %s\nwant %s", resp.Status, resp.Body, want)
	}
	wantEqual(t, resp.Header[2:], []Field{{"Last-Modified", "Tue, 03 Feb 2026 04:05:06 GMT"}, {"x-amz-delete-marker", "true"}, {"Content-Type", "application/xml"}})

	e = api.Errorf("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
	e.Fields = map[string]any{"Allow": "DELETE", "Method": "GET", "Count": 3, "Content-MD5": "x"}
	resp = codec.EncodeError(nil, &s3api.Service, nil, e, "id-1")
	if !strings.Contains(string(resp.Body), "</Message><Content-MD5>x</Content-MD5><Count>3</Count><Method>GET</Method><RequestId>") || resp.Header[2] != (Field{"Allow", "DELETE"}) {
		t.Errorf("%s %v", resp.Body, resp.Header)
	}

	// 304 has no body, so all that it says is in its header.
	e = api.Errorf("NotModified", http.StatusNotModified, "Not Modified")
	e.Fields = map[string]any{"ETag": `"e"`}
	resp = codec.EncodeError(nil, &s3api.Service, nil, e, "id-1")
	checkIDs(t, resp)
	if resp.Status != 304 || resp.Body != nil {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
	wantEqual(t, resp.Header[2:], []Field{{"ETag", `"e"`}})

	if resp = codec.EncodeError(nil, &s3api.Service, nil, &api.Error{Code: "InternalError"}, "id-1"); resp.Status != 500 || !strings.Contains(string(resp.Body), "<Message></Message>") {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
}
