package reach_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// lines is a report as text: who, the verdict, through which roles.
func lines(r *reach.Report) []string {
	var list []string
	for _, f := range r.Findings {
		line := f.Principal.Label() + " " + string(f.Verdict)
		for _, s := range f.Path {
			line += " " + s.Role.Label()
		}
		list = append(list, line)
	}
	return list
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

const arnOf = "arn:aws:iam::" + account + ":"

// Chains of roles: both sides of each step count.
func TestChains(t *testing.T) {
	s := newSite(t)
	read := may("s3:GetObject", "*")
	assume := func(role string) string { return may("sts:AssumeRole", arnOf+"role/"+role) }
	s.role("reader", trusts(aws(account)), read)
	s.role("second", trusts(aws(arnOf+"root")), assume("reader"))
	s.role("third", trusts(aws(arnOf+"root")), assume("second"))
	s.role("fourth", trusts(aws(arnOf+"root")), assume("third"))
	s.role("fifth", trusts(aws(arnOf+"root")), assume("fourth"))
	s.user("alice", assume("reader"), read)                 // can anyway
	s.user("bob", assume("second"))                         // two steps
	s.user("carol", assume("rea*"))                         // by a pattern
	s.user("dave", assume("reader"), mayNot("sts:*", "*"))  // denied
	s.user("eve")                                           // no permission
	s.user("frank", may("sts:*", arnOf+"role/closed"))      // the role does not trust
	s.role("closed", trusts(aws(arnOf+"user/grace")), read) // trusts grace alone
	s.user("grace")                                         // needs no permission of her own
	s.role("open", trusts(`{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:user/zoe"],"Service":"ec2.amazonaws.com","Federated":["arn:aws:iam::111122223333:saml-provider/idp","accounts.google.com"]}`), read)
	w := s.world()
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t)}

	direct := []string{"root yes", "user/alice yes", "role/closed yes", "role/open yes", "role/reader yes"}
	wantLines(t, lines(w.WhoCan(q, 0)), direct...)
	one := []string{"user/carol yes role/reader", "user/grace yes role/closed", "role/second yes role/reader",
		"account 444455556666 yes role/open", "ec2.amazonaws.com yes role/open"}
	foreign := "arn:aws:iam::444455556666:user/zoe depends role/open"
	wantLines(t, lines(w.WhoCan(q, 1)), append(append(direct, one[0], one[1], foreign), one[2:]...)...)
	wantLines(t, lines(w.WhoCan(q, 2)), append(append(direct, one[0], one[1], foreign, one[2], one[3], one[4]),
		"user/bob yes role/second role/reader", "role/third yes role/second role/reader")...)
	deep := lines(w.WhoCan(q, 100))
	wantLines(t, deep[len(deep)-3:], "role/third yes role/second role/reader", "role/fourth yes role/third role/second role/reader",
		"role/fifth yes role/fourth role/third role/second role/reader")
}

// All roles but some are roles that can be assumed, too.
func TestChainsByNotResource(t *testing.T) {
	s := newSite(t)
	s.role("reader", trusts(aws(account)), may("s3:GetObject", "*"))
	s.role("other", trusts(aws(account)), may("s3:GetObject", "*"))
	s.user("alice", `{"Effect":"Allow","Action":"sts:AssumeRole","NotResource":"`+arnOf+`role/other"}`)
	s.user("bob", `{"Effect":"Allow","NotAction":"s3:*","Resource":"`+arnOf+`role/other"}`)
	s.user("carol", `{"Effect":"Allow","NotAction":"sts:*","Resource":"*"}`, mayNot("s3:*", "*"))
	r := s.world().WhoCan(&reach.Question{Action: "s3:GetObject", Resource: inBucket(t)}, 1)
	wantLines(t, lines(r), "root yes", "role/other yes", "role/reader yes", "user/alice yes role/reader", "user/bob yes role/other")
}

