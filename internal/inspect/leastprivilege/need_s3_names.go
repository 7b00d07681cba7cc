package leastprivilege

// S3 grew actions before it had operations: most of its events bear another
// name than the action that they need, and headers ask for more of them.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html

// s3Buckets are events about a bucket whose action has another name.
var s3Buckets = map[string]string{
	"HeadBucket":             "ListBucket",
	"ListObjects":            "ListBucket",
	"ListObjectsV2":          "ListBucket",
	"ListObjectVersions":     "ListBucketVersions",
	"ListMultipartUploads":   "ListBucketMultipartUploads",
	"GetBucketCors":          "GetBucketCORS",
	"PutBucketCors":          "PutBucketCORS",
	"DeleteBucketCors":       "PutBucketCORS",
	"DeleteBucketTagging":    "PutBucketTagging",
	"GetBucketEncryption":    "GetEncryptionConfiguration",
	"PutBucketEncryption":    "PutEncryptionConfiguration",
	"DeleteBucketEncryption": "PutEncryptionConfiguration",

	"GetBucketLifecycle":              "GetLifecycleConfiguration",
	"GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
	"PutBucketLifecycle":              "PutLifecycleConfiguration",
	"PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
	"DeleteBucketLifecycle":           "PutLifecycleConfiguration",

	"GetBucketNotificationConfiguration": "GetBucketNotification",
	"PutBucketNotificationConfiguration": "PutBucketNotification",

	"GetBucketReplication":    "GetReplicationConfiguration",
	"PutBucketReplication":    "PutReplicationConfiguration",
	"DeleteBucketReplication": "PutReplicationConfiguration",

	"GetPublicAccessBlock":          "GetBucketPublicAccessBlock",
	"PutPublicAccessBlock":          "PutBucketPublicAccessBlock",
	"DeletePublicAccessBlock":       "PutBucketPublicAccessBlock",
	"DeleteBucketPublicAccessBlock": "PutBucketPublicAccessBlock",
	"DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
	"GetObjectLockConfiguration":    "GetBucketObjectLockConfiguration",
	"PutObjectLockConfiguration":    "PutBucketObjectLockConfiguration",

	"GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
	"PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",

	"GetBucketInventoryConfiguration":             "GetInventoryConfiguration",
	"ListBucketInventoryConfigurations":           "GetInventoryConfiguration",
	"PutBucketInventoryConfiguration":             "PutInventoryConfiguration",
	"DeleteBucketInventoryConfiguration":          "PutInventoryConfiguration",
	"GetBucketMetricsConfiguration":               "GetMetricsConfiguration",
	"ListBucketMetricsConfigurations":             "GetMetricsConfiguration",
	"PutBucketMetricsConfiguration":               "PutMetricsConfiguration",
	"DeleteBucketMetricsConfiguration":            "PutMetricsConfiguration",
	"GetBucketAnalyticsConfiguration":             "GetAnalyticsConfiguration",
	"ListBucketAnalyticsConfigurations":           "GetAnalyticsConfiguration",
	"PutBucketAnalyticsConfiguration":             "PutAnalyticsConfiguration",
	"DeleteBucketAnalyticsConfiguration":          "PutAnalyticsConfiguration",
	"GetBucketIntelligentTieringConfiguration":    "GetIntelligentTieringConfiguration",
	"ListBucketIntelligentTieringConfigurations":  "GetIntelligentTieringConfiguration",
	"PutBucketIntelligentTieringConfiguration":    "PutIntelligentTieringConfiguration",
	"DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
}

// s3Objects are events about an object with the action that they need, and the
// one that they need for a version of it.
var s3Objects = map[string][2]string{
	"GetObject":               {"GetObject", "GetObjectVersion"},
	"HeadObject":              {"GetObject", "GetObjectVersion"},
	"SelectObjectContent":     {"GetObject", "GetObject"},
	"GetObjectTorrent":        {"GetObjectTorrent", "GetObjectVersionTorrent"},
	"GetObjectAcl":            {"GetObjectAcl", "GetObjectVersionAcl"},
	"PutObjectAcl":            {"PutObjectAcl", "PutObjectVersionAcl"},
	"GetObjectTagging":        {"GetObjectTagging", "GetObjectVersionTagging"},
	"PutObjectTagging":        {"PutObjectTagging", "PutObjectVersionTagging"},
	"DeleteObjectTagging":     {"DeleteObjectTagging", "DeleteObjectVersionTagging"},
	"DeleteObject":            {"DeleteObject", "DeleteObjectVersion"},
	"PutObject":               {"PutObject", "PutObject"},
	"PostObject":              {"PutObject", "PutObject"},
	"CopyObject":              {"PutObject", "PutObject"},
	"CreateMultipartUpload":   {"PutObject", "PutObject"},
	"UploadPart":              {"PutObject", "PutObject"},
	"UploadPartCopy":          {"PutObject", "PutObject"},
	"CompleteMultipartUpload": {"PutObject", "PutObject"},
	"ListParts":               {"ListMultipartUploadParts", "ListMultipartUploadParts"},
}

// s3Headers are the headers of a request that need a further action on what it
// writes.
var s3Headers = map[string]string{
	"x-amz-acl":                           "PutObjectAcl",
	"x-amz-grant-full-control":            "PutObjectAcl",
	"x-amz-grant-read":                    "PutObjectAcl",
	"x-amz-grant-read-acp":                "PutObjectAcl",
	"x-amz-grant-write":                   "PutObjectAcl",
	"x-amz-grant-write-acp":               "PutObjectAcl",
	"x-amz-tagging":                       "PutObjectTagging",
	"x-amz-object-lock-mode":              "PutObjectRetention",
	"x-amz-object-lock-retain-until-date": "PutObjectRetention",
	"x-amz-object-lock-legal-hold":        "PutObjectLegalHold",
}
