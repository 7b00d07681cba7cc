package s3

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// kept is a version in the model of a key: a list of them, newest first.
type kept struct {
	id      string
	marker  bool
	content string
}

// versionModel is what the User Guide says of versioning, in the simplest form
// ("How S3 Versioning works", "Adding objects to versioning-suspended buckets",
// "Deleting object versions").
type versionModel struct {
	status s3api.BucketVersioningStatus
	keys   map[string][]kept
}

func (m *versionModel) add(key string, v kept) {
	if m.status != s3api.BucketVersioningStatusEnabled {
		m.keys[key] = slices.DeleteFunc(m.keys[key], func(v kept) bool { return v.id == nullVersion })
	}
	m.keys[key] = append([]kept{v}, m.keys[key]...)
}

func (m *versionModel) drop(key, id string) {
	m.keys[key] = slices.DeleteFunc(m.keys[key], func(v kept) bool { return v.id == id })
}

// Whatever is put and deleted, with versioning enabled or suspended in between,
// there are the versions that the model has, in its order, and no content but
// theirs.
func TestVersionsAgainstModel(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := newSite(t)
			m := &versionModel{keys: make(map[string][]kept)}
			r := rand.New(rand.NewPCG(seed, 1))
			for i := range 120 {
				s.randomStep(m, r, i)
				s.compare(m)
				if t.Failed() {
					t.Fatalf("after step %d", i)
				}
			}
		})
	}
}

func (s *site) randomStep(m *versionModel, r *rand.Rand, step int) {
	s.Helper()
	key := []string{"a", "a\x00b", "a\x01"}[r.IntN(3)]
	s.pass(time.Duration(r.IntN(5)-2) * time.Second) // the clock goes back, too
	switch r.IntN(10) {
	case 0:
		m.status = []s3api.BucketVersioningStatus{s3api.BucketVersioningStatusEnabled, s3api.BucketVersioningStatusSuspended}[r.IntN(2)]
		s.versioning(m.status)
	case 1, 2, 3, 4:
		content := fmt.Sprintf("content %d", step)
		id := s.putContent(key, content).VersionId
		if m.status == s3api.BucketVersioningStatusSuspended && id == nil {
			id = new(nullVersion) // is not said
		}
		m.add(key, kept{id: s.wantID(m, id), content: content})
	case 5, 6:
		out := s.remove(key)
		if m.status == "" {
			m.drop(key, nullVersion)
			return
		}
		if out.DeleteMarker == nil {
			s.Error("deleted without a delete marker")
		}
		m.add(key, kept{id: s.wantID(m, out.VersionId), marker: true})
	default:
		id := nullVersion
		if list := m.keys[key]; len(list) > 0 && r.IntN(8) > 0 {
			id = list[r.IntN(len(list))].id
		}
		s.remove(key, id)
		m.drop(key, id)
	}
}

// wantID checks the version id of an answer by the status of the bucket.
func (s *site) wantID(m *versionModel, id *string) string {
	s.Helper()
	switch m.status {
	case "":
		if id != nil {
			s.Errorf("version id %s in a bucket that was never versioned", *id)
		}
		return nullVersion
	case s3api.BucketVersioningStatusSuspended:
		if value(id) != nullVersion {
			s.Errorf("version id %v in a suspended bucket", value(id))
		}
	default:
		if len(value(id)) != versionLength {
			s.Errorf("version id %q", value(id))
		}
	}
	return value(id)
}

func (s *site) compare(m *versionModel) {
	s.Helper()
	contents := 0
	for key, want := range m.keys {
		var got []kept
		s.check(s.db.View(s.Context(), func(tx *store.Tx) error {
			got = versionsOf(tx, buckets.Get(tx, siteBucket), key)
			return nil
		}))
		if len(got) != len(want) {
			s.Errorf("%q: %d versions, want %d", key, len(got), len(want))
			return
		}
		for i, v := range want {
			if got[i].id != v.id || got[i].marker != v.marker {
				s.Errorf("%q: version %d is %+v, want %+v", key, i, got[i], v)
			}
			if v.marker {
				continue
			}
			contents++
			if content := s.get(key, func(in *s3api.GetObjectInput) { in.VersionId = new(v.id) }); content != v.content {
				s.Errorf("%q: version %s is %q, want %q", key, v.id, content, v.content)
			}
		}
	}
	if n := s.contents(); n != contents {
		s.Errorf("%d contents are kept, want %d", n, contents)
	}
}

