package cloud

import (
	"encoding/json"
	"strconv"
	"strings"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// What the records of S3 have that those of other services have not: names of
// their own for some operations, objects without an account, and how the request
// was signed and its bytes encrypted.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
// and https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html

const (
	objectType = "AWS::S3::Object"
	bucketType = "AWS::S3::Bucket"
)

// s3EventNames are the operations of S3 that CloudTrail knows by another name,
// mostly that of an older operation which they replaced.
var s3EventNames = map[string]string{
	"DeletePublicAccessBlock":            "DeleteBucketPublicAccessBlock",
	"GetBucketAccelerateConfiguration":   "GetAccelerateConfiguration",
	"GetBucketLifecycleConfiguration":    "GetBucketLifecycle",
	"GetBucketNotificationConfiguration": "GetBucketNotification",
	"GetObjectLockConfiguration":         "GetBucketObjectLockConfiguration",
	"GetPublicAccessBlock":               "GetBucketPublicAccessBlock",
	"ListObjectsV2":                      "ListObjects",
	"PutBucketAccelerateConfiguration":   "PutAccelerateConfiguration",
	"PutBucketLifecycleConfiguration":    "PutBucketLifecycle",
	"PutBucketNotificationConfiguration": "PutBucketNotification",
	"PutObjectLockConfiguration":         "PutBucketObjectLockConfiguration",
	"PutPublicAccessBlock":               "PutBucketPublicAccessBlock",
}

// completeS3 makes r the record of a call of S3. out is nil for a failed call.
func (c *Call) completeS3(r *audit.Record, out any) {
	if name, ok := s3EventNames[r.EventName]; ok {
		r.EventName = name
	}
	r.AdditionalEventData = c.s3Details(out)
	for i := range r.Resources {
		if r.Resources[i].Type == objectType {
			r.Resources[i].AccountID = ""
		}
	}
	if c.ofBucket() {
		r.Resources = withObjects(r.Resources)
	}
}

// ofBucket reports a data event that is about a bucket's objects in general,
// or about many of them.
func (c *Call) ofBucket() bool {
	return c.Operation.Data && c.Operation.Service.Name == "s3" && !strings.Contains(c.Operation.Path, "{Key")
}

// summed reports a type of resource of which a call may name a thousand, all
// covered by one ARNPrefix.
func (c *Call) summed(resourceType string) bool { return resourceType == objectType && c.ofBucket() }

// withObjects adds the objects of a bucket as one resource.
func withObjects(list []audit.Resource) []audit.Resource {
	for _, r := range list {
		if r.Type == bucketType {
			return append([]audit.Resource{{Type: objectType, ARNPrefix: r.ARN + "/"}}, list...)
		}
	}
	return list
}

// signatureVersions and authenticationMethods are the record's words for how a
// request was signed.
var (
	signatureVersions     = map[string]string{"AWS4-HMAC-SHA256": "SigV4", "AWS": "SigV2"}
	authenticationMethods = map[string]string{"REST-HEADER": "AuthHeader", "REST-QUERY-STRING": "QueryString"}
)

// s3Details is the additionalEventData of a call. CipherSuite is not in it:
// the connection is plain HTTP.
func (c *Call) s3Details(out any) json.RawMessage {
	d := details{b: append(make([]byte, 0, 192), '{')}
	d.text("SignatureVersion", signatureVersions[c.Signature.Version])
	d.text("AuthenticationMethod", authenticationMethods[c.Signature.AuthType])
	d.text("SSEApplied", sseApplied(c.Input, out))
	received, sent := c.transferred(out)
	d.number("bytesTransferredIn", received)
	d.number("bytesTransferredOut", sent)
	if len(d.b) == 1 {
		return nil
	}
	return append(d.b, '}')
}

// details is a JSON object in the making.
type details struct{ b []byte }

func (d *details) name(name string) {
	if len(d.b) > 1 {
		d.b = append(d.b, ',')
	}
	d.b = append(d.b, '"')
	d.b = append(d.b, name...)
	d.b = append(d.b, `":`...)
}

// text adds a word of CloudTrail's, in which there is nothing to escape.
func (d *details) text(name, value string) {
	if value != "" {
		d.name(name)
		d.b = append(d.b, '"')
		d.b = append(d.b, value...)
		d.b = append(d.b, '"')
	}
}

// number adds a count, unless it is not known.
func (d *details) number(name string, value *int64) {
	if value != nil {
		d.name(name)
		d.b = strconv.AppendInt(d.b, *value, 10)
	}
}

// none is how many bytes there are where there is no body.
var none = new(int64(0))

// transferred is how many bytes of content a call received and sent, nil where
// that is not known: of an answer that is yet to be written.
func (c *Call) transferred(out any) (received, sent *int64) {
	switch in := c.Input.(type) {
	case *s3api.PutObjectInput:
		received = in.ContentLength
	case *s3api.UploadPartInput:
		received = in.ContentLength
	default:
		if m := c.Operation.Method; m == "GET" || m == "HEAD" || m == "DELETE" {
			received = none
		}
	}
	switch out := out.(type) {
	case *s3api.GetObjectOutput:
		sent = out.ContentLength
	case *s3api.PutObjectOutput, *s3api.UploadPartOutput, *s3api.HeadObjectOutput, *s3api.HeadBucketOutput, *s3api.DeleteObjectOutput:
		sent = none
	}
	return received, sent
}

// sseApplied tells how what a call wrote was encrypted, and whether because the
// request or because the bucket said so.
func sseApplied(in, out any) string {
	switch out := out.(type) {
	case *s3api.PutObjectOutput:
		return sseWord(in.(*s3api.PutObjectInput).ServerSideEncryption, out.ServerSideEncryption, out.SSECustomerAlgorithm)
	case *s3api.CopyObjectOutput:
		return sseWord(in.(*s3api.CopyObjectInput).ServerSideEncryption, out.ServerSideEncryption, out.SSECustomerAlgorithm)
	case *s3api.CreateMultipartUploadOutput:
		return sseWord(in.(*s3api.CreateMultipartUploadInput).ServerSideEncryption, out.ServerSideEncryption, out.SSECustomerAlgorithm)
	}
	return ""
}

func sseWord(asked, applied s3api.ServerSideEncryption, customer *string) string {
	word := ""
	switch {
	case customer != nil:
		return "SSE_C"
	case applied == s3api.ServerSideEncryptionAes256:
		word = "SSE_S3"
	case applied == s3api.ServerSideEncryptionAwsKms:
		word = "SSE_KMS"
	default:
		return "" // no word of AWS's for it is known
	}
	if asked == "" {
		return "Default_" + word
	}
	return word
}
