package reach_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

// What one principal may, by policies of every kind.
func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name     string
		identity []string // of user alice, and of role app
		resource *reach.Resource
		action   string
		who      string
		given    policy.Keys
		absent   []string
		want     reach.Verdict
		keys     string // that stand between
	}{
		{name: "identity", identity: []string{may("s3:GetObject", object)}, who: "alice", want: reach.Yes},
		{name: "role", identity: []string{may("s3:GetObject", object)}, who: "app", want: reach.Yes},
		{name: "nothing", who: "alice", want: reach.No},
		{name: "another action", identity: []string{may("s3:PutObject", object)}, who: "alice", want: reach.No},
		{name: "deny", identity: []string{may("s3:*", "*"), mayNot("s3:GetObject", object)}, who: "alice", want: reach.No},
		{name: "root", who: "root", want: reach.Yes},
		{name: "bucket policy", resource: inBucket(t, opens(aws("arn:aws:iam::111122223333:user/alice"), "s3:GetObject", object)), who: "alice", want: reach.Yes},
		{name: "bucket policy for another", resource: inBucket(t, opens(aws("arn:aws:iam::111122223333:user/alice"), "s3:GetObject", object)), who: "app", want: reach.No},
		{name: "bucket policy denies", identity: []string{may("s3:*", "*")}, resource: inBucket(t, refuses(anyone, "s3:*", object)), who: "app", want: reach.No},
		{name: "anonymous", resource: inBucket(t, opens(anyone, "s3:GetObject", object)), who: "anonymous", want: reach.Yes},
		{name: "not anonymous", resource: inBucket(t, opens(aws(account), "s3:GetObject", object)), who: "anonymous", want: reach.No},

		// What is not known stands between, in both directions.
		{name: "address", identity: []string{may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice", want: reach.Depends, keys: "aws:SourceIp"},
		{name: "address given", identity: []string{may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice",
			given: policy.Keys{"aws:sourceip": {"192.0.2.7"}}, want: reach.Yes},
		{name: "another address given", identity: []string{may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice",
			given: policy.Keys{"aws:sourceip": {"198.51.100.1"}}, want: reach.No},
		{name: "address absent", identity: []string{may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice",
			absent: []string{"aws:sourceip"}, want: reach.No},
		{name: "deny by address", identity: []string{may("s3:*", "*"), mayNot("s3:*", "*", `{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice", want: reach.Depends, keys: "aws:SourceIp"},
		{name: "a condition that does not matter", identity: []string{may("s3:*", "*"), may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice", want: reach.Yes},
		{name: "a condition of another action", identity: []string{may("s3:PutObject", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}, who: "alice", want: reach.No},
		{name: "two conditions, one fails", identity: []string{may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"StringEquals":{"aws:PrincipalAccount":"444455556666"}}`)}, who: "alice", want: reach.No},
		{name: "denied whatever the address", identity: []string{may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`), mayNot("s3:*", "*")}, who: "alice", want: reach.No},
		{name: "if exists", identity: []string{may("s3:*", "*", `{"StringEqualsIfExists":{"s3:ExistingObjectTag/team":"a"}}`)}, who: "alice", want: reach.Depends, keys: "s3:ExistingObjectTag/team"},
		{name: "multi-factor", identity: []string{may("s3:*", "*"), mayNot("*", "*", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`)}, who: "alice", want: reach.Depends, keys: "aws:MultiFactorAuthPresent"},
		{name: "variable", identity: []string{may("s3:*", "arn:aws:s3:::${aws:SourceVpc}/key")}, who: "alice", want: reach.Depends, keys: "aws:sourcevpc"},
		{name: "variable elsewhere", identity: []string{may("s3:*", "arn:aws:s3:::${aws:SourceVpc}/other")}, who: "alice", want: reach.No},
		{name: "variable in NotResource", identity: []string{`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::${aws:SourceVpc}/key"}`}, who: "alice", want: reach.Depends, keys: "aws:sourcevpc"},
		{name: "variable of the caller", identity: []string{may("s3:*", "arn:aws:s3:::the-bucket/${aws:username}")}, resource: &reach.Resource{ARN: bucket + "/alice", Owner: account}, who: "alice", want: reach.Yes},
		{name: "variable in a condition", identity: []string{may("s3:*", "*", `{"StringEquals":{"aws:username":"${aws:Referer}"}}`)}, who: "alice", want: reach.Depends, keys: "aws:username"},

		// What follows from who calls is known.
		{name: "tag of the principal", identity: []string{may("s3:*", "*", `{"StringEquals":{"aws:PrincipalTag/team":"a"}}`)}, who: "alice", want: reach.Yes},
		{name: "other tag of the principal", identity: []string{may("s3:*", "*", `{"StringEquals":{"aws:PrincipalTag/team":"b"}}`)}, who: "alice", want: reach.No},
		{name: "tag of a role", identity: []string{may("s3:*", "*", `{"StringEquals":{"aws:PrincipalTag/team":"b"}}`)}, who: "app", want: reach.No},
		{name: "tag of a session", identity: []string{may("s3:*", "*", `{"StringEquals":{"aws:PrincipalTag/team":"b"}}`)}, who: "tagged", want: reach.Depends, keys: "aws:PrincipalTag/team"},
		{name: "transport", identity: []string{may("s3:*", "*")}, resource: inBucket(t, refuses(anyone, "s3:*", "*", `{"Bool":{"aws:SecureTransport":"false"}}`)), who: "app", want: reach.Yes},
		{name: "source of a user", identity: []string{may("s3:*", "*", `{"Null":{"aws:SourceArn":"true"}}`)}, who: "alice", want: reach.Yes},
		{name: "organization not read", identity: []string{may("s3:*", "*", `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`)}, who: "alice", want: reach.Depends, keys: "aws:PrincipalOrgID"},

		{name: "false that is absent", identity: []string{may("s3:*", "*"), mayNot("*", "*", `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`)}, who: "app", absent: []string{"aws:multifactorauthpresent"}, want: reach.Yes},
		{name: "tag of the resource", action: "kms:Decrypt", identity: []string{may("kms:*", "*", `{"StringEquals":{"aws:ResourceTag/team":"a"}}`)}, resource: aKey(t, opens(aws(account), "kms:*", "*")), who: "app", want: reach.Depends, keys: "aws:ResourceTag/team"},
		{name: "tag of the resource that is known", action: "kms:Decrypt", identity: []string{may("kms:*", "*", `{"StringEquals":{"aws:ResourceTag/team":"a"}}`)},
			resource: &reach.Resource{ARN: keyARN, Gate: true, Policy: parsed(t, opens(aws(account), "kms:*", "*")), TagsKnown: true, Tags: map[string]string{"team": "b"}}, who: "app", want: reach.No},

		// Others.
		{name: "other account", resource: inBucket(t, opens(aws(other), "s3:GetObject", object)), who: "arn:aws:iam::444455556666:role/r", want: reach.Depends, keys: ""},
		{name: "other account's root", resource: inBucket(t, opens(aws(other), "s3:GetObject", object)), who: other, want: reach.Yes},
		{name: "other account, not named", resource: inBucket(t, opens(aws(account), "s3:GetObject", object)), who: "arn:aws:iam::444455556666:role/r", want: reach.No},
		{name: "service", resource: inBucket(t, opens(`{"Service":"logs.amazonaws.com"}`, "s3:GetObject", object)), who: "logs.amazonaws.com", want: reach.Yes},
		{name: "service for a source", resource: inBucket(t, opens(`{"Service":"logs.amazonaws.com"}`, "s3:GetObject", object, `{"StringEquals":{"aws:SourceAccount":"111122223333"}}`)), who: "logs.amazonaws.com", want: reach.Depends, keys: "aws:SourceAccount"},
		{name: "public access restricted", resource: &reach.Resource{ARN: object, Owner: account, Policy: parsed(t, opens(anyone, "s3:GetObject", object)), Restricted: true}, who: "anonymous", want: reach.No},
		{name: "public access restricted, own", identity: nil, resource: &reach.Resource{ARN: object, Owner: account, Policy: parsed(t, opens(anyone, "s3:GetObject", object)), Restricted: true}, who: "alice", want: reach.Yes},
		{name: "root mends the policy", action: "s3:PutBucketPolicy", resource: &reach.Resource{ARN: bucket, Owner: account, Policy: parsed(t, refuses(anyone, "s3:*", bucket))}, who: "root", want: reach.Yes},
		{name: "root reads no object", resource: inBucket(t, refuses(anyone, "s3:*", object)), who: "root", want: reach.No},

		// A key's policy is the only way in.
		{name: "key delegates", action: "kms:Decrypt", identity: []string{may("kms:Decrypt", "*")}, resource: aKey(t, opens(aws("arn:aws:iam::111122223333:root"), "kms:*", "*")), who: "app", want: reach.Yes},
		{name: "key delegates, no permission", action: "kms:Decrypt", resource: aKey(t, opens(aws("arn:aws:iam::111122223333:root"), "kms:*", "*")), who: "app", want: reach.No},
		{name: "key does not delegate", action: "kms:Decrypt", identity: []string{may("*", "*")}, resource: aKey(t, opens(aws("arn:aws:iam::111122223333:user/alice"), "kms:*", "*")), who: "app", want: reach.No},
		{name: "key does not delegate, root", action: "kms:Decrypt", resource: aKey(t, opens(aws("arn:aws:iam::111122223333:user/alice"), "kms:*", "*")), who: "root", want: reach.No},
		{name: "key names", action: "kms:Decrypt", resource: aKey(t, opens(aws("arn:aws:iam::111122223333:role/app"), "kms:*", "*")), who: "app", want: reach.Yes},
		{name: "key for other accounts", action: "kms:DisableKey", resource: aKey(t, opens(aws(other), "kms:*", "*")), who: other, want: reach.No},
		{name: "encryption context", action: "kms:Decrypt", resource: aKey(t, opens(aws("arn:aws:iam::111122223333:role/app"), "kms:*", "*", `{"StringEquals":{"kms:EncryptionContext:a":"b"}}`)), who: "app", want: reach.Depends, keys: "kms:EncryptionContext:a"},
		{name: "through a service", action: "kms:Decrypt", resource: aKey(t, opens(aws("arn:aws:iam::111122223333:role/app"), "kms:*", "*", `{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`)), who: "app", want: reach.No},
		{name: "through a service, given", action: "kms:Decrypt", resource: aKey(t, opens(aws("arn:aws:iam::111122223333:role/app"), "kms:*", "*", `{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`)), who: "app",
			given: policy.Keys{"kms:viaservice": {"s3.us-east-1.amazonaws.com"}}, want: reach.Yes},
		{name: "key policy not read", action: "kms:Decrypt", identity: []string{may("*", "*")}, resource: &reach.Resource{ARN: keyARN, Gate: true, Unread: "AccessDenied"}, who: "app", want: reach.Depends},
		{name: "key policy not read, denied by identity", action: "kms:Decrypt", identity: []string{mayNot("*", "*")}, resource: &reach.Resource{ARN: keyARN, Gate: true, Unread: "AccessDenied"}, who: "app", want: reach.No},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			s.user("alice", tt.identity...).Tags = map[string]string{"team": "a"}
			s.role("app", trusts(aws(account)), tt.identity...)
			s.role("tagged", `{"Effect":"Allow","Principal":"*","Action":["sts:AssumeRole","sts:TagSession"]}`, tt.identity...)
			q := &reach.Question{Action: tt.action, Resource: tt.resource, Given: tt.given, Absent: tt.absent}
			if q.Action == "" {
				q.Action = "s3:GetObject"
			}
			if q.Resource == nil {
				q.Resource = inBucket(t)
			}
			a := ask(t, s.world(), q, tt.who)
			var keys []string
			for _, c := range a.Conditions {
				if c.Key != "" && !slices.Contains(keys, c.Key) {
					keys = append(keys, c.Key)
				}
			}
			if a.Verdict != tt.want || strings.Join(keys, " ") != tt.keys {
				t.Errorf("%s by %q, want %s by %q (%+v)", a.Verdict, keys, tt.want, tt.keys, a.Reason)
			}
			if a.Verdict == reach.Depends && len(a.Conditions) == 0 {
				t.Error("nobody knows on what it depends")
			}
			if a.Reason.Text == "" {
				t.Error("no reason")
			}
			for _, f := range a.Failed() {
				if len(f.Conditions) == 0 || f.Statement == "" {
					t.Errorf("failed by nothing: %+v", f)
				}
			}
		})
	}
}

// The id of a session ends in its name, which is not known of a role: it
// decides only where a condition compares it.
func TestUserID(t *testing.T) {
	for _, tt := range []struct {
		condition string // of a Deny on the bucket
		role      reach.Verdict
		session   reach.Verdict // named "known"
	}{
		{`{"StringNotLike":{"aws:userid":["ROLEID:*","111122223333"]}}`, reach.Yes, reach.Yes},
		{`{"StringNotLike":{"aws:userid":["AROAOTHEROTHEROTHEROT:*"]}}`, reach.No, reach.No},
		{`{"StringNotEquals":{"aws:userid":"ROLEID:known"}}`, reach.Depends, reach.Yes},
		{`{"StringLike":{"aws:userid":"*:known"}}`, reach.Depends, reach.No},
		{`{"StringLike":{"aws:userid":"*:other"}}`, reach.Depends, reach.Yes},
	} {
		s := newSite(t)
		id := s.role("app", trusts(aws(account)), may("s3:*", "*")).ID
		q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t, refuses(anyone, "s3:*", "*", strings.ReplaceAll(tt.condition, "ROLEID", id)))}
		w := s.world()
		if a := ask(t, w, q, "app"); a.Verdict != tt.role {
			t.Errorf("%s: the role %s, want %s", tt.condition, a.Verdict, tt.role)
		}
		if a := ask(t, w, q, "arn:aws:sts::111122223333:assumed-role/app/known"); a.Verdict != tt.session {
			t.Errorf("%s: the session %s, want %s", tt.condition, a.Verdict, tt.session)
		}
	}
	// Of other accounts no ids are known.
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t, opens(aws(other), "s3:GetObject", object, `{"StringLike":{"aws:userid":"AIDA*"}}`))}
	for who, want := range map[string]reach.Verdict{"arn:aws:iam::444455556666:user/zoe": reach.Depends, other: reach.No} {
		if a := ask(t, newSite(t).world(), q, who); a.Verdict != want {
			t.Errorf("%s: %s, want %s", who, a.Verdict, want)
		}
	}
}