// A session that a policy names is one that somebody can make, if the trust
// policy lets it have the name.
func TestChainsToSessions(t *testing.T) {
	s := newSite(t)
	s.role("app", trusts(aws(arnOf+"user/alice"), `{"StringEquals":{"sts:RoleSessionName":"known"}}`))
	s.role("bus", trusts(aws(arnOf+"user/alice"), `{"StringEquals":{"sts:RoleSessionName":"other"}}`))
	s.user("alice")
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t,
		opens(`{"AWS":["arn:aws:sts::111122223333:assumed-role/app/known","arn:aws:sts::111122223333:assumed-role/bus/known"]}`, "s3:GetObject", object))}
	r := s.world().WhoCan(q, 1)
	wantLines(t, lines(r), "root yes", "session/app/known yes", "session/bus/known yes", "user/alice yes session/app/known")
}

// Who is known to an identity provider assumes roles by other actions, which a
// trust policy must allow.
func TestFederatedChains(t *testing.T) {
	s := newSite(t)
	web := `{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:aud":"x"}}}`
	saml := `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"},"Action":"sts:AssumeRoleWithSAML"}`
	s.role("web", web, may("s3:GetObject", "*"))
	s.role("saml", saml, may("s3:GetObject", "*"))
	s.role("wrong", trusts(`{"Federated":"arn:aws:iam::111122223333:saml-provider/other"}`), may("s3:GetObject", "*"))
	r := s.world().WhoCan(&reach.Question{Action: "s3:GetObject", Resource: inBucket(t)}, 3)
	wantLines(t, lines(r), "root yes", "role/saml yes", "role/web yes", "role/wrong yes",
		"accounts.google.com depends role/web", "arn:aws:iam::111122223333:saml-provider/idp yes role/saml")
}

// A certain way is preferred to a shorter one that depends, and a condition of
// any step makes the way depend.
func TestChainsOnConditions(t *testing.T) {
	s := newSite(t)
	mfa := `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	external := `{"StringEquals":{"sts:ExternalId":"x"}}`
	s.role("strict", trusts(aws(account), mfa), may("s3:GetObject", "*"))
	s.role("easy", trusts(aws(account)), may("sts:AssumeRole", arnOf+"role/lenient"))
	s.role("lenient", trusts(aws(arnOf+"role/easy")), may("s3:GetObject", "*"))
	s.role("vendor", `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":`+external+`}`, may("s3:GetObject", "*"))
	s.user("both", may("sts:AssumeRole", "*"))
	s.user("one", may("sts:AssumeRole", arnOf+"role/strict"))
	s.user("either", may("sts:AssumeRole", arnOf+"role/strict"), may("sts:AssumeRole", arnOf+"role/easy", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`))
	s.user("sometimes", may("sts:AssumeRole", arnOf+"role/easy", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`))
	w := s.world()
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t)}
	wantLines(t, lines(w.WhoCan(q, 3)), "root yes", "role/lenient yes", "role/strict yes", "role/vendor yes",
		"user/either depends role/strict", "user/one depends role/strict", "role/easy yes role/lenient", "account 444455556666 depends role/vendor",
		"user/both yes role/easy role/lenient", "user/sometimes depends role/easy role/lenient")

	// What is given holds for every step.
	q.Given = policy.Keys{"aws:multifactorauthpresent": {"true"}, "aws:sourceip": {"198.51.100.1"}, "sts:externalid": {"x"}}
	wantLines(t, lines(w.WhoCan(q, 3)), "root yes", "role/lenient yes", "role/strict yes", "role/vendor yes",
		"user/both yes role/strict", "user/either yes role/strict", "user/one yes role/strict", "role/easy yes role/lenient", "account 444455556666 yes role/vendor")
}

