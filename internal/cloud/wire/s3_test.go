package wire

import (
	"errors"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

const malformed = "The XML you provided was not well-formed or did not validate against our published schema"

// refused decodes and checks a request as the pipeline does.
func refused(op *api.Operation, r *Request) error {
	in, err := For(api.RestXML).Decode(op, r)
	if err != nil {
		return err
	}
	return Validate(op, in)
}

// The answers are those that AWS gave in the recordings of LocalStack's tests
// (tests/aws/services/s3: test_s3_api, test_s3_list_operations, test_s3), and of
// the list at https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
func TestS3Refuses(t *testing.T) {
	argument := func(name, value string) map[string]any {
		return map[string]any{"ArgumentName": name, "ArgumentValue": value}
	}
	for _, test := range []struct {
		op            *api.Operation
		r             *Request
		code, message string
		fields        map[string]any
	}{
		{&s3api.OpListObjectVersions.Operation, asked("versions&max-keys=abc&encoding-type=x", ""), "InvalidArgument", "Provided max-keys not an integer or within integer range", argument("max-keys", "abc")},
		{&s3api.OpListObjectsV2.Operation, asked("max-keys=2147483648", ""), "InvalidArgument", "Provided max-keys not an integer or within integer range", argument("max-keys", "2147483648")},
		{&s3api.OpListMultipartUploads.Operation, asked("max-uploads=1.5", ""), "InvalidArgument", "Provided max-uploads not an integer or within integer range", argument("max-uploads", "1.5")},
		{&s3api.OpListObjectsV2.Operation, asked("encoding-type=base64", ""), "InvalidArgument", "Invalid Encoding Method specified in Request", argument("encoding-type", "base64")},
		{&s3api.OpListObjectsV2.Operation, asked("encoding-type=", ""), "InvalidArgument", "Invalid Encoding Method specified in Request", argument("encoding-type", "")},
		{&s3api.OpListObjectsV2.Operation, asked("fetch-owner=yes", ""), "InvalidArgument", "Value for fetch-owner is invalid.", argument("fetch-owner", "yes")},
		{&s3api.OpListBuckets.Operation, asked("max-buckets=10001", ""), "InvalidArgument", "Argument max-buckets must be an integer between 1 and 10000", argument("max-buckets", "10001")},
		{&s3api.OpUploadPart.Operation, asked("partNumber=one&uploadId=u", ""), "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", argument("partNumber", "one")},
		{&s3api.OpUploadPart.Operation, asked("partNumber=1", ""), "InvalidRequest", "Missing required parameter for this request: 'uploadId'", nil},

		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-acl", "all"), "InvalidArgument", "", argument("x-amz-acl", "all")},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-storage-class", "FAST"), "InvalidStorageClass", "The storage class you specified is not valid", map[string]any{"StorageClassRequested": "FAST"}},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-server-side-encryption", "aes256"), "InvalidArgument", "The encryption method specified is not supported", argument("x-amz-server-side-encryption", "aes256")},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-object-lock-mode", "SOFT"), "InvalidArgument", "Unknown wormMode directive.", argument("x-amz-object-lock-mode", "SOFT")},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-object-lock-legal-hold", "on"), "InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'", argument("x-amz-object-lock-legal-hold", "on")},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-object-lock-retain-until-date", "soon"), "InvalidArgument", "The retain until date must be provided in ISO 8601 format", argument("x-amz-object-lock-retain-until-date", "soon")},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-sdk-checksum-algorithm", "CRC"), "InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid.", nil},
		{&s3api.OpCreateMultipartUpload.Operation, asked("uploads", "", "x-amz-checksum-algorithm", "CRC"), "InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]", nil},
		{&s3api.OpCreateMultipartUpload.Operation, asked("uploads", "", "x-amz-checksum-algorithm", "crc32c ", "x-amz-checksum-type", "Composite", "x-amz-acl", "none"), "InvalidArgument", "", argument("x-amz-acl", "none")},
		{&s3api.OpCreateMultipartUpload.Operation, asked("uploads", "", "x-amz-checksum-type", "HALF"), "InvalidRequest", "Value for x-amz-checksum-type header is invalid.", nil},
		{&s3api.OpCreateBucket.Operation, asked("", "", "x-amz-object-ownership", "Me"), "InvalidArgument", "Invalid x-amz-object-ownership header: Me", map[string]any{"ArgumentName": "x-amz-object-ownership"}},
		{&s3api.OpCreateBucket.Operation, asked("", "", "x-amz-object-ownership", ""), "InvalidArgument", "Invalid x-amz-object-ownership header: ", map[string]any{"ArgumentName": "x-amz-object-ownership"}},
		{&s3api.OpCopyObject.Operation, asked("", "", "x-amz-copy-source", "b"), "InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", argument("x-amz-copy-source", "b")},
		{&s3api.OpCopyObject.Operation, asked("", "", "x-amz-copy-source", "b/k", "x-amz-metadata-directive", "x"), "InvalidArgument", "Unknown metadata directive.", argument("x-amz-metadata-directive", "x")},
		{&s3api.OpCopyObject.Operation, asked("", "", "x-amz-copy-source", "b/k", "x-amz-tagging-directive", "x"), "InvalidArgument", "Unknown tagging directive.", argument("x-amz-tagging-directive", "x")},
		{&s3api.OpGetObjectAttributes.Operation, asked("attributes", ""), "InvalidRequest", "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty", nil},
		{&s3api.OpGetObjectAttributes.Operation, asked("attributes", "", "x-amz-object-attributes", " ,"), "InvalidRequest", "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty", nil},
		{&s3api.OpGetObjectAttributes.Operation, asked("attributes", "", "x-amz-object-attributes", "ETag,Color"), "InvalidArgument", "Invalid attribute name specified.", argument("x-amz-object-attributes", "Color")},
		{&s3api.OpGetObject.Operation, asked("", "", "x-amz-request-payer", "me"), "InvalidArgument", "Value for x-amz-request-payer is invalid.", argument("x-amz-request-payer", "me")},

		{&s3api.OpPutBucketTagging.Operation, asked("tagging", ""), "MissingRequestBodyError", "Request Body is empty", nil},
		{&s3api.OpPutBucketPolicy.Operation, asked("policy", ""), "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", nil},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Tagging>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Tagging/>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Delete/>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Tagging><TagSet><Tag><Key/><Value/></Tag></TagSet></Tagging>"), "InvalidTag", "The TagKey you have provided is invalid", nil},
		{&s3api.OpDeleteObjects.Operation, asked("delete", "<Delete/>"), "MalformedXML", malformed, nil},
		{&s3api.OpDeleteObjects.Operation, asked("delete", "<Delete><Object/></Delete>"), "MalformedXML", malformed, nil},
		{&s3api.OpDeleteObjects.Operation, asked("delete", "<Delete><Object><Key/></Object></Delete>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketVersioning.Operation, asked("versioning", "<VersioningConfiguration><Status>On</Status></VersioningConfiguration>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketVersioning.Operation, asked("versioning", "<VersioningConfiguration><Status/></VersioningConfiguration>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketEncryption.Operation, asked("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES128</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutObjectRetention.Operation, asked("retention", "<Retention><Mode>SOFT</Mode></Retention>"), "MalformedXML", malformed, nil},
		// The schema has no such element, so a wall that was meant is not left out.
		{&s3api.OpPutPublicAccessBlock.Operation, asked("publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcl>true</BlockPublicAcl><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Tagging><TagSet><Tags/></TagSet></Tagging>"), "MalformedXML", malformed, nil},
		{&s3api.OpCompleteMultipartUpload.Operation, asked("uploadId=u", "<CompleteMultipartUpload><Parts/></CompleteMultipartUpload>"), "MalformedXML", malformed, nil},
		{&s3api.OpPutBucketAcl.Operation, asked("acl", "<AccessControlPolicy><Grants/></AccessControlPolicy>"), "MalformedACLError", malformed, nil},
		{&s3api.OpPutBucketAcl.Operation, asked("acl", "<AccessControlPolicy>"), "MalformedACLError", malformed, nil},
		{&s3api.OpPutBucketAcl.Operation, asked("acl", "<AccessControlPolicy><AccessControlList><Grant><Grantee><ID>i</ID></Grantee></Grant></AccessControlList></AccessControlPolicy>"), "MalformedACLError", malformed, nil},
		{&s3api.OpPutBucketAcl.Operation, asked("acl", "<AccessControlPolicy><AccessControlList><Grant><Permission>ALL</Permission></Grant></AccessControlList></AccessControlPolicy>"), "MalformedACLError", malformed, nil},
		{&s3api.OpCreateBucket.Operation, asked("", "<CreateBucketConfiguration><LocationConstraint/></CreateBucketConfiguration>"), "InvalidLocationConstraint", "The specified location-constraint is not valid", map[string]any{"LocationConstraint": ""}},
		{&s3api.OpPutBucketNotificationConfiguration.Operation, asked("notification", "<NotificationConfiguration><TopicConfiguration><Topic>t</Topic><Event>s3:Never</Event></TopicConfiguration></NotificationConfiguration>"), "InvalidArgument", "A specified event is not supported for notifications.", argument("Event", "s3:Never")},
		{&s3api.OpPutBucketNotificationConfiguration.Operation, asked("notification", "<NotificationConfiguration><TopicConfiguration><Topic>t</Topic><Event>s3:TestEvent</Event><Filter><S3Key><FilterRule><Name>infix</Name></FilterRule></S3Key></Filter></TopicConfiguration></NotificationConfiguration>"), "InvalidArgument", "A specified event is not supported for notifications.", argument("Event", "s3:TestEvent")},
		{&s3api.OpPutBucketNotificationConfiguration.Operation, asked("notification", "<NotificationConfiguration><TopicConfiguration><Topic>t</Topic><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>infix</Name></FilterRule></S3Key></Filter></TopicConfiguration></NotificationConfiguration>"), "InvalidArgument", "filter rule name must be either prefix or suffix", argument("FilterRule.Name", "infix")},
	} {
		err := refused(test.op, test.r)
		var e *api.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: accepted %v %s", test.op.Name, test.r.Header, test.r.Body)
			continue
		}
		wantError(t, e, test.code, test.message)
		if len(e.Fields)+len(test.fields) > 0 {
			wantEqual(t, e.Fields, test.fields)
		}
		if e.Status != 400 {
			t.Errorf("%s: status %d", test.op.Name, e.Status)
		}
	}
}