// Of several statements that allow, the one is told that names the caller.
func TestReasonOfResourcePolicy(t *testing.T) {
	s := newSite(t)
	s.role("app", trusts(aws(account)))
	q := &reach.Question{Action: "kms:Decrypt", Resource: aKey(t, opens(aws(account), "kms:*", "*"), opens(aws(arnOf+"role/other"), "kms:*", "*"), opens(aws(arnOf+"role/app"), "kms:*", "*"))}
	for who, want := range map[string]string{"app": "statement 3", "root": "statement 1"} {
		if a := ask(t, s.world(), q, who); a.Reason.Statement != want || a.Reason.Type != "resource-based policy" || a.Reason.Policy != keyARN {
			t.Errorf("%s: %+v, want %s", who, a.Reason, want)
		}
	}
}

// What no policy can allow.
func TestImpossible(t *testing.T) {
	s := newSite(t)
	role := s.role("app", trusts(anyone))
	w := s.world()
	open := aKey(t, opens(anyone, "kms:*", "*"))
	for _, tt := range []struct {
		action string
		r      *reach.Resource
		who    string
		want   reach.Verdict
	}{
		{"sts:AssumeRole", w.Resource("sts:AssumeRole", role.ARN), "root", reach.No},
		{"kms:Decrypt", open, "anonymous", reach.No},
		{"kms:Decrypt", open, other, reach.Yes},
		{"kms:PutKeyPolicy", open, other, reach.No},
		{"kms:PutKeyPolicy", open, "app", reach.Yes},
		{"sqs:SendMessage", &reach.Resource{ARN: "arn:aws:sqs:us-east-1:111122223333:q", Policy: parsed(t, opens(anyone, "sqs:*", "*"))}, "anonymous", reach.Yes},
	} {
		if a := ask(t, w, &reach.Question{Action: tt.action, Resource: tt.r}, tt.who); a.Verdict != tt.want || a.Reason.Text == "" {
			t.Errorf("%s by %s: %s (%s), want %s", tt.action, tt.who, a.Verdict, a.Reason.Text, tt.want)
		}
	}
}

