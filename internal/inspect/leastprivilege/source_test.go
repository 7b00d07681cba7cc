package leastprivilege_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
)

func subject(t *testing.T, arn string) leastprivilege.Subject {
	t.Helper()
	s, err := leastprivilege.NewSubject(arn, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func names(t *testing.T, s leastprivilege.Source, q leastprivilege.Query) (list []string, err error) {
	t.Helper()
	for r, err := range s.Records(t.Context(), q) {
		if err != nil {
			return list, err
		}
		list = append(list, r.EventName)
	}
	return list, nil
}

// TestLookup reads the event history, more than one page of it.
func TestLookup(t *testing.T) {
	cloud := fortlettest.New(t)
	may := policyOf(allow(`"iam:*"`, `"*"`))
	alice, bob := iam.NewFromConfig(cloud.User("alice", may)), iam.NewFromConfig(cloud.User("bob", may))
	for i := range 60 {
		if _, err := alice.ListRoles(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if i < 3 {
			if _, err := bob.ListUsers(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	lookup := &leastprivilege.Lookup{Configs: []aws.Config{cloud.Config()}}
	got, err := names(t, lookup, leastprivilege.Query{Subject: subject(t, "arn:aws:iam::"+cloud.ID+":user/alice")})
	if err != nil || len(got) != 60 || got[0] != "ListRoles" {
		t.Errorf("%d records, %v", len(got), err)
	}
	if about := strings.Join(lookup.About(), " "); !strings.Contains(about, "60 events") || !strings.Contains(about, "management events only") {
		t.Error(about)
	}
	if _, err := names(t, &leastprivilege.Lookup{Configs: []aws.Config{cloud.User("nobody")}}, leastprivilege.Query{}); !denied(err) {
		t.Errorf("without permission: %v", err)
	}
}

// TestBucket reads log files in S3, and names the one that is corrupt.
func TestBucket(t *testing.T) {
	cloud := fortlettest.New(t)
	client := s3.NewFromConfig(cloud.Config(), pathStyle)
	put := func(key string, content []byte) {
		t.Helper()
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: new("logs"), Key: &key, Body: bytes.NewReader(content)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new("logs")}); err != nil {
		t.Fatal(err)
	}
	const arn = "arn:aws:iam::111122223333:user/alice"
	log := func(name string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		fmt.Fprintf(w, `{"Records":[{"userIdentity":{"type":"IAMUser","arn":"%s"},"eventTime":"2026-11-22T09:00:00Z","eventName":"%s"}]}`, arn, name)
		w.Close()
		return b.Bytes()
	}
	put("AWSLogs/a.json.gz", log("One"))
	put("AWSLogs/b.json.gz", log("Two"))
	put("other/c.json.gz", log("Three"))
	read := func(url string) ([]string, error) {
		t.Helper()
		b, err := leastprivilege.NewBucket(cloud.Config(), url)
		if err != nil {
			t.Fatal(err)
		}
		return names(t, b, leastprivilege.Query{Subject: subject(t, arn)})
	}
	if got, err := read("s3://logs/AWSLogs/"); err != nil || strings.Join(got, " ") != "One Two" {
		t.Errorf("%v, %v", got, err)
	}
	put("AWSLogs/c.json.gz", log("Three")[:60])
	_, err := read("s3://logs/AWSLogs")
	var corrupt *leastprivilege.CorruptError
	if !errors.As(err, &corrupt) || corrupt.File != "s3://logs/AWSLogs/c.json.gz" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("corrupt: %v", err)
	}
	if _, err := read("s3://none"); err == nil {
		t.Error("a bucket that is not there was read")
	}
	for _, url := range []string{"logs", "s3://", "https://logs"} {
		if _, err := leastprivilege.NewBucket(cloud.Config(), url); err == nil {
			t.Errorf("%s was taken", url)
		}
	}
}

func TestSubjects(t *testing.T) {
	for _, arn := range []string{"", "app", "arn:aws:s3:::b", "arn:aws:iam::111122223333:group/g", "arn:aws:iam::1:role/r", "arn:aws:iam::111122223333:role/", "arn:aws:sts::111122223333:assumed-role/r/s"} {
		if _, err := leastprivilege.NewSubject(arn, ""); err == nil {
			t.Errorf("%q was taken", arn)
		}
	}
	s := subject(t, "arn:aws:iam::111122223333:role/team/app")
	if s.Name != "app" || s.User {
		t.Errorf("%+v", s)
	}
}
