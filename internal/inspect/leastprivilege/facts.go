package leastprivilege

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// facts are the condition keys of a call as far as its record tells them. A key
// that maps to nil was not in the request; one that does not occur at all is
// not known.
type facts map[string][]string

// Lookup implements policy.Context.
func (f facts) Lookup(key string) ([]string, bool) {
	v, known := f[key]
	return v, known && v != nil
}

var _ policy.Context = facts(nil)

// knows reports whether the record tells a key's value, or that it had none.
func (f facts) knows(key string) bool {
	key = strings.ToLower(key)
	if _, ok := f[key]; ok {
		return true
	}
	// Of these the record has all, so what it does not have was not there.
	return f["all "+family(key)] != nil
}

// family is a key without its variable part: kms:encryptioncontext:team is one
// of kms:encryptioncontext.
func family(key string) string {
	if i := strings.IndexByte(key, ':'); i >= 0 {
		if j := strings.IndexAny(key[i+1:], ":/"); j >= 0 {
			return key[:i+1+j]
		}
	}
	return key
}

func (f facts) set(key, value string) {
	if value == "" {
		f[key] = nil
		return
	}
	f[key] = []string{value}
}

// factsOf reads the keys of a record.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func factsOf(r *Record, s *Subject) facts {
	f := make(facts, 32)
	f.caller(r, s)
	f.network(r)
	f.set("aws:currenttime", r.EventTime.UTC().Format(time.RFC3339))
	f.set("aws:epochtime", strconv.FormatInt(r.EventTime.Unix(), 10))
	f.set("aws:requestedregion", r.Region)
	switch servicePrefix(r.EventSource) {
	case "s3":
		f.s3(r)
	case "kms":
		f.kms(r)
	}
	return f
}

func (f facts) caller(r *Record, s *Subject) {
	u := &r.UserIdentity
	f.set("aws:principalarn", s.ARN)
	f.set("aws:principalaccount", s.account)
	f.set("aws:userid", u.PrincipalID)
	f.set("aws:principalisawsservice", "false")
	f.set("aws:principaltype", "AssumedRole")
	f.set("aws:username", "")
	if s.User {
		f.set("aws:principaltype", "User")
		f.set("aws:username", s.Name)
	}
	f.set("aws:sourceidentity", "")
	f.set("aws:multifactorauthpresent", "")
	if c := u.SessionContext; c != nil {
		f.set("aws:multifactorauthpresent", c.Attributes.MFAAuthenticated)
		f.set("aws:tokenissuetime", c.Attributes.CreationDate)
		f.set("aws:sourceidentity", c.SourceIdentity)
	}
}

// chained are the services that add themselves to aws:CalledVia.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
var chained = map[string]bool{
	"athena.amazonaws.com": true, "cloudformation.amazonaws.com": true, "dynamodb.amazonaws.com": true, "kms.amazonaws.com": true,
}

func (f facts) network(r *Record) {
	by := r.UserIdentity.InvokedBy
	f.set("aws:viaawsservice", strconv.FormatBool(by != ""))
	f.set("aws:sourceip", "")
	if _, err := netip.ParseAddr(r.SourceIPAddress); err == nil {
		f.set("aws:sourceip", r.SourceIPAddress)
	}
	f.set("aws:sourcevpce", r.VPCEndpointID)
	switch {
	case by == "":
		f.set("aws:calledvia", "")
		f.set("aws:calledviafirst", "")
		f.set("aws:calledvialast", "")
		f.set("aws:useragent", r.UserAgent)
	case chained[by]: // the first of a longer chain is not told
		f.set("aws:calledvialast", by)
	}
	if len(r.TLSDetails) > 0 && string(r.TLSDetails) != "null" {
		f.set("aws:securetransport", "true")
	}
}

// s3 has its keys from headers and parameters, which the record has under their
// own names.
func (f facts) s3(r *Record) {
	for _, name := range []string{
		"prefix", "delimiter", "max-keys", "versionId", "x-amz-acl", "x-amz-copy-source", "x-amz-metadata-directive",
		"x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-storage-class",
		"x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp",
		"x-amz-website-redirect-location",
	} {
		f.set("s3:"+strings.ToLower(name), r.param(name))
	}
}

func (f facts) kms(r *Record) {
	f.set("kms:calleraccount", r.UserIdentity.AccountID)
	f.set("kms:viaservice", viaService(r))
	f["all kms:encryptioncontext"] = []string{}
	var keys []string
	if context, ok := r.params()["encryptionContext"].(map[string]any); ok {
		for k, v := range context {
			keys = append(keys, k)
			f.set("kms:encryptioncontext:"+strings.ToLower(k), text(v))
		}
	}
	f["kms:encryptioncontextkeys"] = keys
	if alias := r.param("keyId"); strings.HasPrefix(alias, "alias/") {
		f.set("kms:requestalias", alias)
	}
}

// viaService is the value of kms:ViaService of a call that a service made for
// the caller: s3.us-east-1.amazonaws.com. It is empty if no service did, or if
// the record does not tell which.
func viaService(r *Record) string {
	name, ok := strings.CutSuffix(r.UserIdentity.InvokedBy, ".amazonaws.com")
	if !ok || strings.Contains(name, ".") || r.Region == "" {
		return ""
	}
	return name + "." + r.Region + ".amazonaws.com"
}

// only drops what no policy asks for: calls that differ in nothing else
// are replayed once.
func (f facts) only(keys map[string]bool) facts {
	kept := make(facts, len(keys))
	for k, v := range f {
		if keys[family(strings.TrimPrefix(k, "all "))] {
			kept[k] = v
		}
	}
	return kept
}