// Boundaries: a policy of the resource that names a user or session grants past
// them, one that names a role does not (IAM User Guide, "Permissions boundaries
// for IAM entities").
func TestBoundaries(t *testing.T) {
	s := newSite(t)
	narrow := s.managed("narrow", may("sqs:*", "*"))
	s.user("alice").Boundary = narrow
	s.role("app", trusts(aws(account))).Boundary = narrow
	const session = "arn:aws:sts::111122223333:assumed-role/app/known"
	for _, tt := range []struct {
		named, who string
		want       reach.Verdict
	}{
		{arnOf + "user/alice", "alice", reach.Yes},
		{arnOf + "role/app", "app", reach.No},
		{arnOf + "role/app", session, reach.No},
		{session, session, reach.Yes},
		{session, "app", reach.No},
		{account, "alice", reach.No},
	} {
		q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t, opens(aws(tt.named), "s3:GetObject", object))}
		if a := ask(t, s.world(), q, tt.who); a.Verdict != tt.want {
			t.Errorf("%s, and the policy names %s: %s, want %s", tt.who, tt.named, a.Verdict, tt.want)
		}
	}
	// A Deny with NotPrincipal spares nobody who has a boundary.
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t,
		opens(anyone, "s3:GetObject", object),
		`{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333","`+arnOf+`user/alice","`+arnOf+`user/free"]},"Action":"s3:*","Resource":"*"}`)}
	s.user("free")
	for who, want := range map[string]reach.Verdict{"alice": reach.No, "free": reach.Yes, "app": reach.No, "anonymous": reach.No, "root": reach.Yes} {
		if a := ask(t, s.world(), q, who); a.Verdict != want {
			t.Errorf("%s: %s, want %s", who, a.Verdict, want)
		}
	}
}

