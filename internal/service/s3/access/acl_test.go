package access_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/policy"
)

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// "Mapping of ACL permissions and access policy permissions" (Amazon S3 User
// Guide, "Access control list (ACL) overview").
func TestPermissions(t *testing.T) {
	for _, tt := range []struct {
		permission       s3api.Permission
		bucket, own, obj string
	}{
		{s3api.PermissionRead, "ListBucket ListBucketMultipartUploads ListBucketVersions", "", "GetObject GetObjectVersion"},
		{s3api.PermissionWrite, "PutObject PutObjectAcl", "DeleteObject PutObject", ""},
		{s3api.PermissionReadAcp, "GetBucketAcl", "", "GetObjectAcl GetObjectVersionAcl"},
		{s3api.PermissionWriteAcp, "PutBucketAcl", "", "PutObjectAcl PutObjectVersionAcl"},
		{s3api.PermissionFullControl,
			"GetBucketAcl ListBucket ListBucketMultipartUploads ListBucketVersions PutBucketAcl PutObject PutObjectAcl", "DeleteObject PutObject",
			"GetObject GetObjectAcl GetObjectVersion GetObjectVersionAcl PutObjectAcl PutObjectVersionAcl"},
	} {
		grants := []access.Grant{{Account: "444455556666", Permission: tt.permission}}
		for what, list := range map[string]struct {
			policy *policy.Policy
			want   string
		}{
			"bucket": {access.BucketACL(grants), tt.bucket}, "own object": {access.BucketACLOfOwn(grants), tt.own}, "object": {access.ObjectACL(grants), tt.obj},
		} {
			var got []string
			if list.policy != nil {
				for _, s := range list.policy.Statements() {
					got = append(got, s.Actions...)
				}
			}
			slices.Sort(got)
			if s := strings.ReplaceAll(strings.Join(got, " "), "s3:", ""); s != list.want {
				t.Errorf("%s on a %s allows %s, want %s", tt.permission, what, s, list.want)
			}
		}
	}
}

// Who a grant is for.
func TestGrantees(t *testing.T) {
	callers := map[string]policy.Principal{
		"root":      {Type: policy.Root, Account: "444455556666", ARN: "arn:aws:iam::444455556666:root"},
		"user":      {Type: policy.User, Account: "444455556666", ARN: "arn:aws:iam::444455556666:user/u"},
		"other":     {Type: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/u"},
		"anonymous": {Type: policy.Anonymous},
		"logging":   {Type: policy.ServicePrincipal, Service: "logging.s3.amazonaws.com"},
		"service":   {Type: policy.ServicePrincipal, Service: "cloudtrail.amazonaws.com"},
	}
	for _, tt := range []struct {
		grant access.Grant
		via   policy.Via
		in    string
	}{
		{access.Grant{Account: "444455556666"}, policy.ViaAccount, "root user"},
		{access.Grant{Group: access.AllUsers}, policy.ViaAnyone, "anonymous logging other root service user"},
		{access.Grant{Group: access.AuthenticatedUsers}, policy.ViaAnyone, "other root user"},
		{access.Grant{Group: access.LogDelivery}, policy.ViaService, "logging"},
		{access.Grant{Group: "http://example.com"}, 0, ""},
	} {
		tt.grant.Permission = s3api.PermissionRead
		acl := access.ObjectACL([]access.Grant{tt.grant})
		var in []string
		for name, p := range callers {
			if acl == nil {
				continue
			}
			keys := policy.Keys{}
			if p.Account != "" {
				keys["aws:principalaccount"] = []string{p.Account}
			}
			v := acl.Evaluate(&policy.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Principal: p, Context: keys})
			if v.Effect == policy.Allow {
				in = append(in, name)
				if v.Via != tt.via {
					t.Errorf("%+v lets %s in as %s", tt.grant, name, v.Via)
				}
			}
		}
		slices.Sort(in)
		if got := strings.Join(in, " "); got != tt.in {
			t.Errorf("%+v lets in %q, want %q", tt.grant, got, tt.in)
		}
	}
	if access.BucketACL(nil) != nil {
		t.Error("no grants are a policy")
	}
}

// The table "Canned ACL" of the same page.
func TestCanned(t *testing.T) {
	for _, tt := range []struct{ name, of, want string }{
		{"private", "owner", "owner:FULL_CONTROL"},
		{"", "owner", "owner:FULL_CONTROL"},
		{"public-read", "owner", "owner:FULL_CONTROL AllUsers:READ"},
		{"public-read-write", "owner", "owner:FULL_CONTROL AllUsers:READ AllUsers:WRITE"},
		{"authenticated-read", "owner", "owner:FULL_CONTROL AuthenticatedUsers:READ"},
		{"bucket-owner-read", "writer", "writer:FULL_CONTROL owner:READ"},
		{"bucket-owner-read", "owner", "owner:FULL_CONTROL"},
		{"bucket-owner-full-control", "writer", "writer:FULL_CONTROL owner:FULL_CONTROL"},
		{"bucket-owner-full-control", "owner", "owner:FULL_CONTROL"},
		{"log-delivery-write", "owner", "owner:FULL_CONTROL LogDelivery:WRITE LogDelivery:READ_ACP"},
	} {
		var got []string
		grants := access.Canned(tt.name, tt.of, "owner")
		for _, g := range grants {
			who := ""
			if g.Grantee.ID != nil {
				who = *g.Grantee.ID
			} else {
				who = (*g.Grantee.URI)[strings.LastIndexByte(*g.Grantee.URI, '/')+1:]
			}
			got = append(got, who+":"+string(g.Permission))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s of %s is %s, want %s", tt.name, tt.of, s, tt.want)
		}
		public := strings.Contains(tt.want, "Users")
		if access.PublicGrants(grants) != public || access.PublicGrants(access.WithoutPublic(grants)) {
			t.Errorf("%s is public: %v", tt.name, !public)
		}
		if access.Private(grants, tt.of) != (len(grants) == 1) || access.Private(grants, "somebody") {
			t.Errorf("%s is private: %v", tt.name, len(grants) != 1)
		}
	}
}
