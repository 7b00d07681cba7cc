package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

// The lines are those of
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
// but for what comes of TLS and access points, which there are none here.
func TestAccessLine(t *testing.T) {
	const owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
	line := func(edit func(*accessLine)) accessLine {
		l := accessLine{
			owner: owner, bucket: "amzn-s3-demo-bucket1", at: at(t, "2019-02-06T00:00:38Z"), remoteIP: "192.0.2.3", requester: owner,
			status: 200, size: -1, agent: "S3Console/0.4", signature: "SigV4", auth: "AuthHeader", host: "amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com",
		}
		edit(&l)
		return l
	}
	for want, l := range map[string]accessLine{
		`79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /amzn-s3-demo-bucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 - AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com - - Yes -`: line(func(l *accessLine) {
			l.requestID, l.operation, l.requestLine = "3E57427F3EXAMPLE", "REST.GET.VERSIONING", "GET /amzn-s3-demo-bucket1?versioning HTTP/1.1"
			l.sent, l.total, l.hostID, l.aclRequired = 113, 7*time.Millisecond, "s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234=", true
		}),
		`79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be A1206F460EXAMPLE REST.GET.BUCKETPOLICY - "GET /amzn-s3-demo-bucket1?policy HTTP/1.1" 404 NoSuchBucketPolicy 297 - 38 - "-" "S3Console/0.4" - BNaBsXZQQDbssi6xMBdBU2sLt+Yf5kZDmeBUP35sFoKa3sLLeMC78iwEIWxs99CRUrbS4n11234= SigV2 - AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com - - - -`: line(func(l *accessLine) {
			l.requestID, l.operation, l.requestLine = "A1206F460EXAMPLE", "REST.GET.BUCKETPOLICY", "GET /amzn-s3-demo-bucket1?policy HTTP/1.1"
			l.status, l.code, l.sent, l.total, l.signature, l.hostID = 404, "NoSuchBucketPolicy", 297, 38*time.Millisecond, "SigV2", "BNaBsXZQQDbssi6xMBdBU2sLt+Yf5kZDmeBUP35sFoKa3sLLeMC78iwEIWxs99CRUrbS4n11234="
		}),
		`79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be DD6CC733AEXAMPLE REST.PUT.OBJECT s3-dg.pdf "PUT /amzn-s3-demo-bucket1/s3-dg.pdf HTTP/1.1" 200 - - 4406583 41754 28 "-" "S3Console/0.4" - 10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234= SigV4 - AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com - - Yes -`: line(func(l *accessLine) {
			l.requestID, l.operation, l.key, l.requestLine = "DD6CC733AEXAMPLE", "REST.PUT.OBJECT", "s3-dg.pdf", "PUT /amzn-s3-demo-bucket1/s3-dg.pdf HTTP/1.1"
			l.size, l.total, l.turnAround, l.aclRequired, l.hostID = 4406583, 41754*time.Millisecond, 28*time.Millisecond, true, "10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234="
		}),
	} {
		if got := string(l.append(nil)); got != want+"\n" {
			t.Errorf("got  %swant %s", got, want)
		}
	}
}

// Nothing that a client chooses ends its field or its line, and nothing in a log
// lets its reader make the request again.
func TestAccessLineIsSafe(t *testing.T) {
	l := accessLine{
		owner: "o", bucket: "b", at: at(t, "2019-02-06T00:00:38Z"), operation: "REST.GET.OBJECT",
		key:         "a b/c+d\n\"é",
		requestLine: `GET /b/k?X-Amz-Signature=5ec4e7&x-id=GetObject&X%2DAmz-Security-Token=t0ken&Signature=5ec4e7&x-amz-signature=5ec4e7&%zz=5ec4e7 HTTP/1.1`,
		referer:     "http://e/\" 200 - evil\r\n",
		agent:       "tab\tquote\"del\x7f",
		host:        "h st",
		status:      200, size: 0,
	}
	got := string(l.append(nil))
	for _, want := range []string{
		` a%20b/c%2Bd%0A%22%C3%A9 `,
		` "GET /b/k?X-Amz-Signature=REDACTED&x-id=GetObject&X%2DAmz-Security-Token=REDACTED&Signature=REDACTED&x-amz-signature=REDACTED&%zz=REDACTED HTTP/1.1" 200 - - 0 - - `,
		` "http://e/%22 200 - evil%0D%0A" "tab%09quote%22del%7F" `,
		` h%20st `,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "5ec4e7") || strings.Contains(got, "t0ken") || strings.Count(got, "\n") != 1 {
		t.Error(got)
	}
}

