// Package access holds the parts of S3's access control that need no bucket:
// what makes a policy public (Public), what the grants of an access control
// list allow (BucketACL, ObjectACL), and the ways of writing such a list
// (Canned, ParseGrantees).
//
// Access control lists are turned into policies, so that there is one way to
// decide: each permission stands for the actions that the User Guide maps it to
// ("Access control list (ACL) overview").
package access

import (
	"encoding/json"
	"slices"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/policy"
)

// The groups that a grant can be made to.
const (
	AllUsers           = "http://acs.amazonaws.com/groups/global/AllUsers"
	AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
	LogDelivery        = "http://acs.amazonaws.com/groups/s3/LogDelivery"
)

// Group reports the URI of a group.
func Group(uri string) bool {
	return uri == AllUsers || uri == AuthenticatedUsers || uri == LogDelivery
}

// PublicGroup reports a group that anybody is in.
func PublicGroup(uri string) bool { return uri == AllUsers || uri == AuthenticatedUsers }

// PublicGrants reports whether grants are public: made to a public group,
// whatever the permission.
func PublicGrants(grants []s3api.Grant) bool { return slices.ContainsFunc(grants, public) }

// WithoutPublic gives the grants that are not public.
func WithoutPublic(grants []s3api.Grant) []s3api.Grant {
	return slices.DeleteFunc(slices.Clone(grants), public)
}

func public(g s3api.Grant) bool { return g.Grantee.URI != nil && PublicGroup(*g.Grantee.URI) }

// Grant is a permission of an access control list, given to an account or to a
// group.
type Grant struct {
	Account    string
	Group      string
	Permission s3api.Permission
}

// actions are what permissions allow.
type actions map[s3api.Permission][]string

var onBucket = actions{
	s3api.PermissionRead:     {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
	s3api.PermissionWrite:    {"s3:PutObject", "s3:PutObjectAcl"}, // the list of what is put
	s3api.PermissionReadAcp:  {"s3:GetBucketAcl"},
	s3api.PermissionWriteAcp: {"s3:PutBucketAcl"},
}

// onOwn is onBucket for an object that the grantee owns already.
var onOwn = actions{s3api.PermissionWrite: {"s3:PutObject", "s3:DeleteObject"}}

var onObject = actions{
	s3api.PermissionRead:     {"s3:GetObject", "s3:GetObjectVersion"},
	s3api.PermissionReadAcp:  {"s3:GetObjectAcl", "s3:GetObjectVersionAcl"},
	s3api.PermissionWriteAcp: {"s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
}

// BucketACL is the list of a bucket as a policy.
func BucketACL(grants []Grant) *policy.Policy { return compile(grants, onBucket) }

// BucketACLOfOwn is what the list of a bucket says about objects that the
// caller itself owns: "For the bucket and object owners of existing objects,
// also allows deletions and overwrites of those objects".
func BucketACLOfOwn(grants []Grant) *policy.Policy { return compile(grants, onOwn) }

// ObjectACL is the list of an object as a policy.
func ObjectACL(grants []Grant) *policy.Policy { return compile(grants, onObject) }

// of gives the actions of a permission.
func (a actions) of(p s3api.Permission) []string {
	if p != s3api.PermissionFullControl {
		return a[p]
	}
	var all []string
	for _, p := range p.Values() {
		all = append(all, a[s3api.Permission(p)]...)
	}
	return all
}

// compile makes a policy of grants, nil when they allow nothing.
//
// An account is named as an account and not by its canonical user id: the
// grant is for the account to delegate, its users need permission too.
func compile(grants []Grant, allow actions) *policy.Policy {
	var list []statement
	for _, g := range grants {
		permitted := allow.of(g.Permission)
		s := statement{Effect: policy.Allow.String(), Action: permitted, Resource: "*"}
		switch {
		case len(permitted) == 0:
			continue
		case g.Account != "":
			s.Principal = map[string]string{"AWS": g.Account}
		case g.Group == AllUsers:
			s.Principal = "*"
		case g.Group == AuthenticatedUsers:
			s.Principal, s.Condition = "*", authenticated
		case g.Group == LogDelivery:
			s.Principal = map[string]string{"Service": "logging.s3.amazonaws.com"}
		default:
			continue
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil
	}
	return parse(document{Version: policy.Version2012, Statement: list})
}

// authenticated is the condition that a caller has an account.
var authenticated = map[string]map[string][]string{"Null": {"aws:PrincipalAccount": {"false"}}}

// document and statement are a policy document to be written.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid          string `json:",omitempty"`
	Effect       string
	Principal    any `json:",omitempty"`
	NotPrincipal any `json:",omitempty"`
	Action       any `json:",omitempty"`
	NotAction    any `json:",omitempty"`
	Resource     any `json:",omitempty"`
	NotResource  any `json:",omitempty"`
	Condition    any `json:",omitempty"`
}

// parse compiles a document of our own making.
func parse(d document) *policy.Policy {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings, lists and maps of strings
	}
	p, err := policy.Parse(string(text), policy.Resource)
	if err != nil {
		panic(err)
	}
	return p
}
