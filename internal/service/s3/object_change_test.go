package s3

import (
	"strconv"
	"sync"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// meddling is IAM that does something when it is first asked for a user: between
// the look at an object and what is decided on it.
type meddling struct {
	people
	user string
	once sync.Once
	do   func()
}

func (m *meddling) User(account, name string) *authz.Identity {
	if name == m.user {
		m.once.Do(m.do)
	}
	return m.people.User(account, name)
}

// What was allowed of an object as it was is asked again of what it has become.
func TestChangeAsksAgain(t *testing.T) {
	s := newSite(t)
	tag := func(p caller, team, note string) error {
		_, err := ask(s, p, s3api.OpPutObjectTagging, &s3api.PutObjectTaggingInput{
			Bucket: new(siteBucket), Key: new("key"), Tagging: tagSet("team", team, "note", note),
		})
		return err
	}
	blue := s.person(siteAccount, "blue", may("s3:PutObjectTagging", "*", `{"StringEquals":{"s3:ExistingObjectTag/team":"blue"}}`))
	for _, tt := range []struct {
		name, code, tags string
		do               func()
	}{
		{"another team's", "AccessDenied", "note=meddled team=red", func() { s.check(tag(s.owner, "red", "meddled")) }},
		{"same team's", "", "note=by blue team=blue", func() { s.check(tag(s.owner, "blue", "meddled")) }},
		{"put anew", "AccessDenied", "", func() { s.put("key") }},
		{"removed", "AccessDenied", "", func() { s.remove("key") }},
	} {
		s.put("key")
		s.check(tag(s.owner, "blue", ""))
		s.cloud.Authorizer.Directory = &meddling{people: s.people, user: "blue", do: tt.do}
		if err := tag(blue, "blue", "by blue"); code(err) != tt.code {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.code)
		}
		s.cloud.Authorizer.Directory = s.people
		if tt.name == "removed" {
			refused(s, s.owner, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key")}, "NoSuchKey", "")
		} else if got := s.tags("key"); got != tt.tags {
			t.Errorf("%s: tags %s, want %s", tt.name, got, tt.tags)
		}
	}
}

// A lock that is set while a version is being deleted holds it, or comes too
// late; and what many do to one version at once is not lost.
func TestChangeRace(t *testing.T) {
	s := lockSite(t)
	for range 20 {
		id := *s.putContent("key", "x").VersionId
		var all sync.WaitGroup
		var lockErr, deleteErr error
		tagErrs := make([]error, 4)
		all.Go(func() {
			_, lockErr = ask(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "COMPLIANCE", s.now.Add(time.Hour)))
		})
		all.Go(func() { _, deleteErr = ask(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, false)) })
		for i := range tagErrs {
			all.Go(func() {
				_, tagErrs[i] = ask(s, s.owner, s3api.OpPutObjectTagging, &s3api.PutObjectTaggingInput{
					Bucket: new(siteBucket), Key: new("key"), VersionId: new(id), Tagging: tagSet("n", strconv.Itoa(i)),
				})
			})
		}
		all.Wait()
		if (lockErr == nil) == (deleteErr == nil) {
			t.Fatalf("locked with %v, deleted with %v", lockErr, deleteErr)
		}
		if lockErr != nil {
			continue
		}
		out := head(s, "key", func(in *s3api.HeadObjectInput) { in.VersionId = new(id) })
		if out.ObjectLockMode != "COMPLIANCE" || value(out.TagCount) != 1 {
			t.Fatalf("of lock and tags one is lost: %+v, %v", out, tagErrs)
		}
		s.pass(2 * time.Hour)
		askOK(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, false))
	}
}
