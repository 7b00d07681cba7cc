package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// prying is a policy that allows everything, and denies what has properties
// that its author would like to know: a denial in other words would tell.
const prying = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":"*","Resource":"*"},
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:ResourceTag/secret":"*"}}},
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"kms:KeySpec":"*"}}},
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"kms:ResourceAliases":"*"}}},
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"iam:ResourceTag/secret":"*"}}}]}`

// TestStrangersLearnNothing: who is let in by nothing of another account cannot
// tell what exists there from what does not, neither by the answer, nor by its
// explanation, nor by the record that its account keeps.
func TestStrangersLearnNothing(t *testing.T) {
	w := newWorld(t)
	create := func(body string) string {
		a := w.serve(w.as(w.root(), "kms", jsonCall("CreateKey", body)))
		_, id, _ := strings.Cut(a.body, `"KeyId":"`)
		if a.status != http.StatusOK || len(id) < 36 {
			t.Fatal(a.body)
		}
		return id[:36]
	}
	const only = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"TopSecret\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"kms:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/vault\":\"open\"}}}]}`
	open := create(`{"Tags":[{"TagKey":"secret","TagValue":"plan"}]}`)
	closed := create(`{"BypassPolicyLockoutSafetyCheck":true,"Policy":"` + only + `"}`)
	if a := w.serve(w.as(w.root(), "kms", jsonCall("CreateAlias", `{"AliasName":"alias/there","TargetKeyId":"`+open+`"}`))); a.status != http.StatusOK {
		t.Fatal(a.body)
	}
	w.query(w.root(), "iam", "CreateRole", "RoleName", "there", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":{"Sid":"TopSecret","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`,
		"Tags.member.1.Key", "secret", "Tags.member.1.Value", "plan")
	w.query(w.root(), "iam", "CreatePolicy", "PolicyName", "there", "PolicyDocument", everything, "Tags.member.1.Key", "secret", "Tags.member.1.Value", "plan")

	second := w.account("second")
	w.query(second, "iam", "CreateUser", "UserName", "mallory")
	w.query(second, "iam", "PutUserPolicy", "UserName", "mallory", "PolicyName", "p", "PolicyDocument", prying)
	get := w.query(second, "iam", "CreateAccessKey", "UserName", "mallory")
	mallory := key{id: get("AccessKeyId"), secret: get("SecretAccessKey")}

	const missing = "00000000-0000-0000-0000-000000000000"
	keyARN, aliasARN := "arn:aws:kms:us-east-1:111122223333:key/", "arn:aws:kms:us-east-1:111122223333:alias/"
	kms := func(operation, more string) func(string) (string, *http.Request) {
		return func(name string) (string, *http.Request) {
			return "kms", jsonCall(operation, `{"KeyId":"`+name+`"`+more+`}`)
		}
	}
	form := func(service, action string, params ...string) func(string) (string, *http.Request) {
		return func(name string) (string, *http.Request) {
			return service, query(service, action, append(params, name)...)
		}
	}
	for name, tt := range map[string]struct {
		there, nowhere []string
		call           func(name string) (string, *http.Request)
	}{
		"Encrypt":          {[]string{keyARN + open, keyARN + closed, aliasARN + "there"}, []string{keyARN + missing, aliasARN + "nowhere"}, kms("Encrypt", `,"Plaintext":"AAAA"`)},
		"DescribeKey":      {[]string{keyARN + open, keyARN + closed, aliasARN + "there"}, []string{keyARN + missing, aliasARN + "nowhere"}, kms("DescribeKey", "")},
		"ListGrants":       {[]string{keyARN + open, keyARN + closed}, []string{keyARN + missing}, kms("ListGrants", "")},
		"GetKeyPolicy":     {[]string{keyARN + open, keyARN + closed}, []string{keyARN + missing}, kms("GetKeyPolicy", "")},
		"CreateGrant":      {[]string{keyARN + open, keyARN + closed}, []string{keyARN + missing}, kms("CreateGrant", `,"GranteePrincipal":"arn:aws:iam::111122223333:root","Operations":["Decrypt"]`)},
		"RetireGrant":      {[]string{keyARN + open, keyARN + closed}, []string{keyARN + missing}, kms("RetireGrant", `,"GrantId":"`+strings.Repeat("0", 64)+`"`)},
		"AssumeRole":       {[]string{"arn:aws:iam::111122223333:role/there"}, []string{"arn:aws:iam::111122223333:role/nowhere"}, form("sts", "AssumeRole", "RoleSessionName", "one", "RoleArn")},
		"GetPolicy":        {[]string{"arn:aws:iam::111122223333:policy/there"}, []string{"arn:aws:iam::111122223333:policy/nowhere"}, form("iam", "GetPolicy", "PolicyArn")},
		"GetPolicyVersion": {[]string{"arn:aws:iam::111122223333:policy/there"}, []string{"arn:aws:iam::111122223333:policy/nowhere"}, form("iam", "GetPolicyVersion", "VersionId", "v1", "PolicyArn")},
		"DeletePolicy":     {[]string{"arn:aws:iam::111122223333:policy/there"}, []string{"arn:aws:iam::111122223333:policy/nowhere"}, form("iam", "DeletePolicy", "PolicyArn")},
	} {
		t.Run(name, func(t *testing.T) {
			for _, who := range []key{mallory, second} {
				learn := func(resource string) string {
					service, r := tt.call(resource)
					a := w.serve(w.as(who, service, r))
					if a.status < 400 {
						t.Fatalf("%d %s", a.status, a.body)
					}
					e := decode[json.RawMessage](t, w.control(second, "GET", "explain/"+a.requestID, ""), 200)
					seen := fmt.Sprintf("%d %s\n%s\n%s", a.status, a.body, e, w.recorded(a.requestID))
					if strings.Contains(seen, "TopSecret") || strings.Contains(seen, "plan") {
						t.Errorf("%s is told: %s", resource, seen)
					}
					return anonymous(seen, resource)
				}
				for _, prefix := range []string{keyARN, aliasARN, "arn:aws:iam"} {
					want := ""
					for _, resource := range append(tt.nowhere, tt.there...) {
						if !strings.HasPrefix(resource, prefix) {
							continue
						}
						switch got := learn(resource); {
						case want == "":
							want = got
						case got != want:
							t.Errorf("%s is told from what does not exist:\n%s\nwant\n%s", resource, got, want)
						}
					}
				}
			}
		})
	}
}

// TestStrangersAreExplained: the management account, to which the owner of the
// resource answers, is told what the stranger is not; at once, and from the
// record when much else has happened since.
func TestStrangersAreExplained(t *testing.T) {
	w := newWorld(t)
	w.query(w.root(), "iam", "CreateRole", "RoleName", "there", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":{"Sid":"TopSecret","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}`)
	second := w.account("second")
	w.query(second, "iam", "CreateUser", "UserName", "bob")
	get := w.query(second, "iam", "CreateAccessKey", "UserName", "bob")
	bob := key{id: get("AccessKeyId"), secret: get("SecretAccessKey")}
	denied := w.serve(w.as(bob, "sts", query("sts", "AssumeRole", "RoleArn", "arn:aws:iam::111122223333:role/there", "RoleSessionName", "one")))

	for range 2 {
		for name, tt := range map[string]struct {
			who    key
			secret bool
		}{"the caller's account": {second, false}, "the management account": {w.root(), true}} {
			a := w.control(tt.who, "GET", "explain/"+denied.requestID, "")
			if a.status != http.StatusOK || strings.Contains(a.body, "TopSecret") != tt.secret {
				t.Errorf("%s is told: %d %s", name, a.status, a.body)
			}
		}
		for range 2100 { // more than are remembered
			w.query(bob, "sts", "GetCallerIdentity")
		}
	}
}