// Organization policies bind all but the management account and service-linked
// roles.
func TestOrganizationPolicies(t *testing.T) {
	s := newSite(t)
	s.user("alice", may("s3:*", "*"))
	linked := s.role("AWSServiceRoleForX", trusts(`{"Service":"x.amazonaws.com"}`), may("s3:*", "*"))
	linked.Path, linked.ARN = "/aws-service-role/x.amazonaws.com/", arnOf+"role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	scp := func(statements ...string) authz.Document {
		p, err := policy.Parse(document(statements...), policy.SCP)
		if err != nil {
			t.Fatal(err)
		}
		return authz.Document{Type: authz.ServiceControl, ID: "scp", Policy: p}
	}
	full := scp(may("*", "*"))
	for _, tt := range []struct {
		name                string
		levels              [][]authz.Document
		management          bool
		alice, root, linked reach.Verdict
		key                 string
	}{
		{"all", [][]authz.Document{{full}, {full}}, false, reach.Yes, reach.Yes, reach.Yes, ""},
		{"one level allows nothing", [][]authz.Document{{full}, nil}, false, reach.No, reach.No, reach.Yes, ""},
		{"denied", [][]authz.Document{{full, scp(mayNot("s3:*", "*"))}, {full}}, false, reach.No, reach.No, reach.Yes, ""},
		{"denied to members alone", [][]authz.Document{{full, scp(mayNot("s3:*", "*"))}, {full}}, true, reach.Yes, reach.Yes, reach.Yes, ""},
		{"denied on a condition", [][]authz.Document{{full, scp(mayNot("s3:*", "*", `{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`))}}, false, reach.Depends, reach.Depends, reach.Yes, "aws:SourceVpc"},
	} {
		w := s.world(func(o *reach.Options) {
			o.Organization = &reach.Organization{Account: account, PoliciesRead: true, Membership: &authz.Membership{OrgID: "o-1", SCPs: tt.levels, Management: tt.management}}
		})
		for who, want := range map[string]reach.Verdict{"alice": tt.alice, "root": tt.root, "AWSServiceRoleForX": tt.linked} {
			a := ask(t, w, &reach.Question{Action: "s3:GetObject", Resource: inBucket(t)}, who)
			if a.Verdict != want || want == reach.Depends && a.Conditions[0].Key != tt.key {
				t.Errorf("%s: %s %s by %+v %+v, want %s", tt.name, who, a.Verdict, a.Reason, a.Conditions, want)
			}
		}
	}
}

