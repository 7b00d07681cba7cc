package s3

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
	"github.com/fortlet/fortlet/policy"
)

// keys resolves the condition keys of S3: those of the operation, those of its
// request, then those that every request has. Keys of things that Fortlet does
// not have, s3:DataAccessPointArn and its kin, are absent.
type keys struct {
	call    *cloud.Call
	action  string
	bucket  *Bucket
	object  *Object
	tags    map[string]string
	own     conditions
	request conditions
}

func newKeys(call *cloud.Call, b *Bucket, q *question) *keys {
	return &keys{call: call, action: q.action, bucket: b, object: q.object, tags: q.tags, own: q.keys, request: requestKeys(call, b, q.action)}
}

var _ policy.Context = (*keys)(nil)

// Lookup implements policy.Context.
func (k *keys) Lookup(key string) ([]string, bool) {
	if v, ok := k.own.Lookup(key); ok {
		return v, true
	}
	if v, ok := k.request.Lookup(key); ok {
		return v, true
	}
	if name, tag, ok := strings.Cut(key, "/"); ok && access.KeyOf(key, k.action) {
		return k.tag(name, tag)
	}
	signature := &k.call.Signature
	switch key {
	case "s3:authtype":
		return some(signature.AuthType)
	case "s3:signatureversion":
		return some(signature.Version)
	case "s3:signatureage":
		if signature.AuthType == "REST-QUERY-STRING" {
			return some(strconv.FormatInt(signature.Age.Milliseconds(), 10))
		}
	case "s3:x-amz-content-sha256":
		return some(signature.Payload)
	case "s3:resourceaccount":
		return some(k.bucket.Account)
	case "s3:objectcreationoperation":
		// Parts and the beginning of an upload take s3:PutObject too, and have no
		// conditional headers that a policy could demand.
		if access.KeyOf(key, k.action) {
			return some(strconv.FormatBool(creates[k.call.Operation.Name]))
		}
	case "s3:requestobjecttagkeys":
		return slices.Sorted(maps.Keys(k.tags)), len(k.tags) > 0 && access.KeyOf(key, k.action)
	}
	return nil, false
}

// creates are the operations that make an object.
var creates = map[string]bool{"PutObject": true, "CopyObject": true, "CompleteMultipartUpload": true}

func (k *keys) tag(name, tag string) ([]string, bool) {
	switch name {
	case "s3:requestobjecttag":
		return findTag(k.tags, tag)
	case "s3:existingobjecttag":
		if k.object != nil {
			return findTag(k.object.Tags, tag)
		}
	}
	return nil, false
}

// findTag looks a tag up by its key in lower case, as names of condition keys
// have no case. Of two tags whose keys differ in nothing else the condition
// could mean either, and means none.
func findTag(tags map[string]string, key string) (values []string, ok bool) {
	for k, v := range tags {
		if strings.ToLower(k) != key {
			continue
		}
		if ok {
			return nil, false
		}
		values, ok = []string{v}, true
	}
	return values, ok
}

func some(v string) ([]string, bool) {
	if v == "" {
		return nil, false
	}
	return []string{v}, true
}