// Everybody whom the policy of a resource names is asked.
func TestWhoCanOfResourcePolicy(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	s.role("app", trusts(aws(account)))
	for _, tt := range []struct {
		statement string
		want      []string
	}{
		{opens(anyone, "s3:GetObject", object), []string{"root yes", "user/alice yes", "role/app yes", "everyone with an AWS account yes", "anonymous yes"}},
		{opens(anyone, "s3:GetObject", object, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), []string{"root yes", "user/alice depends", "role/app depends", "everyone with an AWS account depends"}},
		{opens(anyone, "s3:GetObject", object, `{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`), []string{"root yes", "user/alice yes", "role/app yes", "everyone with an AWS account depends"}},
		{opens(anyone, "s3:GetObject", object, `{"Bool":{"aws:PrincipalIsAWSService":"true"}}`), []string{"root yes", "everyone with an AWS account depends"}},
		{opens(`{"AWS":["444455556666","arn:aws:iam::444455556666:role/r"],"Service":"logs.amazonaws.com","CanonicalUser":"`+strings.Repeat("0", 64)+`"}`, "s3:GetObject", object),
			[]string{"root yes", "arn:aws:iam::444455556666:role/r depends", "account 444455556666 yes", "logs.amazonaws.com yes", strings.Repeat("0", 64) + " yes"}},
		{opens(`{"AWS":["arn:aws:sts::111122223333:assumed-role/app/known","arn:aws:sts::111122223333:federated-user/fred"]}`, "s3:GetObject", object),
			[]string{"root yes", "session/app/known yes", "arn:aws:sts::111122223333:federated-user/fred yes"}},
		{opens(aws("AIDAAAAAAAAAAAAAAAAAA"), "s3:GetObject", object), []string{"root yes"}},
		{`{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"s3:*","Resource":"*"}`, []string{"root yes", "role/app yes", "everyone with an AWS account yes", "anonymous yes"}},
		{opens(anyone, "s3:GetObject", object) + `,{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333","` + arnOf + `role/app","arn:aws:sts::111122223333:assumed-role/app/known"],"Service":"logs.amazonaws.com"},"Action":"s3:*","Resource":"*"}`,
			[]string{"root yes", "session/app/known yes", "logs.amazonaws.com yes"}},
		{refuses(`{"AWS":"444455556666"}`, "s3:GetObject", object), []string{"root yes"}},
	} {
		t.Run(tt.statement, func(t *testing.T) {
			q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(t, tt.statement)}
			wantLines(t, lines(s.world().WhoCan(q, 0)), tt.want...)
		})
	}
}

// Grants of a key reach whom the policy does not.
func TestGrants(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	s.user("bounded").Boundary = s.managed("boundary", may("s3:*", "*"))
	s.role("app", trusts(aws(account)))
	s.role("delegate", trusts(aws(account)), may("kms:Decrypt", "*"))
	key := aKey(t, opens(aws(arnOf+"user/nobody"), "kms:*", "*"))
	key.Grants = []reach.Grant{
		{ID: "g1", Grantee: arnOf + "role/app", Operations: []string{"Decrypt"}},
		{ID: "g2", Grantee: arnOf + "user/alice", Operations: []string{"Encrypt"}},
		{ID: "g3", Grantee: arnOf + "user/bounded", Operations: []string{"Decrypt"}},
		{ID: "g4", Grantee: arnOf + "user/alice", Operations: []string{"Decrypt"}, Subset: map[string]string{"Department": "a"}},
		{ID: "g5", Grantee: "arn:aws:iam::444455556666:role/far", Operations: []string{"Decrypt"}},
		{ID: "g6", Grantee: "rds.us-east-1.amazonaws.com", Operations: []string{"Decrypt"}},
	}
	q := &reach.Question{Action: "kms:Decrypt", Resource: key}
	wantLines(t, lines(s.world().WhoCan(q, 0)), "user/alice depends", "role/app yes", "arn:aws:iam::444455556666:role/far yes", "rds.us-east-1.amazonaws.com yes")
	q.Given = policy.Keys{"kms:encryptioncontext:department": {"a"}, "kms:encryptioncontext:x": {"y"}}
	if a := ask(t, s.world(), q, "alice"); a.Verdict != reach.Yes || a.Reason.Policy != "g4" {
		t.Errorf("%s by %+v", a.Verdict, a.Reason)
	}
	q.Given = policy.Keys{"kms:encryptioncontext:department": {"b"}}
	if a := ask(t, s.world(), q, "alice"); a.Verdict != reach.No {
		t.Errorf("%s by %+v", a.Verdict, a.Reason)
	}
	key.Grants = []reach.Grant{{ID: "exact", Grantee: arnOf + "user/alice", Operations: []string{"Decrypt"}, Equals: map[string]string{"a": "1"}}}
	for context, want := range map[string]reach.Verdict{"a": reach.Yes, "a b": reach.No, "b": reach.No} {
		q.Given = policy.Keys{}
		for _, k := range strings.Fields(context) {
			q.Given["kms:encryptioncontext:"+k] = []string{"1"}
		}
		if a := ask(t, s.world(), q, "alice"); a.Verdict != want {
			t.Errorf("exactly a, and the context is %s: %s, want %s", context, a.Verdict, want)
		}
	}
	q.Given = nil
	key.Grants = []reach.Grant{{ID: "g", Grantee: arnOf + "root", Operations: []string{"Decrypt"}}}
	wantLines(t, lines(s.world().WhoCan(q, 0)), "root yes", "role/delegate yes")
}