// Documents that cannot be read are named, and decide nothing.
func TestUnreadable(t *testing.T) {
	s := newSite(t)
	broken := `{"Version":"2012-10-17","Statement":{"Effect":"Maybe"}}`
	s.Policies = append(s.Policies, snapshot.ManagedPolicy{ARN: arnOf + "policy/broken", Name: "broken", Document: broken})
	s.user("inline").Inline = []snapshot.InlinePolicy{{Name: "p", Document: "{"}}
	s.user("attached").Attached = []string{arnOf + "policy/broken"}
	s.user("missing").Attached = []string{arnOf + "policy/none"}
	s.user("bounded", may("*", "*")).Boundary = arnOf + "policy/broken"
	s.user("denied", mayNot("*", "*")).Attached = []string{arnOf + "policy/broken"}
	s.user("fine", may("*", "*"))
	large := s.user("large")
	large.Inline = []snapshot.InlinePolicy{{Name: "p", Document: strings.Repeat(" ", snapshot.MaxDocument+1)}}
	role := s.role("role", trusts(aws(account)), may("*", "*"))
	role.Trust = "not JSON"
	w := s.world()
	var named []string
	for _, u := range w.Unreadable() {
		named = append(named, u.Holder+" "+u.Policy)
		if u.Reason == "" {
			t.Errorf("no reason: %s", u)
		}
	}
	slices.Sort(named)
	wantLines(t, named, " "+arnOf+"policy/broken", arnOf+"role/role trust policy", arnOf+"user/inline p", arnOf+"user/large p", arnOf+"user/missing "+arnOf+"policy/none")
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t)}
	for who, want := range map[string]reach.Verdict{
		"inline": reach.Depends, "attached": reach.Depends, "missing": reach.Depends, "bounded": reach.Depends, "large": reach.Depends, "denied": reach.No, "fine": reach.Yes, "role": reach.Yes,
	} {
		a := ask(t, w, q, who)
		if a.Verdict != want || want == reach.Depends && (a.Allowed || a.Conditions[0].Unread == "") {
			t.Errorf("%s: %s (allowed %t), want %s", who, a.Verdict, a.Allowed, want)
		}
	}
	trust := &reach.Question{Action: "sts:AssumeRole", Resource: w.Resource("sts:AssumeRole", role.ARN)}
	if a := ask(t, w, trust, "fine"); a.Verdict != reach.Depends {
		t.Errorf("a trust policy that cannot be read: %s", a.Verdict)
	}
	if r := w.WhoCan(q, 1); len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "role/role") {
		t.Errorf("nothing is said of the role that nobody knows who may assume: %q", r.Notes)
	}
}