// versionsOf gives the versions of a key, newest first.
func versionsOf(tx *store.Tx, b *Bucket, key string) (list []kept) {
	add := func(o *Object) { list = append(list, kept{id: o.ID(), marker: o.Marker}) }
	if o := newest.Get(tx, newestKey(b, key)); o != nil {
		add(o)
	}
	for _, o := range older.Scan(tx, store.Prefix(b.ID, key), "") {
		add(o)
	}
	return list
}

// contents counts the blobs that are kept.
func (s *site) contents() (n int) {
	s.check(s.db.View(s.Context(), func(tx *store.Tx) error {
		for range store.NewTable[struct{}]("blob.content").Scan(tx, "", "") {
			n++
		}
		return nil
	}))
	return n
}

// Later version ids sort first, whatever the clock does.
func TestVersionIDs(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	prev := &Object{Version: newVersion(now, nil)}
	for _, step := range []time.Duration{0, 1, time.Second, -time.Hour, 0, -24 * time.Hour, 30 * time.Hour, 24 * 365 * 50 * time.Hour} {
		now = now.Add(step)
		id := newVersion(now, prev)
		if id >= prev.Version {
			t.Errorf("%s, made after %s, does not sort before it", id, prev.Version)
		}
		if !wellFormedVersion(id) || len(id) != 32 {
			t.Errorf("version id %q", id)
		}
		prev = &Object{Version: id}
	}
	for _, id := range []string{"", "Null", "undefined", "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo", prev.Version + "a", prev.Version[1:], "../../../../etc/passwd/000000000000"} {
		if wellFormedVersion(id) {
			t.Errorf("%q is taken for a version id", id)
		}
	}
}

// A read of an object that is overwritten and deleted all the time gives one of
// its contents whole, or says that there is none.
func TestReadWhileOverwritten(t *testing.T) {
	for _, status := range []s3api.BucketVersioningStatus{"", s3api.BucketVersioningStatusEnabled} {
		t.Run("versioning "+string(status), func(t *testing.T) {
			s := newSite(t)
			if status != "" {
				s.versioning(status)
			}
			contents := []string{noise(1, 100), noise(2, 40_000), noise(3, 600_000)}
			s.putContent("key", contents[0])
			var writers, readers sync.WaitGroup
			stop := make(chan struct{})
			for i := range 3 {
				writers.Go(func() {
					for n := range 30 {
						s.putContent("key", contents[(i+n)%3])
						if n%7 == i {
							s.remove("key")
						}
					}
				})
			}
			for range 3 {
				readers.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							s.readWhole("key", contents)
						}
					}
				})
			}
			writers.Wait()
			close(stop)
			readers.Wait()
		})
	}
}

func (s *site) readWhole(key string, contents []string) {
	out, err := ask(s, s.owner, s3api.OpGetObject, &s3api.GetObjectInput{Bucket: new(siteBucket), Key: new(key)})
	if err != nil {
		if code(err) != "NoSuchKey" {
			s.Errorf("read: %v", err)
		}
		return
	}
	defer out.Body.(io.Closer).Close()
	raw, err := io.ReadAll(out.Body)
	if err != nil || !slices.Contains(contents, string(raw)) {
		s.Errorf("read %d bytes that nobody wrote, %v", len(raw), err)
	}
}

// What fails on its way to be kept leaves nothing behind.
func TestNothingLeftBehind(t *testing.T) {
	s := newSite(t)
	s.put("there")
	before := s.contents()
	for _, content := range []string{"short", noise(1, 300_000)} {
		in := putInput("key", content)
		in.ContentMD5 = new("1B2M2Y8AsgTpgAmY7PhCfg==") // of nothing
		refused(s, s.owner, s3api.OpPutObject, in, "BadDigest", "")

		in = putInput("there", content)
		in.IfNoneMatch = new("*")
		refused(s, s.owner, s3api.OpPutObject, in, "PreconditionFailed", "")
	}
	if n := s.contents(); n != before {
		t.Errorf("%d contents are kept, want %d", n, before)
	}
}
