package leastprivilege_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
)

func allow(actions, resources string, more ...string) string {
	return statementOf("Allow", actions, resources, more...)
}

func statementOf(effect, actions, resources string, more ...string) string {
	condition := ""
	for _, m := range more {
		condition += `,"Condition":` + m
	}
	return `{"Effect":"` + effect + `","Action":` + actions + `,"Resource":` + resources + condition + `}`
}

func policyOf(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// TestNeverWider: the new policy keeps the conditions of the statements that
// allowed the calls, and the denials that bound it.
func TestNeverWider(t *testing.T) {
	w := newWorld(t, policyOf(
		allow(`"s3:GetObject"`, `"arn:aws:s3:::data/in/*"`, `{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`),
		allow(`"s3:ListBucket"`, `"*"`, `{"StringEquals":{"aws:PrincipalTag/team":"blue"}}`),
		allow(`"s3:ListBucket"`, `"arn:aws:s3:::data"`, `{"StringLike":{"s3:prefix":"in/*"}}`),
		allow(`"s3:PutObject"`, `"arn:aws:s3:::data/*"`),
		statementOf("Deny", `"s3:Put*"`, `"arn:aws:s3:::data/*"`, `{"StringEquals":{"s3:x-amz-acl":"public-read"}}`),
		statementOf("Deny", `"s3:*"`, `"arn:aws:s3:::secret/*"`),
		statementOf("Deny", `"kms:*"`, `"*"`, `{"Bool":{"aws:SecureTransport":"true"}}`),
	))
	session := w.session(w.role, "run")
	c := s3.NewFromConfig(session, pathStyle)
	w.must(call(c.GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/a")}))
	w.must(call(c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: &w.bucket, Prefix: new("in/")}))
	w.must(call(c.PutObject, &s3.PutObjectInput{Bucket: &w.bucket, Key: new("out/x"), Body: strings.NewReader("x")}))
	report, err := w.analyse("app")
	if err != nil {
		t.Fatal(err)
	}
	text := documents(report)
	for _, part := range []string{`"aws:SourceIp":"127.0.0.0/8"`, `"s3:prefix":"in/*"`, `"s3:x-amz-acl":"public-read"`} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is lost", part)
		}
	}
	for _, part := range []string{"secret", "PrincipalTag", "kms"} {
		if strings.Contains(text, part) {
			t.Errorf("%s is there without need", part)
		}
	}
	if report.Replay.Conditional > 0 || report.Replay.Proven != report.Replay.Calls {
		t.Errorf("replay: %+v", report.Replay)
	}
	if !report.Bound.Holds() {
		t.Errorf("compared: %+v", report.Bound)
	}
	w.replace("app", report)
	w.must(call(c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: &w.bucket, Prefix: new("in/")}))
	for name, f := range map[string]func(context) error{
		"without the condition": call(c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: &w.bucket}),
		"what was denied":       call(c.PutObject, &s3.PutObjectInput{Bucket: &w.bucket, Key: new("out/x"), ACL: "public-read", Body: strings.NewReader("x")}),
		"another object":        call(c.GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/b")}),
	} {
		if err := f(t.Context()); !denied(err) {
			t.Errorf("%s: %v, want a denial", name, err)
		}
	}
}

// TestOnConditions: a condition on what records do not tell is kept, and the
// replay says what it depends on.
func TestOnConditions(t *testing.T) {
	w := newWorld(t, policyOf(
		allow(`"s3:GetObject"`, `"arn:aws:s3:::data/*"`, `{"StringEquals":{"s3:ExistingObjectTag/class":"open"}}`),
		allow(`"s3:PutObject*"`, `"*"`),
	))
	root := s3.NewFromConfig(w.Config(), pathStyle)
	w.must(call(root.PutObject, &s3.PutObjectInput{Bucket: &w.bucket, Key: new("tagged"), Body: strings.NewReader("x"), Tagging: new("class=open")}))
	session := w.session(w.role, "run")
	w.must(call(s3.NewFromConfig(session, pathStyle).GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("tagged")}))
	report, err := w.analyse("app")
	if err != nil {
		t.Fatal(err)
	}
	if r := report.Replay; r.Conditional != 1 || len(r.Keys) != 1 || r.Keys[0] != "s3:ExistingObjectTag/class" {
		t.Errorf("replay: %+v", r)
	}
	w.replace("app", report)
	w.must(call(s3.NewFromConfig(session, pathStyle).GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("tagged")}))
}