// TestAllowedByAnotherAccount: who may use a resource of another account is
// told that it may, and not by which policy.
func TestAllowedByAnotherAccount(t *testing.T) {
	w := newWorld(t)
	second := w.account("second")
	account := w.query(second, "sts", "GetCallerIdentity")("Account")
	w.query(w.root(), "iam", "CreateRole", "RoleName", "there", "Tags.member.1.Key", "secret", "Tags.member.1.Value", "plan", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":{"Sid":"TopSecret","Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"sts:AssumeRole"}}`)
	w.query(second, "iam", "CreateUser", "UserName", "bob")
	w.query(second, "iam", "PutUserPolicy", "UserName", "bob", "PolicyName", "p", "PolicyDocument",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*","Condition":{"StringLike":{"aws:ResourceTag/secret":"*"}}}}`)
	get := w.query(second, "iam", "CreateAccessKey", "UserName", "bob")
	bob := key{id: get("AccessKeyId"), secret: get("SecretAccessKey")}

	a := w.serve(w.as(bob, "sts", query("sts", "AssumeRole", "RoleArn", "arn:aws:iam::111122223333:role/there", "RoleSessionName", "one")))
	if a.status != http.StatusOK {
		t.Fatal(a.body)
	}
	for who, told := range map[key]bool{second: false, w.root(): true} {
		e := w.control(who, "GET", "explain/"+a.requestID, "")
		if !strings.Contains(e.body, "ALLOWED: a resource-based policy allows") {
			t.Errorf("explanation: %s", e.body)
		}
		for _, secret := range []string{"TopSecret", "plan"} {
			if strings.Contains(e.body, secret) != told {
				t.Errorf("%s is told %t: %s", secret, !told, e.body)
			}
		}
	}
}

// recorded is what the record of a request tells of its resources and end.
func (w *world) recorded(requestID string) string {
	w.Helper()
	for e, err := range w.Cloud.Audit.Events(audit.Filter{RequestID: requestID}) {
		if err != nil {
			w.Fatal(err)
		}
		r := e.Record
		return fmt.Sprint(r.EventName, r.ErrorCode, r.ErrorMessage, r.Resources, string(r.RequestParameters))
	}
	w.Fatalf("request %s has no record", requestID)
	return ""
}

var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|"encodedMessage":"[^"]*"`)

// anonymous takes out what differs between any two requests: their ids, and the
// name of the resource.
func anonymous(seen, resource string) string {
	seen = strings.ReplaceAll(seen, resource, "RESOURCE")
	name := resource[strings.LastIndexByte(resource, '/')+1:]
	return changing.ReplaceAllString(strings.ReplaceAll(seen, name, "NAME"), "ID")
}