// Who is meant by a name.
func TestFind(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	s.user("both")
	s.role("both", trusts(aws(account)))
	s.role("app", trusts(aws(account))).ARN = arnOf + "role/path/app"
	w := s.world()
	for name, want := range map[string]string{
		"alice": "user " + arnOf + "user/alice", "ALICE": "user " + arnOf + "user/alice", "user/alice": "user " + arnOf + "user/alice", arnOf + "user/alice": "user " + arnOf + "user/alice",
		"app": "role " + arnOf + "role/path/app", "role/app": "role " + arnOf + "role/path/app", "role/path/app": "role " + arnOf + "role/path/app",
		"role/both": "role " + arnOf + "role/both", "root": "root " + arnOf + "root", account: "root " + arnOf + "root", arnOf + "root": "root " + arnOf + "root",
		other: "account arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/x": "user arn:aws:iam::444455556666:user/x",
		"arn:aws:sts::111122223333:assumed-role/app/s": "session arn:aws:sts::111122223333:assumed-role/app/s",
		"arn:aws:sts::444455556666:assumed-role/app/s": "session arn:aws:sts::444455556666:assumed-role/app/s",
		"arn:aws:sts::111122223333:federated-user/f":   "federated-user arn:aws:sts::111122223333:federated-user/f",
		"lambda.amazonaws.com":                         "service lambda.amazonaws.com", "anonymous": "anonymous Anonymous",
	} {
		p, err := w.Find(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := p.Kind() + " " + p.ARN(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{
		"", "nobody", "both", "user/nobody", "role/alice", "role/", "arn:", "arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:group/g",
		"arn:aws:iam::1:user/x", "arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333:user/*", "arn:aws:sts::111122223333:assumed-role/app", "arn:aws:sts::111122223333:assumed-role/none/s",
		"arn:aws:s3:::bucket", "1111", ".amazonaws.com", "a/b.amazonaws.com",
	} {
		if p, err := w.Find(name); !errors.As(err, new(*reach.UnknownPrincipalError)) {
			t.Errorf("%q is %v, %v", name, p, err)
		}
	}
}