// TestGrantedElsewhere: what a resource's policy allowed is no business of the
// principal's policy.
func TestGrantedElsewhere(t *testing.T) {
	w := newWorld(t, policyOf(allow(`"s3:GetObject"`, `"arn:aws:s3:::data/in/*"`)))
	root := s3.NewFromConfig(w.Config(), pathStyle)
	w.must(call(root.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: &w.versions, Policy: new(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + w.role + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::versions/*"}}`,
	)}))
	c := s3.NewFromConfig(w.session(w.role, "run"), pathStyle)
	w.must(call(c.GetObject, &s3.GetObjectInput{Bucket: &w.versions, Key: new("old")}))
	w.must(call(c.GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/a")}))
	report, err := w.analyse("app")
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Outside) != 1 || report.Outside[0].What != "s3:GetObject on arn:aws:s3:::versions/old" || strings.Contains(documents(report), "versions") {
		t.Errorf("outside: %+v", report.Outside)
	}
	report, err = w.analyse("app", func(o *leastprivilege.Options) { o.IgnoreCurrent = true })
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Outside) > 0 || !strings.Contains(documents(report), "versions/old") || report.Bound != nil || report.Services == nil {
		t.Errorf("ignoring the current policies: %+v", report)
	}
}

// TestDenied: what was denied was not allowed, and is not from now on.
func TestDenied(t *testing.T) {
	w := newWorld(t, policyOf(allow(`"s3:GetObject"`, `"arn:aws:s3:::data/in/*"`)))
	c := s3.NewFromConfig(w.session(w.role, "run"), pathStyle)
	w.must(call(c.GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/a")}))
	if err := call(c.GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("out/old")})(t.Context()); !denied(err) {
		t.Fatal(err)
	}
	report, err := w.analyse("app")
	if err != nil {
		t.Fatal(err)
	}
	if report.Records.Denied != 1 || strings.Contains(documents(report), "out/old") {
		t.Errorf("%+v", report.Records)
	}
	report, err = w.analyse("app", func(o *leastprivilege.Options) { o.IncludeDenied, o.IgnoreCurrent = true, true })
	if err != nil {
		t.Fatal(err)
	}
	if report.Records.Denied != 0 || !strings.Contains(documents(report), "out/old") {
		t.Errorf("with --include-denied: %+v", report.Records)
	}
}

// TestWhoseCalls: sessions are told apart by their role, and a role from one of
// the same name that was deleted.
func TestWhoseCalls(t *testing.T) {
	w := newWorld(t, policyOf(allow(`"s3:GetObject"`, `"*"`)))
	other := w.Role("other", trustOf(w.ID), policyOf(allow(`"kms:ListKeys"`, `"*"`)))
	w.must(call(s3.NewFromConfig(w.session(w.role, "same"), pathStyle).GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/a")}))
	w.must(call(kms.NewFromConfig(w.session(other, "same")).ListKeys, &kms.ListKeysInput{}))
	report, err := w.analyse("app")
	if err != nil || report.Records.Records != 1 || strings.Contains(documents(report), "kms") {
		t.Fatalf("%v %+v", err, report.Records)
	}

	client := iam.NewFromConfig(w.Config())
	w.must(call(client.DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: new("app"), PolicyName: new("policy-a")}))
	w.must(call(client.DeleteRole, &iam.DeleteRoleInput{RoleName: new("app")}))
	w.Role("app", trustOf(w.ID), policyOf(allow(`"s3:*"`, `"*"`)))
	report, err = w.analyse("app")
	if !errors.Is(err, leastprivilege.ErrNoCalls) || report.Records.Former != 1 || report.Records.Records != 0 {
		t.Fatalf("made again: %v %+v", err, report.Records)
	}
	w.must(call(s3.NewFromConfig(w.session(w.role, "same"), pathStyle).GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/b")}))
	report, err = w.analyse("app")
	if err != nil || strings.Contains(documents(report), "in/a") || !strings.Contains(documents(report), "in/b") {
		t.Errorf("made again: %v", err)
	}
}

// TestUser: a user's groups are its policies, too.
func TestUser(t *testing.T) {
	w := newWorld(t)
	client := iam.NewFromConfig(w.Config())
	user := w.User("alice")
	w.must(call(client.CreateGroup, &iam.CreateGroupInput{GroupName: new("readers")}))
	w.must(call(client.PutGroupPolicy, &iam.PutGroupPolicyInput{GroupName: new("readers"), PolicyName: new("read"), PolicyDocument: new(policyOf(
		allow(`"s3:GetObject"`, `"arn:aws:s3:::data/*"`, `{"StringEquals":{"aws:username":"alice"}}`),
		allow(`["iam:GetUser"]`, `"arn:aws:iam::*:user/${aws:username}"`)))}))
	w.must(call(client.AddUserToGroup, &iam.AddUserToGroupInput{GroupName: new("readers"), UserName: new("alice")}))
	w.must(call(s3.NewFromConfig(user, pathStyle).GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("in/a")}))
	w.must(call(iam.NewFromConfig(user).GetUser, &iam.GetUserInput{}))
	report, err := w.analyse("arn:aws:iam::" + w.ID + ":user/alice")
	if err != nil {
		t.Fatal(err)
	}
	if text := documents(report); !strings.Contains(text, "data/in/a") || !strings.Contains(text, ":user/${aws:username}") || report.Replay.Conditional > 0 {
		t.Error(text)
	}
}