// sources are the parameters of requests that are condition keys, by header or
// query parameter. Which actions have the key is for access.KeyOf to say.
var sources = map[string]string{
	"x-amz-acl":                "s3:x-amz-acl",
	"x-amz-grant-full-control": "s3:x-amz-grant-full-control",
	"x-amz-grant-read":         "s3:x-amz-grant-read",
	"x-amz-grant-read-acp":     "s3:x-amz-grant-read-acp",
	"x-amz-grant-write":        "s3:x-amz-grant-write",
	"x-amz-grant-write-acp":    "s3:x-amz-grant-write-acp",

	"x-amz-object-ownership": "s3:x-amz-object-ownership",

	"x-amz-copy-source":                               "s3:x-amz-copy-source",
	"x-amz-metadata-directive":                        "s3:x-amz-metadata-directive",
	"x-amz-server-side-encryption":                    "s3:x-amz-server-side-encryption",
	"x-amz-server-side-encryption-aws-kms-key-id":     kmsKeyID,
	"x-amz-server-side-encryption-customer-algorithm": "s3:x-amz-server-side-encryption-customer-algorithm",
	"x-amz-storage-class":                             "s3:x-amz-storage-class",
	"x-amz-website-redirect-location":                 "s3:x-amz-website-redirect-location",
	"If-Match":                                        "s3:if-match",
	"If-None-Match":                                   "s3:if-none-match",

	"x-amz-object-lock-mode":              "s3:object-lock-mode",
	"x-amz-object-lock-retain-until-date": retainUntil,
	"x-amz-object-lock-legal-hold":        "s3:object-lock-legal-hold",

	"prefix":    "s3:prefix",
	"delimiter": "s3:delimiter",
	"max-keys":  "s3:max-keys",
	"versionId": "s3:versionid",
}

const (
	copySource  = "s3:x-amz-copy-source"
	kmsKeyID    = "s3:x-amz-server-side-encryption-aws-kms-key-id"
	retainUntil = "s3:object-lock-retain-until-date"
)

// parameter is a member of an input that is a condition key.
type parameter struct {
	field int
	key   string
}

// parameters are those of each type of input.
var parameters sync.Map // reflect.Type to []parameter

func parametersOf(t reflect.Type) []parameter {
	if known, ok := parameters.Load(t); ok {
		return known.([]parameter)
	}
	var list []parameter
	for i := range t.NumField() {
		tag, err := api.ParseTag(t.Field(i).Tag.Get(api.TagMember))
		if err != nil {
			continue // package wire has refused such a type
		}
		if key, ok := sources[tag.Name]; ok && (tag.Location == "header" || tag.Location == "querystring") {
			list = append(list, parameter{i, key})
		}
	}
	parameters.Store(t, list)
	return list
}

// requestKeys are the condition keys that an action finds in the input of its
// operation. They are taken out of it at once: decisions are remembered, inputs
// are not.
func requestKeys(call *cloud.Call, b *Bucket, action string) conditions {
	v := reflect.ValueOf(call.Input)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil
	}
	v = v.Elem()
	var c conditions
	for _, p := range parametersOf(v.Type()) {
		if !access.KeyOf(p.key, action) {
			continue
		}
		value := parameterText(v.Field(p.field))
		if value == "" {
			continue
		}
		// A policy that names one key, or one source, must not be met or avoided
		// by another way of writing it.
		switch p.key {
		case kmsKeyID:
			value = encryption.KeyARN(b.Region, call.Account(), value)
		case copySource:
			value = plainSource(value)
		}
		if c == nil {
			c = make(conditions)
		}
		c[p.key] = []string{value}
		if p.key == retainUntil {
			until := v.Field(p.field).Interface().(*time.Time)
			c.set("s3:object-lock-remaining-retention-days", remainingDays(call.Time, *until))
		}
	}
	return c
}

func parameterText(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return v.String()
	}
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return ""
	}
	switch e := v.Interface().(type) {
	case *string:
		return *e
	case *int32:
		return strconv.Itoa(int(*e))
	case *time.Time:
		return e.UTC().Format(time.RFC3339)
	}
	return ""
}

// plainSource is the source of a copy as the User Guide's policies write it:
// bucket/key.
func plainSource(header string) string {
	r, err := parseCopySource(header)
	if err != nil {
		return header
	}
	return r.bucket + "/" + r.key
}

// remainingDays is how many days are left until a date, begun ones counting.
func remainingDays(now, until time.Time) string {
	left := until.Sub(now)
	days := int64(left / (24 * time.Hour))
	if left%(24*time.Hour) > 0 {
		days++
	}
	return strconv.FormatInt(days, 10)
}