// What stands next to the refused must pass.
func TestS3Accepts(t *testing.T) {
	for _, test := range []struct {
		op *api.Operation
		r  *Request
	}{
		{&s3api.OpListObjectsV2.Operation, asked("max-keys=2147483647&encoding-type=url", "")},
		{&s3api.OpListObjectsV2.Operation, asked("max-keys=-1", "")}, // an integer: the service's to refuse
		{&s3api.OpListBuckets.Operation, asked("max-buckets=10000", "")},
		{&s3api.OpPutObject.Operation, asked("", "", "x-amz-acl", "bucket-owner-full-control", "x-amz-storage-class", "STANDARD_IA", "x-amz-server-side-encryption", "aws:kms:dsse")},
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
		{&s3api.OpCreateBucket.Operation, asked("", "", "x-amz-acl", "bucket-owner-full-control")},
		{&s3api.OpPutBucketAcl.Operation, asked("acl", "", "x-amz-acl", "log-delivery-write")},
		{&s3api.OpCopyObject.Operation, asked("", "", "x-amz-copy-source", "/b/k?versionId=v")},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", "<Tagging><TagSet/></Tagging>")},
		{&s3api.OpPutBucketTagging.Operation, asked("tagging", `<s3:Tagging xmlns:s3="u" s3:a="1" b="2"><s3:TagSet/></s3:Tagging>`)},
		{&s3api.OpCreateBucket.Operation, asked("", "<CreateBucketConfiguration/>")},
		{&s3api.OpCreateBucket.Operation, asked("", "<CreateBucketConfiguration><LocationConstraint>EU</LocationConstraint></CreateBucketConfiguration>")},
		{&s3api.OpCreateBucket.Operation, asked("", "<CreateBucketConfiguration><LocationConstraint>moon-1</LocationConstraint></CreateBucketConfiguration>")},
		{&s3api.OpPutBucketNotificationConfiguration.Operation, asked("notification", "<NotificationConfiguration><TopicConfiguration><Topic>t</Topic><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>Prefix</Name></FilterRule></S3Key></Filter></TopicConfiguration></NotificationConfiguration>")},
		{&s3api.OpPutBucketVersioning.Operation, asked("versioning", "<VersioningConfiguration/>")}, // IllegalVersioningConfigurationException, of the service
	} {
		if err := refused(test.op, test.r); err != nil {
			t.Errorf("%s: %v", test.op.Name, err)
		}
	}
}
