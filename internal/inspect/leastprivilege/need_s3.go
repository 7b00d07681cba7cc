package leastprivilege

import (
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// s3Call is one event of S3.
type s3Call struct {
	*Record
	service *catalogue.Service
	needs   []Need
	err     error
}

func (m *Mapper) s3(r *Record, s *catalogue.Service) ([]Need, error) {
	c := &s3Call{Record: r, service: s}
	c.complete()
	switch {
	case r.EventName == "ListBuckets":
		c.need("ListAllMyBuckets", everything)
	case r.EventName == "DeleteObjects":
		c.deletions()
	case r.EventName == "CreateBucket":
		c.creation()
	case r.param("key") != "":
		c.object()
	case s3Buckets[r.EventName] != "":
		c.onBucket(s3Buckets[r.EventName])
	case r.param("bucketName") != "" && ofBucket(s.Action(r.EventName)):
		c.onBucket(r.EventName)
	default:
		return m.plain(r, s, r.EventName)
	}
	return c.needs, c.err
}

// complete takes bucket and key from the record's resources where CloudTrail has
// left out the parameters, as it does where they are too large.
func (c *s3Call) complete() {
	if c.param("bucketName") != "" {
		return
	}
	for _, r := range c.Resources {
		_, name, ok := strings.Cut(r.ARN, ":::")
		if !ok {
			continue
		}
		bucket, key, object := strings.Cut(name, "/")
		c.params()["bucketName"] = bucket
		if object && c.param("key") == "" {
			c.params()["key"] = key
		}
	}
}

// ofBucket reports an action that acts on buckets.
func ofBucket(a *catalogue.Action) bool {
	if a == nil {
		return false
	}
	for _, res := range a.Resources {
		if res.Type.Name == "bucket" {
			return true
		}
	}
	return false
}

func (c *s3Call) need(action string, on Target) {
	if c.service.Action(action) == nil {
		c.err = c.unmapped("there is no action s3:" + action)
		return
	}
	c.needs = append(c.needs, Need{Action: "s3:" + action, Targets: []Target{on}})
}

// maybe is a permission that the call may have needed; see Need.Inferred.
func (c *s3Call) maybe(action string, on Target, why string) {
	c.needs = append(c.needs, Need{Action: "s3:" + action, Targets: []Target{on}, Inferred: why})
}

func (c *s3Call) unmapped(reason string) error {
	return &UnmappedError{c.EventSource, c.EventName, reason}
}

// bucket is the ARN of the call's bucket or access point, "" where it has none.
func (c *s3Call) bucket() string {
	name := c.param("bucketName")
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:" + c.partition() + ":s3:::" + name
}

// objectARN is that of a key in the call's bucket.
func (c *s3Call) objectARN(key string) string {
	b := c.bucket()
	if strings.Contains(b, ":accesspoint/") {
		return b + "/object/" + key
	}
	return b + "/" + key
}

func (c *s3Call) onBucket(action string) {
	b := c.bucket()
	if b == "" {
		c.err = c.unmapped("the record names no bucket")
		return
	}
	c.need(action, Target{ARN: b})
}

// creation needs further actions for what is set on the new bucket at once.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func (c *s3Call) creation() {
	c.onBucket("CreateBucket")
	if c.hasACL() {
		c.onBucket("PutBucketAcl")
	}
	if strings.EqualFold(c.param("x-amz-bucket-object-lock-enabled"), "true") {
		c.onBucket("PutBucketObjectLockConfiguration")
		c.onBucket("PutBucketVersioning")
	}
	if c.has("x-amz-object-ownership") {
		c.onBucket("PutBucketOwnershipControls")
	}
	tags := false
	walk(c.params(), "", 0, func(name, _ string, _ int) { tags = tags || name == "tag" || name == "tags" })
	if tags || contains(c.RequestParameters, `"Tag"`) {
		c.onBucket("TagResource")
	}
}

func (c *s3Call) hasACL() bool {
	for header, action := range s3Headers {
		if action == "PutObjectAcl" && c.has(header) {
			return true
		}
	}
	return false
}

// deletions are many in one call. Its record does not name them.
func (c *s3Call) deletions() {
	if c.bucket() == "" {
		c.err = c.unmapped("the record names no bucket")
		return
	}
	all := Target{ARN: escape(c.objectARN("")) + "*", Pattern: true}
	c.need("DeleteObject", all)
	if c.err != nil {
		return
	}
	c.needs[0].Untold = "the record does not tell whether versions were deleted: s3:DeleteObjectVersion is not in the policy"
	c.bypass(all)
}

func (c *s3Call) bypass(on Target) {
	if strings.EqualFold(c.param("x-amz-bypass-governance-retention"), "true") {
		c.need("BypassGovernanceRetention", on)
	}
}

// object is a call about one object.
func (c *s3Call) object() {
	if c.bucket() == "" {
		c.err = c.unmapped("the record names no bucket")
		return
	}
	on := Target{ARN: c.objectARN(c.param("key"))}
	version := 0
	if c.param("versionId") != "" {
		version = 1
	}
	switch names, known := s3Objects[c.EventName]; {
	case c.EventName == "GetObjectAttributes":
		c.need([2]string{"GetObject", "GetObjectVersion"}[version], on)
		c.need([2]string{"GetObjectAttributes", "GetObjectVersionAttributes"}[version], on)
	case known:
		c.need(names[version], on)
	default: // PutObjectRetention, AbortMultipartUpload, RestoreObject: named like actions
		c.need(c.EventName, on)
	}
	if names := s3Objects[c.EventName]; names[0] == "PutObject" {
		c.headers(on)
	}
	c.bypass(on)
	c.source()
	c.missing()
}

// headers adds what the headers of a write ask for.
func (c *s3Call) headers(on Target) {
	asked := map[string]bool{}
	for header, action := range s3Headers {
		if c.has(header) && !asked[action] {
			asked[action] = true
			c.need(action, on)
		}
	}
}

// missing: whether a missing object is told as missing, or as forbidden,
// depends on a permission of its own.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (c *s3Call) missing() {
	if c.ErrorCode == "NoSuchKey" || c.EventName == "HeadObject" && c.ErrorCode == "NotFound" {
		c.maybe("ListBucket", Target{ARN: c.bucket()}, "a missing object is told as missing only to who may list the bucket")
	}
}