// A large account is asked quickly, whatever the trust policies say.
func BenchmarkWhoCan(b *testing.B) {
	s := newSite(b)
	for i := range 1000 {
		trust := trusts(aws(account))
		if i%3 == 0 {
			trust = trusts(aws(fmt.Sprintf("%srole/r%d", arnOf, (i+1)%1000)))
		}
		r := s.role(fmt.Sprint("r", i), trust)
		for j := range 5 {
			text := may("s3:GetObject", fmt.Sprintf("arn:aws:s3:::bucket-%d-%d/*", i, j))
			switch (i + j) % 50 {
			case 0:
				text = may("s3:Get*", bucket+"/*")
			case 1:
				text = may("sts:AssumeRole", fmt.Sprintf("%srole/r%d", arnOf, (i*7)%1000))
			case 2:
				text = may("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)
			case 3:
				text = may("sts:AssumeRole", arnOf+"role/r1*")
			}
			r.Attached = append(r.Attached, s.managed(fmt.Sprintf("p-%d-%d", i, j), text))
		}
	}
	w := s.world()
	q := &reach.Question{Action: "s3:GetObject", Resource: inBucket(b, refuses(anyone, "s3:*", "*", `{"Bool":{"aws:SecureTransport":"false"}}`))}
	b.Run("compile", func(b *testing.B) {
		for b.Loop() {
			reach.New(&s.Account, reach.Options{Time: now})
		}
	})
	b.Run("direct", func(b *testing.B) {
		for b.Loop() {
			w.WhoCan(q, 0)
		}
	})
	b.Run("chains", func(b *testing.B) {
		for b.Loop() {
			w.WhoCan(q, 3)
		}
	})
	r := w.WhoCan(q, 3)
	b.Logf("%d findings", len(r.Findings))
}

// Of a policy that could not be read it is not known whom it lets in: those are
// listed whose own policies let them, on the condition of it.
func TestWhoCanOfUnreadPolicy(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	s.user("bob", may("*", "*"))
	s.role("become", trusts(aws(account)), may("kms:Decrypt", "*"), may("s3:GetObject", object))
	for action, r := range map[string]*reach.Resource{
		"kms:Decrypt":  {ARN: keyARN, Owner: account, Gate: true, Unread: "AccessDenied"},
		"s3:GetObject": {ARN: object, Owner: account, Unread: "AccessDenied"},
	} {
		report := s.world().WhoCan(&reach.Question{Action: action, Resource: r}, 1)
		wantLines(t, lines(report), "root depends", "user/bob depends", "role/become depends")
		if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "AccessDenied") {
			t.Errorf("%s: %q", action, report.Notes)
		}
	}
}
