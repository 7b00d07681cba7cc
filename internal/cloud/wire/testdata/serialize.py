"""Writes botocore.json beside itself: requests as botocore serializes them.

Run with the botocore that tools/apigen is pinned to. Parameters are written
down in the form of awsJson, blobs as base64 and times as seconds since 1970,
so that the test can read them with that codec. Members have there the names
that they have on the wire, which in S3 are other ones.
"""

import base64
import datetime
import json
import pathlib
import urllib.parse

import botocore
import botocore.compat
import botocore.handlers
import botocore.loaders
import botocore.model
import botocore.serialize

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}\n\t# é&=+%'
WHEN = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)

CASES = [
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {
        "RoleArn": "arn:aws:iam::111122223333:role/a/b", "RoleSessionName": "a=b,c.d@e-f", "Policy": POLICY,
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"arn": "arn:aws:iam::111122223333:policy/p"}],
        "DurationSeconds": 900, "Tags": [{"Key": "Projekt", "Value": "Grüße 日本"}, {"Key": "e", "Value": ""}],
        "TransitiveTagKeys": [f"k{i}" for i in range(12)], "ExternalId": "x:/y", "SourceIdentity": "Zoë",
    }),
    ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "s", "Tags": [], "TransitiveTagKeys": []}),
    ("iam", "CreateUser", {"Path": "/staff/", "UserName": "Bob+1", "Tags": [{"Key": "a b", "Value": "c/d"}]}),
    ("iam", "UntagUser", {"UserName": "Bob", "TagKeys": []}),
    ("iam", "CreatePolicyVersion", {"PolicyArn": "arn:aws:iam::111122223333:policy/p", "PolicyDocument": POLICY, "SetAsDefault": True}),
    ("iam", "UpdateAccountPasswordPolicy", {"MinimumPasswordLength": 14, "RequireSymbols": True, "HardExpiry": False}),
    ("iam", "GetAccountAuthorizationDetails", {"Filter": ["User", "AWSManagedPolicy"], "MaxItems": 1000}),
    ("iam", "SimulateCustomPolicy", {
        "PolicyInputList": [POLICY], "ActionNames": ["s3:GetObject", "s3:PutObject"],
        "ContextEntries": [
            {"ContextKeyName": "aws:CurrentTime", "ContextKeyValues": ["2030-01-01T00:00:00Z"], "ContextKeyType": "date"},
            {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": [], "ContextKeyType": "stringList"},
        ],
    }),
    ("kms", "ListKeys", {}),
    ("kms", "Encrypt", {"KeyId": "alias/a", "Plaintext": b"\x00\xff\xfe", "EncryptionContext": {"a": "é\"\\", "b": ""}, "GrantTokens": []}),
    ("kms", "CreateGrant", {
        "KeyId": "k", "GranteePrincipal": "arn:aws:iam::111122223333:role/r", "Operations": ["Decrypt", "Encrypt"],
        "Constraints": {"EncryptionContextSubset": {"x": "1"}}, "DryRun": False,
    }),
    ("kms", "ImportKeyMaterial", {
        "KeyId": "k", "ImportToken": b"token", "EncryptedKeyMaterial": bytes(range(256)), "ValidTo": WHEN,
        "ExpirationModel": "KEY_MATERIAL_EXPIRES",
    }),
    ("s3", "ListBuckets", {"MaxBuckets": 7, "Prefix": "a b&c"}),
    ("s3", "ListObjectsV2", {
        "Bucket": "b", "Prefix": "Grüße/日本 +%&=?#", "Delimiter": "/", "MaxKeys": 0, "FetchOwner": True, "StartAfter": "",
        "ContinuationToken": "a+/=", "EncodingType": "url", "OptionalObjectAttributes": ["RestoreStatus"],
    }),
    ("s3", "GetObject", {
        "Bucket": "b", "Key": "a/./../ b/%2F/+/é😀", "Range": "bytes=0-9", "IfModifiedSince": WHEN, "IfNoneMatch": '"e"', "PartNumber": 3, "VersionId": "null",
        "ResponseExpires": WHEN, "ResponseContentDisposition": 'attachment; filename="a b.txt"', "ChecksumMode": "ENABLED",
        "SSECustomerAlgorithm": "AES256", "SSECustomerKey": "a2V5", "SSECustomerKeyMD5": "bWQ1",
    }),
    ("s3", "GetObjectAttributes", {"Bucket": "b", "Key": "k", "ObjectAttributes": ["ETag", "Checksum", "ObjectSize"], "MaxParts": 5, "PartNumberMarker": 2}),
    ("s3", "PutObject", {
        "Bucket": "b", "Key": "k", "ACL": "bucket-owner-full-control", "ContentType": "text/plain", "Metadata": {"a": "1", "b-c": " x  y"}, "BucketKeyEnabled": False,
        "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/a", "Tagging": "a=1&b=%C3%A9", "ObjectLockRetainUntilDate": WHEN, "ObjectLockMode": "GOVERNANCE",
        "GrantRead": 'id="1", uri="u"', "ContentLength": 5, "ChecksumCRC32": "AAAAAA==",
    }),
    ("s3", "CreateBucket", {"Bucket": "b"}),
    ("s3", "CreateBucket", {"Bucket": "b", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1", "Tags": [{"Key": "a", "Value": "b"}]}, "ObjectLockEnabledForBucket": True}),
    ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [
        {"Key": "a\r\n\tb<&>\"'é日本😀 ", "VersionId": "v"}, {"Key": "]]>", "ETag": '"e"', "LastModifiedTime": WHEN, "Size": 1 << 40}], "Quiet": True}, "MFA": "arn:aws:iam::111122223333:mfa/u 123456"}),
    ("s3", "CompleteMultipartUpload", {"Bucket": "b", "Key": "k", "UploadId": "u/+=", "IfNoneMatch": "*", "MpuObjectSize": 1 << 40, "MultipartUpload": {
        "Parts": [{"PartNumber": n, "ETag": f'"{n}"', "ChecksumSHA256": "AA=="} for n in range(1, 13)]}}),
    ("s3", "PutBucketAcl", {"Bucket": "b", "AccessControlPolicy": {"Owner": {"ID": "o", "DisplayName": "ö"}, "Grants": [
        {"Grantee": {"Type": "CanonicalUser", "ID": "i"}, "Permission": "FULL_CONTROL"}, {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}]}}),
    ("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": POLICY, "ConfirmRemoveSelfBucketAccess": True}),
    ("s3", "PutBucketCors", {"Bucket": "b", "CORSConfiguration": {"CORSRules": [{"ID": "1", "AllowedHeaders": ["*"], "AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://a.example"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 30}]}}),
    ("s3", "PutBucketEncryption", {"Bucket": "b", "ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "BucketKeyEnabled": True,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}]}}),
    ("s3", "PutBucketLifecycleConfiguration", {"Bucket": "b", "LifecycleConfiguration": {"Rules": [
        {"ID": "1", "Status": "Enabled", "Filter": {"And": {"Prefix": "p/", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}], "ObjectSizeGreaterThan": 5}}, "Expiration": {"Date": WHEN},
         "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}], "NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}},
        {"Status": "Disabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}, "Expiration": {"ExpiredObjectDeleteMarker": True}}]}}),
    ("s3", "PutBucketLogging", {"Bucket": "b", "BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "t", "TargetPrefix": "", "TargetGrants": [{"Grantee": {"Type": "Group", "URI": "u"}, "Permission": "READ"}],
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}}}}),
    ("s3", "PutBucketNotificationConfiguration", {"Bucket": "b", "NotificationConfiguration": {"EventBridgeConfiguration": {}, "QueueConfigurations": [
        {"Id": "q", "QueueArn": "arn:aws:sqs:us-east-1:111122223333:q", "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "p/"}]}}}]}}),
    ("s3", "PutObjectLockConfiguration", {"Bucket": "b", "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}}}),
    ("s3", "PutObjectRetention", {"Bucket": "b", "Key": "k", "Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": WHEN}, "BypassGovernanceRetention": True}),
    ("s3", "PutObjectTagging", {"Bucket": "b", "Key": "k", "Tagging": {"TagSet": []}}),
    ("access-analyzer", "CreateAnalyzer", {
        "analyzerName": "a", "type": "ACCOUNT", "clientToken": "t", "tags": {"Projekt": "Grüße 日本", "e": ""},
        "archiveRules": [{"ruleName": "r", "filter": {"principal.AWS": {"eq": ["111122223333"]}, "isPublic": {"exists": False}}}],
        "configuration": {"unusedAccess": {"unusedAccessAge": 90, "analysisRule": {"exclusions": [{"accountIds": ["1"], "resourceTags": [{"a": "b"}]}]}}},
    }),
    ("access-analyzer", "ListAnalyzers", {"maxResults": 7, "nextToken": "a+/= é&", "type": "ORGANIZATION"}),
    ("access-analyzer", "DeleteArchiveRule", {"analyzerName": "a.b", "ruleName": "r-1", "clientToken": "t t"}),
    ("access-analyzer", "GetFinding", {"analyzerArn": "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a", "id": "a/b c%2F"}),
    ("access-analyzer", "UntagResource", {"resourceArn": "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a", "tagKeys": ["a b", "c&d", "é"]}),
    ("access-analyzer", "TagResource", {"resourceArn": "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a", "tags": {}}),
    ("access-analyzer", "ListFindings", {"analyzerArn": "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a",
        "filter": {"status": {"neq": ["ARCHIVED"], "contains": ["x"]}}, "sort": {"attributeName": "updatedAt", "orderBy": "DESC"}}),
    ("access-analyzer", "CheckAccessNotGranted", {"policyDocument": POLICY, "policyType": "IDENTITY_POLICY", "access": [{"actions": ["s3:*"], "resources": ["*"]}]}),
    ("access-analyzer", "ValidatePolicy", {"policyDocument": POLICY, "policyType": "RESOURCE_POLICY", "maxResults": 1, "nextToken": "", "validatePolicyResourceType": "AWS::S3::Bucket", "locale": "DE"}),
    ("kms", "Sign", {"KeyId": "k", "Message": b"m" * 4096, "MessageType": "RAW", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_512"}),
]


# Where botocore calls a service otherwise than its endpoint is called.
FOLDERS = {"access-analyzer": "accessanalyzer"}


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return int(value.timestamp())
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def wire_names(value, shape):
    """Gives members the names that they have on the wire."""
    if shape.type_name == "structure":
        return {m.serialization.get("name", n): wire_names(value[n], m) for n, m in shape.members.items() if n in value}
    if shape.type_name == "list":
        return [wire_names(v, shape.member) for v in value]
    if shape.type_name == "map":
        return {k: wire_names(v, shape.value) for k, v in value.items()}
    return value


def case(service, operation, params):
    loader = botocore.loaders.Loader()
    model = botocore.model.ServiceModel(loader.load_service_model(FOLDERS.get(service, service), "service-2"), service)
    serializer = botocore.serialize.create_serializer(model.metadata["protocol"], include_validation=False)
    op = model.operation_model(operation)
    request = serializer.serialize_to_request(params, op)
    if model.metadata["protocol"] == "rest-xml" and request["body"].startswith(b"<"):
        botocore.handlers.escape_xml_payload(request)
    content = request["body"]
    if isinstance(content, dict):
        content = botocore.compat.urlencode(content)
    if isinstance(content, bytes):
        content = content.decode()
    found = {"service": service, "operation": operation, "params": json.dumps(plain(wire_names(params, op.input_shape) if op.input_shape else params), ensure_ascii=False), "body": content}
    if model.metadata["protocol"].startswith("rest-"):
        path, _, query = request["url_path"].partition("?")
        added = urllib.parse.urlencode(request["query_string"], doseq=True)
        found |= {"path": path, "query": "&".join(filter(None, [query, added])), "headers": dict(request["headers"])}
    return found


cases = [case(*c) for c in CASES]
text = json.dumps({"botocore": botocore.__version__, "cases": cases}, indent=1, ensure_ascii=False)
pathlib.Path(__file__).with_name("botocore.json").write_text(text + "\n", encoding="utf-8")
