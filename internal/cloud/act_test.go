package cloud_test

import (
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

const trailARN = "arn:aws:cloudtrail:eu-west-1:" + account + ":trail/t"

var asTrail = cloud.As{Service: "cloudtrail.amazonaws.com", SourceARN: trailARN, SourceAccount: account, Region: region}

// letTrail is a statement in the words of "Amazon S3 bucket policy for
// CloudTrail".
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
func letTrail(condition string) string {
	return `{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"*","Resource":"*","Condition":{` + condition + `}}`
}

func put(sse s3api.ServerSideEncryption) *s3api.PutObjectInput {
	return &s3api.PutObjectInput{Bucket: new("b"), Key: new("k"), ServerSideEncryption: sse}
}

// A service that acts in its own name is let in by the resource's policy alone,
// which can tell for whom it acts.
func TestAct(t *testing.T) {
	for name, tt := range map[string]struct {
		policy  string
		allowed bool
	}{
		"no policy":           {"", false},
		"its source":          {letTrail(`"StringEquals":{"aws:SourceArn":"` + trailARN + `","aws:SourceAccount":"` + account + `"}`), true},
		"another source":      {letTrail(`"StringEquals":{"aws:SourceArn":"` + trailARN + `2"}`), false},
		"another account":     {letTrail(`"StringEquals":{"aws:SourceAccount":"` + other + `"}`), false},
		"a service":           {letTrail(`"Bool":{"aws:PrincipalIsAWSService":"true","aws:SecureTransport":"true","aws:ViaAWSService":"false"}`), true},
		"an address":          {letTrail(`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`), false},
		"another service":     {`{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"*","Resource":"*"}`, false},
		"the account":         {`{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"*","Resource":"*"}`, false},
		"denied over the top": {letTrail("") + `,{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			s.bucket = tt.policy
			if _, err := cloud.Act(t.Context(), s.cloud, asTrail, opPut, put("")); (err == nil) != tt.allowed {
				t.Errorf("%v, want allowed %t", err, tt.allowed)
			}
			found := s.records(audit.Filter{EventName: "PutObject"})
			r := found[account]
			if len(found) != 1 || r == nil || (r.ErrorCode == "") != tt.allowed {
				t.Fatalf("records %v", found)
			}
			want := audit.UserIdentity{Type: "AWSService", InvokedBy: "cloudtrail.amazonaws.com"}
			if r.UserIdentity != want || r.SourceIPAddress != want.InvokedBy || r.UserAgent != want.InvokedBy || r.Region != region {
				t.Errorf("recorded %+v", r)
			}
		})
	}
}

// What the service that is called forwards keeps the name and the source, so
// that key policies can tell for whom S3 encrypts.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func TestActForwards(t *testing.T) {
	s := newShelf(t)
	s.bucket = letTrail("")
	s.key = letTrail(`"StringEquals":{"aws:SourceArn":"` + trailARN + `"},"Bool":{"aws:ViaAWSService":"true"}`)
	if _, err := cloud.Act(t.Context(), s.cloud, asTrail, opPut, put("aws:kms")); err != nil {
		t.Fatal(err)
	}
	found := s.records(audit.Filter{EventName: "GenerateDataKey"})
	want := audit.UserIdentity{Type: "AWSService", InvokedBy: "cloudtrail.amazonaws.com"}
	if r := found[account]; len(found) != 1 || r == nil || r.UserIdentity != want || r.SourceIPAddress != want.InvokedBy {
		t.Errorf("records %+v", found)
	}
	as := asTrail
	as.SourceARN += "2"
	if _, err := cloud.Act(t.Context(), s.cloud, as, opPut, put("aws:kms")); err == nil {
		t.Error("the key is used for another trail")
	}
}

// What a user's call forwards has no source, whatever the user asks for.
func TestForwardHasNoSource(t *testing.T) {
	s := newShelf(t)
	s.key = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Null":{"aws:SourceArn":"true","aws:SourceAccount":"true"}}}`
	if _, err := s.call(aUser(account), &opPut.Operation, put("aws:kms")); err != nil {
		t.Error(err)
	}
}

// The record goes to the owner of the bucket, and without one to the account on
// whose behalf the service acts.
func TestActIsRecordedForTheOwner(t *testing.T) {
	s := newShelf(t)
	s.bucketOwner, s.bucket = other, letTrail("")
	if _, err := cloud.Act(t.Context(), s.cloud, asTrail, opPut, put("")); err != nil {
		t.Fatal(err)
	}
	if found := s.records(audit.Filter{EventName: "PutObject"}); len(found) != 1 || found[other] == nil {
		t.Errorf("records %v", found)
	}
	if _, err := cloud.Act(t.Context(), s.cloud, asTrail, opGet, get("missing")); err == nil {
		t.Error("no error")
	}
	if found := s.records(audit.Filter{EventName: "GetObject"}); len(found) != 1 || found[account] == nil {
		t.Errorf("records %v", found)
	}
}

// A service that acts amid somebody's call acts in its own name all the same.
func TestActWithinACall(t *testing.T) {
	s := newShelf(t)
	s.bucket = letTrail("")
	outer := &cloud.Call{ID: "outer", Cloud: s.cloud, Operation: &opGet.Operation}
	outer.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: aUser(account), SourceIP: "192.0.2.1", CalledVia: []string{"x.amazonaws.com"}}
	if _, err := cloud.Act(cloud.NewContext(t.Context(), outer), s.cloud, asTrail, opPut, put("")); err != nil {
		t.Fatal(err)
	}
	if outer.Settled() {
		t.Error("the outer call counts as authorized")
	}
	if r := s.records(audit.Filter{EventName: "PutObject"})[account]; r == nil || r.UserIdentity.Type != "AWSService" {
		t.Errorf("recorded %+v", r)
	}
}
