package s3_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/fortlet/fortlet/fortlettest"
)

// logFields takes a line apart as the user guide's example for Athena does.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html
var logFields = regexp.MustCompile(`^([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?(?: ([^ ]*) ([^ ]*))?(?: ([^ ]*))?$`)

// The groups of logFields.
const (
	fieldOwner = iota + 1
	fieldBucket
	fieldTime
	fieldRemoteIP
	fieldRequester
	fieldRequestID
	fieldOperation
	fieldKey
	fieldRequest
	fieldStatus
	fieldError
	fieldSent
	fieldSize
	fieldTotal
	fieldTurnAround
	fieldReferer
	fieldAgent
	fieldVersion
	fieldHostID
	fieldSignature
	fieldCipher
	fieldAuth
	fieldHost
	fieldTLS
	fieldAccessPoint
	fieldACL
	fieldRegion
)

// logWorld is an account with a bucket that logs into another.
type logWorld struct {
	*testing.T
	cloud          *fortlettest.Cloud
	account        *fortlettest.Account
	client         *s3.Client
	source, target string
	seen           map[string]bool // log files that have been read
}

func newLogWorld(t *testing.T) *logWorld {
	w := &logWorld{T: t, cloud: fortlettest.New(t), source: "source", target: "logs", seen: map[string]bool{}}
	w.account = w.cloud.NewAccount("work")
	w.client = client(w.account.Config())
	for _, name := range []string{w.source, w.target} {
		if _, err := w.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
			t.Fatal(err)
		}
	}
	policy := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"S3ServerAccessLogsPolicy","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},`+
		`"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::source"},"StringEquals":{"aws:SourceAccount":"%s"}}}]}`, w.account.ID)
	if _, err := w.client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &w.target, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	w.log(true)
	return w
}

func (w *logWorld) log(on bool) {
	w.Helper()
	status := &types.BucketLoggingStatus{}
	if on {
		status.LoggingEnabled = &types.LoggingEnabled{TargetBucket: &w.target, TargetPrefix: aws.String("")}
	}
	if _, err := w.client.PutBucketLogging(w.Context(), &s3.PutBucketLoggingInput{Bucket: &w.source, BucketLoggingStatus: status}); err != nil {
		w.Fatal(err)
	}
}

// lines waits for the next delivery and gives the new lines.
func (w *logWorld) lines() (list [][]string) {
	w.Helper()
	w.cloud.Advance(5 * time.Minute)
	out, err := w.client.ListObjectsV2(w.Context(), &s3.ListObjectsV2Input{Bucket: &w.target})
	if err != nil {
		w.Fatal(err)
	}
	for _, o := range out.Contents {
		if w.seen[*o.Key] {
			continue
		}
		w.seen[*o.Key] = true
		got, err := w.client.GetObject(w.Context(), &s3.GetObjectInput{Bucket: &w.target, Key: o.Key})
		if err != nil {
			w.Fatal(err)
		}
		text, err := io.ReadAll(got.Body)
		if err != nil {
			w.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			fields := logFields.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if fields == nil {
				w.Fatalf("not a line of a log: %s", line)
			}
			list = append(list, fields)
		}
	}
	return list
}

// operations are what lines are about: operation, key, status and error.
func operations(lines [][]string) string {
	var list []string
	for _, l := range lines {
		list = append(list, strings.Join([]string{l[fieldOperation], l[fieldKey], l[fieldStatus], l[fieldError]}, " "))
	}
	return strings.Join(list, "\n")
}

