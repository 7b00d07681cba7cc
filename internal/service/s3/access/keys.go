package access

import (
	"slices"
	"strings"
)

// The actions that condition keys belong to, by the Service Authorization
// Reference: elsewhere a key is absent, whatever the request has.
var (
	settingACL = []string{"s3:CreateBucket", "s3:PutBucketAcl", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"}
	putting    = []string{"s3:PutObject"}
	creating   = []string{"s3:CreateBucket"}
	listing    = []string{"s3:ListBucket", "s3:ListBucketVersions"}
)

// ofActions are the condition keys that only some actions have, in lower case.
var ofActions = map[string][]string{
	"s3:x-amz-acl":                settingACL,
	"s3:x-amz-grant-full-control": settingACL,
	"s3:x-amz-grant-read":         settingACL,
	"s3:x-amz-grant-read-acp":     settingACL,
	"s3:x-amz-grant-write":        settingACL,
	"s3:x-amz-grant-write-acp":    settingACL,

	"s3:locationconstraint":     creating,
	"s3:x-amz-object-ownership": creating,

	"s3:objectcreationoperation":                         putting,
	"s3:requestobjecttagkeys":                            {"s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:ReplicateTags"},
	"s3:x-amz-copy-source":                               putting,
	"s3:x-amz-metadata-directive":                        putting,
	"s3:x-amz-server-side-encryption":                    {"s3:PutObject", "s3:ReplicateObject"},
	"s3:x-amz-server-side-encryption-aws-kms-key-id":     {"s3:PutObject", "s3:ReplicateObject"},
	"s3:x-amz-server-side-encryption-customer-algorithm": {"s3:PutObject", "s3:ReplicateObject"},
	"s3:x-amz-storage-class":                             {"s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
	"s3:x-amz-website-redirect-location":                 putting,
	"s3:if-match":                                        {"s3:PutObject", "s3:DeleteObject"},
	"s3:if-none-match":                                   putting,

	"s3:object-lock-mode":                     {"s3:PutObject", "s3:PutObjectRetention"},
	"s3:object-lock-retain-until-date":        {"s3:PutObject", "s3:PutObjectRetention"},
	"s3:object-lock-remaining-retention-days": {"s3:PutObject", "s3:PutObjectRetention"},
	"s3:object-lock-legal-hold":               {"s3:PutObject", "s3:PutObjectLegalHold"},

	"s3:prefix":    listing,
	"s3:delimiter": listing,
	"s3:max-keys":  listing,
	"s3:versionid": {
		"s3:DeleteObjectVersion", "s3:DeleteObjectVersionTagging", "s3:GetObjectVersion", "s3:GetObjectVersionAcl",
		"s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging", "s3:PutObjectVersionAcl", "s3:PutObjectVersionTagging",
		"s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectRetention", "s3:PutObjectLegalHold",
	},
}

// ofTags are the condition keys that have a tag's key behind a slash, with the
// actions that have them.
var ofTags = map[string][]string{
	"s3:existingobjecttag": {
		"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectAttributes",
		"s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging",
		"s3:PutObjectAcl", "s3:PutObjectTagging", "s3:PutObjectVersionAcl", "s3:PutObjectVersionTagging", "s3:ReplicateTags",
	},
	"s3:requestobjecttag": {"s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:ReplicateTags"},
}

// KeyOf reports whether an action has a condition key, which is in lower case.
func KeyOf(key, action string) bool { return slices.Contains(actionsOf(key), action) }

// actionsOf are the actions that have a condition key, nil where all do.
func actionsOf(key string) []string {
	if name, _, ok := strings.Cut(key, "/"); ok {
		return ofTags[name]
	}
	return ofActions[key]
}

// everywhere are the further condition keys of S3.
var everywhere = map[string]bool{
	"s3:accessgrantsinstancearn":           true,
	"s3:accesspointnetworkorigin":          true,
	"s3:authtype":                          true,
	"s3:dataaccesspointaccount":            true,
	"s3:dataaccesspointarn":                true,
	"s3:destinationregion":                 true,
	"s3:inventoryaccessibleoptionalfields": true,
	"s3:isreplicationpauserequest":         true,
	"s3:resourceaccount":                   true,
	"s3:signatureage":                      true,
	"s3:signatureversion":                  true,
	"s3:tlsversion":                        true,
	"s3:x-amz-content-sha256":              true,
}

// known reports a condition key that there is, in lower case. Those of others
// than S3 are not ours to judge.
func known(key string) bool {
	if !strings.HasPrefix(key, "s3:") || everywhere[key] || ofActions[key] != nil {
		return true
	}
	name, tag, ok := strings.Cut(key, "/")
	return ok && tag != "" && (ofTags[name] != nil || name == "s3:buckettag" || name == "s3:accesspointtag")
}
