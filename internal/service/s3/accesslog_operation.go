package s3

import (
	"strings"

	"github.com/fortlet/fortlet/internal/cloud"
)

// loggedAs are the resources that operations are logged with: REST, the method
// and the resource. AWS publishes no list; these stand in logs that people have
// published.
var loggedAs = map[string]string{
	"GetObject": "OBJECT", "HeadObject": "OBJECT", "PutObject": "OBJECT", "DeleteObject": "OBJECT", "CopyObject": "OBJECT",
	"GetObjectAcl": "ACL", "PutObjectAcl": "ACL",
	"GetObjectAttributes": "OBJECT_ATTRIBUTES",
	"GetObjectTagging":    "OBJECT_TAGGING", "PutObjectTagging": "OBJECT_TAGGING", "DeleteObjectTagging": "OBJECT_TAGGING",
	"GetObjectRetention": "OBJECT_LOCK_RETENTION", "PutObjectRetention": "OBJECT_LOCK_RETENTION",
	"GetObjectLegalHold": "OBJECT_LOCK_LEGALHOLD", "PutObjectLegalHold": "OBJECT_LOCK_LEGALHOLD",
	"DeleteObjects": "MULTI_OBJECT_DELETE",

	"CreateMultipartUpload": "UPLOADS", "ListMultipartUploads": "UPLOADS",
	"CompleteMultipartUpload": "UPLOAD", "AbortMultipartUpload": "UPLOAD", "ListParts": "UPLOAD",
	"UploadPart": "PART", "UploadPartCopy": "PART",

	"CreateBucket": "BUCKET", "DeleteBucket": "BUCKET", "HeadBucket": "BUCKET", "ListObjects": "BUCKET", "ListObjectsV2": "BUCKET",
	"ListObjectVersions": "BUCKETVERSIONS",
	"GetBucketLocation":  "LOCATION",
	"GetBucketAcl":       "ACL", "PutBucketAcl": "ACL",
	"GetBucketPolicy": "BUCKETPOLICY", "PutBucketPolicy": "BUCKETPOLICY", "DeleteBucketPolicy": "BUCKETPOLICY",
	"GetBucketPolicyStatus": "POLICY_STATUS",
	"GetPublicAccessBlock":  "PUBLIC_ACCESS_BLOCK", "PutPublicAccessBlock": "PUBLIC_ACCESS_BLOCK", "DeletePublicAccessBlock": "PUBLIC_ACCESS_BLOCK",
	"GetBucketOwnershipControls": "OWNERSHIP_CONTROLS", "PutBucketOwnershipControls": "OWNERSHIP_CONTROLS", "DeleteBucketOwnershipControls": "OWNERSHIP_CONTROLS",
	"GetBucketVersioning": "VERSIONING", "PutBucketVersioning": "VERSIONING",
	"GetBucketEncryption": "ENCRYPTION", "PutBucketEncryption": "ENCRYPTION", "DeleteBucketEncryption": "ENCRYPTION",
	"GetBucketTagging": "TAGGING", "PutBucketTagging": "TAGGING", "DeleteBucketTagging": "TAGGING",
	"GetBucketCors": "CORS", "PutBucketCors": "CORS", "DeleteBucketCors": "CORS",
	"GetBucketLifecycleConfiguration": "LIFECYCLE", "PutBucketLifecycleConfiguration": "LIFECYCLE", "DeleteBucketLifecycle": "LIFECYCLE",
	"GetBucketLogging": "LOGGING_STATUS", "PutBucketLogging": "LOGGING_STATUS",
	"GetBucketNotificationConfiguration": "NOTIFICATION", "PutBucketNotificationConfiguration": "NOTIFICATION",
	"GetObjectLockConfiguration": "OBJECT_LOCK_CONFIGURATION", "PutObjectLockConfiguration": "OBJECT_LOCK_CONFIGURATION",
	"GetBucketReplication": "REPLICATION", "DeleteBucketReplication": "REPLICATION",
	"GetBucketWebsite": "WEBSITE", "DeleteBucketWebsite": "WEBSITE",
	"GetBucketRequestPayment":          "REQUEST_PAYMENT",
	"GetBucketAccelerateConfiguration": "ACCELERATE",
}

// copies are the operations that a log has under COPY in place of the method.
var copies = map[string]bool{"CopyObject": true, "UploadPartCopy": true}

// The operations that a log has besides those that a request names.
const (
	batchDelete        = "BATCH.DELETE.OBJECT"
	lifecycleExpire    = "S3.EXPIRE.OBJECT"
	lifecycleMarker    = "S3.CREATE.DELETEMARKER"
	lifecycleAbort     = "S3.DELETE.UPLOAD"
	lifecycleRequester = "AmazonS3"
)

// operationOf is what a log calls the operation of a request.
func operationOf(a *cloud.Answered) string {
	method := ""
	if a.Wire != nil {
		method, _, _ = strings.Cut(a.Wire.RequestLine, " ")
	}
	resource := "BUCKET"
	if a.Key != "" {
		resource = "OBJECT"
	}
	switch op := a.Operation; {
	case method == "OPTIONS":
		resource = "PREFLIGHT"
	case op == nil:
	case method == "POST" && op.Name == "PutObject": // a browser's form
		resource = "BUCKET"
	default:
		if known := loggedAs[op.Name]; known != "" {
			resource = known
		}
		if method = op.Method; copies[op.Name] {
			method = "COPY"
		}
	}
	return "REST." + method + "." + resource
}