// One line per request, with all that is known of it, is delivered under the
// policy that the user guide gives.
func TestAccessLog(t *testing.T) {
	w := newLogWorld(t)
	ctx, source := t.Context(), &w.source
	if _, err := w.client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: source}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.PutObject(ctx, &s3.PutObjectInput{Bucket: source, Key: aws.String("a key+ü"), Body: strings.NewReader("content")}); err != nil {
		t.Fatal(err)
	}
	got, err := w.client.GetObject(ctx, &s3.GetObjectInput{Bucket: source, Key: aws.String("a key+ü"), Range: aws.String("bytes=1-3")})
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, got.Body)
	_, err = w.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: source, Key: aws.String("a key+ü"), VersionId: aws.String("null")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.client.GetObject(ctx, &s3.GetObjectInput{Bucket: source, Key: aws.String("none")})
	wantCode(t, "no such key", err, "NoSuchKey")
	alice := w.account.User("alice")
	_, err = client(alice).GetObject(ctx, &s3.GetObjectInput{Bucket: source, Key: aws.String("none")})
	wantCode(t, "a user without permission", err, "AccessDenied")
	resp, err := http.Get(w.cloud.Endpoint + "/source/none")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	presigned, err := s3.NewPresignClient(w.client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: source, Key: aws.String("a key+ü")})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, presigned.URL, nil)
	r.Header.Set("Referer", "http://example.com/page")
	r.Header.Set("User-Agent", `agent "x"`)
	if resp, err = http.DefaultClient.Do(r); err != nil || resp.StatusCode != 200 {
		t.Fatalf("presigned: %v %v", resp, err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()

	lines := w.lines()
	want := `REST.GET.VERSIONING - 200 -
REST.PUT.OBJECT a%20key%2B%C3%BC 200 -
REST.GET.OBJECT a%20key%2B%C3%BC 206 -
REST.HEAD.OBJECT a%20key%2B%C3%BC 200 -
REST.GET.OBJECT none 404 NoSuchKey
REST.GET.OBJECT none 403 AccessDenied
REST.GET.OBJECT none 403 AccessDenied
REST.GET.OBJECT a%20key%2B%C3%BC 200 -`
	if got := operations(lines); got != want {
		t.Fatalf("lines\n%s\nwant\n%s", got, want)
	}
	acl, err := w.client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: source})
	if err != nil {
		t.Fatal(err)
	}
	owner := *acl.Owner.ID
	millis, anything, id := regexp.MustCompile(`^[1-9][0-9]*$`), regexp.MustCompile(`^.+$`), regexp.MustCompile(`^[A-Za-z0-9+/]{43}=$`)
	exactly := func(s string) *regexp.Regexp { return regexp.MustCompile("^" + regexp.QuoteMeta(s) + "$") }
	common := map[int]*regexp.Regexp{
		fieldOwner: exactly(owner), fieldBucket: exactly("source"), fieldRemoteIP: exactly("127.0.0.1"), fieldRequester: exactly(owner),
		fieldTime:      regexp.MustCompile(`^[0-9]{2}/[A-Z][a-z]{2}/20[0-9]{2}:[0-9:]{8} \+0000$`),
		fieldRequestID: regexp.MustCompile(`^[0-9a-f-]{36}$`), fieldTotal: millis, fieldHostID: id,
		fieldReferer: exactly(`"-"`), fieldAgent: regexp.MustCompile(`^"aws-sdk-go-v2/`), fieldVersion: exactly("-"),
		fieldSignature: exactly("SigV4"), fieldCipher: exactly("-"), fieldAuth: exactly("AuthHeader"), fieldHost: exactly(strings.TrimPrefix(w.cloud.Endpoint, "http://")),
		fieldTLS: exactly("-"), fieldAccessPoint: exactly("-"), fieldACL: exactly("-"), fieldRegion: exactly("-"),
	}
	for i, own := range []map[int]*regexp.Regexp{
		{fieldRequest: exactly(`"GET /source?versioning= HTTP/1.1"`), fieldSent: millis, fieldSize: exactly("-"), fieldTurnAround: exactly("-")},
		{fieldRequest: exactly(`"PUT /source/a%20key%2B%C3%BC?x-id=PutObject HTTP/1.1"`), fieldSent: exactly("-"), fieldSize: exactly("7"), fieldTurnAround: millis},
		{fieldSent: exactly("3"), fieldSize: exactly("7"), fieldTurnAround: millis},
		{fieldRequest: exactly(`"HEAD /source/a%20key%2B%C3%BC?versionId=null HTTP/1.1"`), fieldSent: exactly("-"), fieldSize: exactly("7"), fieldVersion: exactly("null")},
		{fieldSent: millis, fieldSize: exactly("-")},
		{fieldRequester: exactly("arn:aws:iam::" + w.account.ID + ":user/alice")},
		{fieldRequester: exactly("-"), fieldSignature: exactly("-"), fieldAuth: exactly("-"), fieldAgent: exactly(`"Go-http-client/1.1"`)},
		{fieldAuth: exactly("QueryString"), fieldReferer: exactly(`"http://example.com/page"`), fieldAgent: exactly(`"agent %22x%22"`), fieldSent: exactly("7"),
			fieldRequest: regexp.MustCompile(`X-Amz-Signature=REDACTED`)},
	} {
		for f := fieldOwner; f <= fieldRegion; f++ {
			pattern := own[f]
			if pattern == nil {
				pattern = common[f]
			}
			if pattern == nil {
				pattern = anything
			}
			if !pattern.MatchString(lines[i][f]) {
				t.Errorf("line %d: field %d is %s, want %s", i, f, lines[i][f], pattern)
			}
		}
	}
	if all := fmt.Sprint(lines); strings.Contains(all, strings.TrimPrefix(regexp.MustCompile(`X-Amz-Signature=[0-9a-f]{64}`).FindString(presigned.URL), "X-Amz-Signature=")) {
		t.Error("the signature is in the log")
	}
	w.log(false)
	if _, err := w.client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: source}); err != nil {
		t.Fatal(err)
	}
	if lines := w.lines(); len(lines) != 0 {
		t.Errorf("with logging off: %s", operations(lines))
	}
}