// Every operation that is built has a name in logs.
func TestEveryOperationIsLoggedAs(t *testing.T) {
	for _, op := range s3api.Service.Operations {
		if loggedAs[op.Name] == "" && op.Name != "ListBuckets" {
			t.Errorf("%s has no name in access logs", op.Name)
		}
	}
	for name := range loggedAs {
		found := false
		for _, op := range s3api.Service.Operations {
			found = found || op.Name == name
		}
		if !found {
			t.Errorf("there is no %s", name)
		}
	}
	for want, a := range map[string]*cloud.Answered{
		"REST.GET.BUCKET":          {Operation: &s3api.OpListObjectsV2.Operation},
		"REST.GET.BUCKETVERSIONS":  {Operation: &s3api.OpListObjectVersions.Operation},
		"REST.HEAD.OBJECT":         {Operation: &s3api.OpHeadObject.Operation},
		"REST.COPY.OBJECT":         {Operation: &s3api.OpCopyObject.Operation},
		"REST.COPY.PART":           {Operation: &s3api.OpUploadPartCopy.Operation},
		"REST.POST.UPLOADS":        {Operation: &s3api.OpCreateMultipartUpload.Operation},
		"REST.POST.UPLOAD":         {Operation: &s3api.OpCompleteMultipartUpload.Operation},
		"REST.POST.BUCKET":         {Operation: &s3api.OpPutObject.Operation, Key: "k", Wire: &cloud.Wire{RequestLine: "POST /b HTTP/1.1"}},
		"REST.OPTIONS.PREFLIGHT":   {Key: "k", Wire: &cloud.Wire{RequestLine: "OPTIONS /b/k HTTP/1.1"}},
		"REST.PATCH.OBJECT":        {Key: "k", Wire: &cloud.Wire{RequestLine: "PATCH /b/k HTTP/1.1"}},
		"REST.PUT.LOGGING_STATUS":  {Operation: &s3api.OpPutBucketLogging.Operation, Wire: &cloud.Wire{RequestLine: "PUT /b?logging HTTP/1.1"}},
		"REST.DELETE.BUCKETPOLICY": {Operation: &s3api.OpDeleteBucketPolicy.Operation},
	} {
		if got := operationOf(a); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// The keys are those of
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html and
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html#server-log-keyname-format
func TestLogKey(t *testing.T) {
	now := at(t, "2023-11-02T07:08:09Z")
	of := func(f *s3api.TargetObjectKeyFormat) string {
		b := &Bucket{Name: "b", Account: "123456789123", Region: "us-west-2", Logging: &s3api.LoggingEnabled{TargetPrefix: new("logs/"), TargetObjectKeyFormat: f}}
		key := b.logKey("2023-11-01", now)
		name, unique := key[:len(key)-16], key[len(key)-16:]
		if strings.Trim(unique, "0123456789ABCDEF") != "" {
			t.Errorf("%s does not end in a unique string", key)
		}
		return name
	}
	partitioned := func(source s3api.PartitionDateSource) *s3api.TargetObjectKeyFormat {
		return &s3api.TargetObjectKeyFormat{PartitionedPrefix: &s3api.PartitionedPrefix{PartitionDateSource: source}}
	}
	for want, f := range map[string]*s3api.TargetObjectKeyFormat{
		"logs/2023-11-02-07-08-09-":                                     {SimplePrefix: &s3api.SimplePrefix{}},
		"logs/123456789123/us-west-2/b/2023/11/01/2023-11-01-00-00-00-": partitioned("EventTime"),
		"logs/123456789123/us-west-2/b/2023/11/02/2023-11-02-07-08-09-": partitioned("DeliveryTime"),
	} {
		if got := of(f); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := of(nil); got != "logs/2023-11-02-07-08-09-" {
		t.Errorf("by default %s", got)
	}
	if got := of(partitioned("")); got != "logs/123456789123/us-west-2/b/2023/11/01/2023-11-01-00-00-00-" {
		t.Errorf("partitioned by default %s", got)
	}
}

// logSite is a site whose bucket logs into another one, which lets it.
func logSite(t testing.TB, edit ...func(*s3api.LoggingEnabled)) (*site, *accessLogs) {
	s := newSite(t)
	l := &accessLogs{service: s.service, wake: func() {}, watched: map[string]*Bucket{}, lines: map[logPart][]byte{}}
	s.service.logs = l
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new("log-bucket")})
	s.openLogBucket(`"StringEquals":{"aws:SourceAccount":"` + siteAccount + `"},"ArnLike":{"aws:SourceArn":"arn:aws:s3:::` + siteBucket + `"}`)
	s.logInto(edit...)
	return s, l
}

// openLogBucket lets the log service write on conditions: the policy is that of
// the user guide.
func (s *site) openLogBucket(conditions string) {
	s.Helper()
	doc := policyOf(opens(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::log-bucket/logs/*", "{"+conditions+"}"))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, &s3api.PutBucketPolicyInput{Bucket: new("log-bucket"), Policy: &doc})
}

func (s *site) logInto(edit ...func(*s3api.LoggingEnabled)) {
	s.Helper()
	e := &s3api.LoggingEnabled{TargetBucket: new("log-bucket"), TargetPrefix: new("logs/")}
	for _, f := range edit {
		f(e)
	}
	askOK(s, s.owner, s3api.OpPutBucketLogging, &s3api.PutBucketLoggingInput{Bucket: new(siteBucket), BucketLoggingStatus: &s3api.BucketLoggingStatus{LoggingEnabled: e}})
}

// logged reads all log files that have been delivered: keys and lines.
func (s *site) logged() (keys []string, lines []string) {
	s.Helper()
	out := askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new("log-bucket")})
	for _, o := range out.Contents {
		keys = append(keys, *o.Key)
		text := s.get(*o.Key, func(in *s3api.GetObjectInput) { in.Bucket = new("log-bucket") })
		lines = append(lines, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
	}
	return keys, lines
}

func (s *site) waiting() (rows, size int) {
	s.Helper()
	s.check(s.db.View(s.Context(), func(tx *store.Tx) error {
		for _, r := range waitingLines.Scan(tx, "", "") {
			rows, size = rows+1, size+len(r.Lines)
		}
		return nil
	}))
	return rows, size
}

// What the target does not take waits and is delivered when it does.
func TestAccessLogIsRefused(t *testing.T) {
	s, l := logSite(t)
	for name, condition := range map[string]string{
		"another account": `"StringEquals":{"aws:SourceAccount":"444455556666"}`,
		"another bucket":  `"ArnLike":{"aws:SourceArn":"arn:aws:s3:::other"}`,
	} {
		s.openLogBucket(condition)
		l.add(s.row(), s.now, []byte("line of "+name+"\n"))
		s.check(l.deliver(t.Context()))
		if keys, _ := s.logged(); len(keys) != 0 {
			t.Errorf("%s: delivered are %s", name, keys)
		}
	}
	if rows, _ := s.waiting(); rows != 2 {
		t.Errorf("%d runs of lines wait, want 2", rows)
	}
	s.openLogBucket(`"StringEquals":{"aws:SourceAccount":"` + siteAccount + `"}`)
	s.check(l.deliver(t.Context()))
	keys, lines := s.logged()
	if len(keys) != 1 || len(lines) != 2 {
		t.Errorf("delivered are %q in %q", lines, keys)
	}
	if rows, _ := s.waiting(); rows != 0 {
		t.Errorf("%d runs of lines wait still", rows)
	}
}

// What waits is bounded: the oldest go.
func TestAccessLogWaitsWithinBounds(t *testing.T) {
	s, l := logSite(t)
	s.openLogBucket(`"StringEquals":{"aws:SourceAccount":"444455556666"}`)
	big := bytes.Repeat([]byte("0123456789abcde\n"), 4<<20/16)
	for i := range 12 {
		s.pass(time.Second)
		l.add(s.row(), s.now, fmt.Appendf(nil, "first of %d\n", i))
		l.add(s.row(), s.now, big)
		s.check(l.deliver(t.Context()))
	}
	if rows, size := s.waiting(); size > maxWaiting || size < maxWaiting-2*maxLogRow || rows > size/maxLogRow*2 {
		t.Errorf("%d bytes wait in %d rows", size, rows)
	}
	s.openLogBucket(`"StringEquals":{"aws:SourceAccount":"` + siteAccount + `"}`)
	s.check(l.deliver(t.Context()))
	_, lines := s.logged()
	all := strings.Join(lines, "\n")
	if !strings.Contains(all, "first of 11") || strings.Contains(all, "first of 0\n") {
		t.Error("not the oldest lines have gone")
	}
	for _, line := range lines {
		if line != "0123456789abcde" && !strings.HasPrefix(line, "first of") {
			t.Fatalf("a line was cut: %q", line)
		}
	}
}

// Memory is bounded, too, where the store takes nothing.
func TestAccessLogMemoryIsBounded(t *testing.T) {
	s, l := logSite(t)
	woken := 0
	l.wake = func() { woken++ }
	line := bytes.Repeat([]byte("x"), 1023)
	line = append(line, '\n')
	for range 2 * maxLines / len(line) {
		l.add(s.row(), s.now, line)
	}
	if l.size != maxLines || l.lost != maxLines/len(line) || woken != 1 {
		t.Errorf("%d bytes, %d lines lost, woken %d times", l.size, l.lost, woken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.deliver(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if l.size != maxLines {
		t.Errorf("%d bytes are left after a run that failed", l.size)
	}
}

// A bucket that logs no more, or is gone, has nobody who wants the lines; one of
// its name does not get them.
func TestAccessLogOfNoBucket(t *testing.T) {
	for name, end := range map[string]func(s *site){
		"off": func(s *site) {
			askOK(s, s.owner, s3api.OpPutBucketLogging, &s3api.PutBucketLoggingInput{Bucket: new(siteBucket), BucketLoggingStatus: &s3api.BucketLoggingStatus{}})
		},
		"deleted": func(s *site) {
			askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new(siteBucket)})
		},
		"another of its name": func(s *site) {
			askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new(siteBucket)})
			askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new(siteBucket)})
			s.logInto()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := logSite(t)
			l.add(s.row(), s.now, []byte("line\n"))
			end(s)
			s.check(l.deliver(t.Context()))
			if _, lines := s.logged(); len(lines) != 0 {
				t.Errorf("delivered are %q", lines)
			}
			if rows, _ := s.waiting(); rows != 0 {
				t.Errorf("%d runs of lines wait", rows)
			}
			if watching := s.cloud.Watcher() != nil; watching != (name == "another of its name") {
				t.Errorf("watching: %t", watching)
			}
		})
	}
}

// By the time of events a file is of one day, otherwise of all.
func TestAccessLogByDay(t *testing.T) {
	for _, tt := range []struct {
		source s3api.PartitionDateSource
		want   string
	}{
		{"EventTime", "logs/111122223333/us-east-1/the-bucket/2026/03/01/2026-03-01-00-00-00 logs/111122223333/us-east-1/the-bucket/2026/03/02/2026-03-02-00-00-00"},
		{"DeliveryTime", "logs/111122223333/us-east-1/the-bucket/2026/03/02/2026-03-02-00-05-00"},
	} {
		s, l := logSite(t, func(e *s3api.LoggingEnabled) {
			e.TargetObjectKeyFormat = &s3api.TargetObjectKeyFormat{PartitionedPrefix: &s3api.PartitionedPrefix{PartitionDateSource: tt.source}}
		})
		l.add(s.row(), at(t, "2026-03-02T00:00:01Z"), []byte("second day\n"))
		l.add(s.row(), at(t, "2026-03-01T23:59:59Z"), []byte("first day\n"))
		s.now = at(t, "2026-03-02T00:05:00Z")
		s.check(l.deliver(t.Context()))
		keys, lines := s.logged()
		for i, k := range keys {
			keys[i] = k[:strings.LastIndex(k, "-")]
		}
		if got := strings.Join(keys, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.source, got, tt.want)
		}
		if got := strings.Join(lines, ", "); got != "first day, second day" {
			t.Errorf("%s: %s", tt.source, got)
		}
	}
}

// Files have the grants that the configuration names, and the target's owner has
// full control.
func TestAccessLogGrants(t *testing.T) {
	s := newSite(t)
	l := &accessLogs{service: s.service, wake: func() {}, watched: map[string]*Bucket{}, lines: map[logPart][]byte{}}
	s.service.logs = l
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new("log-bucket"), ObjectOwnership: s3api.ObjectOwnershipBucketOwnerPreferred})
	askOK(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: new("log-bucket"), ACL: "log-delivery-write"})
	s.logInto(func(e *s3api.LoggingEnabled) {
		e.TargetGrants = []s3api.TargetGrant{{
			Grantee:    &s3api.Grantee{Type: s3api.TypeCanonicalUser, ID: new(s.canonical(otherAccount))},
			Permission: s3api.BucketLogsPermissionRead,
		}}
	})
	l.add(s.row(), s.now, []byte("line\n"))
	s.check(l.deliver(t.Context()))
	keys, _ := s.logged()
	if len(keys) != 1 {
		t.Fatalf("delivered are %s", keys)
	}
	read := &s3api.GetObjectInput{Bucket: new("log-bucket"), Key: &keys[0]}
	askOK(s, s.stranger, s3api.OpGetObject, read)
	refused(s, s.stranger, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: read.Bucket, Key: read.Key}, "AccessDenied", "")
	acl := askOK(s, s.owner, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: read.Bucket, Key: read.Key})
	if *acl.Owner.ID != s.canonical(siteAccount) || len(acl.Grants) < 2 {
		t.Errorf("owner %s, grants %+v", *acl.Owner.ID, acl.Grants)
	}
}

// A log goes to a bucket of the account that logs, whoever else has its name now.
func TestAccessLogOfATakenOverTarget(t *testing.T) {
	s := newSite(t)
	l := &accessLogs{service: s.service, wake: func() {}, watched: map[string]*Bucket{}, lines: map[logPart][]byte{}}
	s.service.logs = l
	askOK(s, s.owner, s3api.OpCreateBucket, createInput("log-bucket"))
	s.logInto()
	askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new("log-bucket")})
	askOK(s, s.stranger, s3api.OpCreateBucket, createInput("log-bucket"))
	askOK(s, s.stranger, s3api.OpPutBucketPolicy, &s3api.PutBucketPolicyInput{
		Bucket: new("log-bucket"), Policy: new(policyOf(opens(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::log-bucket/*"))),
	})
	l.add(s.row(), s.now, []byte("line\n"))
	s.check(l.deliver(t.Context()))
	if out := askOK(s, s.stranger, s3api.OpListObjects, &s3api.ListObjectsInput{Bucket: new("log-bucket")}); len(out.Contents) != 0 {
		t.Errorf("%d files are delivered to another account", len(out.Contents))
	}
}

// The grants of log files are public neither where the target's public access
// block does not have it nor by saying two things of one grantee.
func TestAccessLogGrantsNobodyElse(t *testing.T) {
	s := newSite(t)
	l := &accessLogs{service: s.service, wake: func() {}, watched: map[string]*Bucket{}, lines: map[logPart][]byte{}}
	s.service.logs = l
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new("log-bucket"), ObjectOwnership: s3api.ObjectOwnershipBucketOwnerPreferred})
	askOK(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: new("log-bucket"), ACL: "log-delivery-write"})
	s.logInto(func(e *s3api.LoggingEnabled) {
		e.TargetGrants = []s3api.TargetGrant{
			{Grantee: &s3api.Grantee{Type: s3api.TypeGroup, URI: new(access.AllUsers)}, Permission: s3api.BucketLogsPermissionRead},
			{Grantee: &s3api.Grantee{Type: s3api.TypeCanonicalUser, ID: new(s.canonical(siteAccount)), URI: new(access.AllUsers)}, Permission: s3api.BucketLogsPermissionRead},
		}
	})
	l.add(s.row(), s.now, []byte("line\n"))
	s.check(l.deliver(t.Context()))
	keys, _ := s.logged()
	if len(keys) != 1 {
		t.Fatalf("delivered are %s", keys)
	}
	acl := askOK(s, s.owner, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: new("log-bucket"), Key: &keys[0]})
	for _, g := range acl.Grants {
		if g.Grantee.URI != nil {
			t.Errorf("granted to %s", *g.Grantee.URI)
		}
	}
	// And once the block is gone, what was kept still is not public.
	askOK(s, s.owner, s3api.OpDeletePublicAccessBlock, &s3api.DeletePublicAccessBlockInput{Bucket: new("log-bucket")})
	refused(s, nobody(), s3api.OpGetObject, &s3api.GetObjectInput{Bucket: new("log-bucket"), Key: &keys[0]}, "AccessDenied", "")
}