// What a copy reads is in the log of its source, and each object of a deletion of
// many has a line.
func TestAccessLogOfManyObjects(t *testing.T) {
	w := newLogWorld(t)
	ctx, source := t.Context(), &w.source
	for _, key := range []string{"a", "b"} {
		if _, err := w.client.PutObject(ctx, &s3.PutObjectInput{Bucket: source, Key: &key, Body: strings.NewReader(key)}); err != nil {
			t.Fatal(err)
		}
	}
	w.lines()
	if _, err := w.client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: aws.String("logs"), Key: aws.String("copies/a"), CopySource: aws.String("source/a")}); err != nil {
		t.Fatal(err)
	}
	w.seen["copies/a"] = true
	if _, err := w.client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: source, Key: aws.String("c"), CopySource: aws.String("source/b")}); err != nil {
		t.Fatal(err)
	}
	bob := w.account.User("bob", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::source/a"}]}`)
	_, err := client(bob).DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: source, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("b")}}, Quiet: aws.Bool(true),
	}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `REST.COPY.OBJECT_GET a 200 -
REST.COPY.OBJECT c 200 -
REST.COPY.OBJECT_GET b 200 -
REST.POST.MULTI_OBJECT_DELETE - 200 -
BATCH.DELETE.OBJECT a 204 -
BATCH.DELETE.OBJECT b 403 AccessDenied`
	if got := operations(w.lines()); got != want {
		t.Errorf("lines\n%s\nwant\n%s", got, want)
	}
}

// What services do in a bucket is logged in their names, and so is what lifecycle
// rules do.
func TestAccessLogOfServices(t *testing.T) {
	w := newLogWorld(t)
	ctx := t.Context()
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::source/own/*"}]}`
	if _, err := w.client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &w.source, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	w.lines()
	_, err := w.client.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: &w.source, LifecycleConfiguration: &types.BucketLifecycleConfiguration{
		Rules: []types.LifecycleRule{{Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("old/")}, Expiration: &types.LifecycleExpiration{Days: aws.Int32(1)}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &w.source, Key: aws.String("old/report"), Body: strings.NewReader("content")}); err != nil {
		t.Fatal(err)
	}
	w.lines()
	w.cloud.Advance(48 * time.Hour)
	var expired []string
	for _, l := range w.lines() {
		if l[fieldOperation] == "S3.EXPIRE.OBJECT" {
			expired = l
		}
	}
	if expired == nil || expired[fieldKey] != "old/report" || expired[fieldRequester] != "AmazonS3" || expired[fieldSize] != "7" || expired[fieldRequest] != `"-"` || expired[fieldStatus] != "-" {
		t.Errorf("the line of the expiry is %q", expired)
	}
	// A bucket that logs into itself has a line for each of its log files.
	own := &types.BucketLoggingStatus{LoggingEnabled: &types.LoggingEnabled{TargetBucket: &w.source, TargetPrefix: aws.String("own/")}}
	if _, err := w.client.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: &w.source, BucketLoggingStatus: own}); err != nil {
		t.Fatal(err)
	}
	w.cloud.Advance(5 * time.Minute)
	w.cloud.Advance(5 * time.Minute)
	out, err := w.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &w.source, Prefix: aws.String("own/")})
	if err != nil || len(out.Contents) != 2 {
		t.Fatalf("%d log files, %v", len(out.Contents), err)
	}
	got, err := w.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &w.source, Key: out.Contents[1].Key})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(got.Body)
	line := logFields.FindStringSubmatch(strings.TrimSpace(string(text)))
	if line == nil || line[fieldOperation] != "REST.PUT.OBJECT" || line[fieldKey] != *out.Contents[0].Key ||
		line[fieldRequester] != "svc:logging.s3.amazonaws.com" || line[fieldSize] != fmt.Sprint(*out.Contents[0].Size) || line[fieldRemoteIP] != "-" {
		t.Errorf("the line of the delivery is %s", text)
	}
}

// Lines that wait outlive an orderly stop, and a start finds which buckets log.
func TestAccessLogOutlivesRestart(t *testing.T) {
	dir := t.TempDir()
	deliver := func(t *testing.T, first bool) string {
		c := fortlettest.New(t, fortlettest.WithDir(dir))
		w := &logWorld{T: t, cloud: c, account: c.Account, client: client(c.Config()), source: "source", target: "logs", seen: map[string]bool{}}
		if first {
			for _, name := range []string{w.source, w.target} {
				if _, err := w.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
					t.Fatal(err)
				}
			}
			policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*"}]}`
			if _, err := w.client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &w.target, Policy: &policy}); err != nil {
				t.Fatal(err)
			}
			w.log(true)
			if _, err := w.client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &w.source}); err != nil {
				t.Fatal(err)
			}
			return ""
		}
		if _, err := w.client.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: &w.source}); err != nil {
			t.Fatal(err)
		}
		return operations(w.lines())
	}
	t.Run("first", func(t *testing.T) { deliver(t, true) })
	t.Run("second", func(t *testing.T) {
		const want = "REST.HEAD.BUCKET - 200 -\nREST.GET.LOCATION - 200 -"
		if got := deliver(t, false); got != want {
			t.Errorf("lines\n%s\nwant\n%s", got, want)
		}
	})
}
