package s3

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestOneEndsAnUpload: of those who complete and abort an upload at once one
// succeeds, and nothing is left of what nobody has.
func TestOneEndsAnUpload(t *testing.T) {
	for range 20 {
		s := newSite(t)
		id := s.begin("k")
		list := []s3api.CompletedPart{s.part("k", id, 1, "content")}
		s.part("k", id, 2, "unlisted")
		var completed, aborted error
		var group sync.WaitGroup
		group.Go(func() {
			_, completed = ask(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, list))
		})
		group.Go(func() {
			_, aborted = ask(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)})
		})
		group.Wait()
		if (completed == nil) == (aborted == nil) {
			t.Fatalf("complete: %v, abort: %v", completed, aborted)
		}
		want := 0
		if completed == nil {
			if want = 1; s.get("k") != "content" {
				t.Error("content differs")
			}
		}
		if n := s.blobCount(); n != want {
			t.Errorf("%d blobs are left, want %d", n, want)
		}
	}
}

// TestCompletedAtOnce: who completes an upload alike at once, as a client that
// tries again does, is answered alike. (versitygw,
// CompleteMultipartUpload_racey_data_integrity.)
func TestCompletedAtOnce(t *testing.T) {
	for range 20 {
		s := newSite(t)
		id := s.begin("k")
		list := []s3api.CompletedPart{s.part("k", id, 1, "content")}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if out, err := ask(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, list)); err != nil || out.ETag == nil {
					t.Errorf("answered %+v, %v", out, err)
				}
			})
		}
		group.Wait()
		if n := s.blobCount(); s.get("k") != "content" || n != 1 {
			t.Errorf("%d blobs are left", n)
		}
	}
}

// TestPartIsOverwrittenAtOnce: of parts with one number one is left, whole.
func TestPartIsOverwrittenAtOnce(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	contents := map[string]string{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range uint64(16) {
		group.Go(func() {
			content := noise(i, 100_000)
			out, err := ask(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, content))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			contents[*out.ETag] = content
		})
	}
	group.Wait()
	if n := s.blobCount(); n != 1 {
		t.Errorf("%d blobs of one part", n)
	}
	p := askOK(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)}).Parts
	if len(p) != 1 {
		t.Fatalf("%d parts", len(p))
	}
	s.complete("k", id, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: p[0].ETag}})
	if s.get("k") != contents[*p[0].ETag] {
		t.Error("content is not that of the ETag")
	}
}

// whenRead does something before the first byte is read.
type whenRead struct {
	io.Reader
	once sync.Once
	do   func()
}

func (r *whenRead) Read(p []byte) (int, error) {
	r.once.Do(r.do)
	return r.Reader.Read(p)
}

// TestPartOfAnEndedUpload: a part that arrives while its upload ends, by a
// completion, an abortion or the deletion of its bucket, is refused and leaves
// nothing.
func TestPartOfAnEndedUpload(t *testing.T) {
	for name, end := range map[string]func(s *site, id string, list []s3api.CompletedPart){
		"complete": func(s *site, id string, list []s3api.CompletedPart) { s.complete("k", id, list); s.remove("k") },
		"abort": func(s *site, id string, _ []s3api.CompletedPart) {
			askOK(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)})
		},
		"delete the bucket": func(s *site, _ string, _ []s3api.CompletedPart) {
			askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new(siteBucket)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			id := s.begin("k")
			list := []s3api.CompletedPart{s.part("k", id, 1, "content")}
			content := noise(1, 100_000)
			refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 2, "", func(in *s3api.UploadPartInput) {
				in.Body = &whenRead{Reader: strings.NewReader(content), do: func() { end(s, id, list) }}
				in.ContentLength = nil
			}), "NoSuchUpload", "")
			if n := s.blobCount(); n != 0 {
				t.Errorf("%d blobs are left", n)
			}
		})
	}
}

// TestPartBreaksOff: a body that fails leaves the part of before as it was.
func TestPartBreaksOff(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	p := s.part("k", id, 1, "whole")
	broken := errors.New("connection lost")
	_, err := ask(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "", func(in *s3api.UploadPartInput) {
		in.Body = io.MultiReader(strings.NewReader(noise(1, 300_000)), &whenRead{Reader: failing{broken}, do: func() {}})
		in.ContentLength = nil
	}))
	if err == nil {
		t.Fatal("a part that broke off was taken")
	}
	s.complete("k", id, []s3api.CompletedPart{p})
	if got := s.get("k"); got != "whole" {
		t.Errorf("got %q", got)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestUploadSurvivesRestart: uploads and their parts, the small ones too, are
// there after a restart, and go on.
func TestUploadSurvivesRestart(t *testing.T) {
	dir, kr := t.TempDir(), keyring.Memory()
	start := func() *site {
		db, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.Open(dir+"/blobs", db, blob.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return openSite(t, db, kr, blobs)
	}
	stop := func(s *site) {
		s.check(s.blobs.Close())
		s.check(s.db.Close())
	}
	s := start()
	s.found()
	id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) {
		in.ChecksumAlgorithm, in.ChecksumType, in.Metadata = "CRC32", "FULL_OBJECT", map[string]string{"a": "b"}
	})
	one, two := noise(1, 5*mib), "small"
	p1 := s.summedPart("k", id, 1, one, "CRC32")
	stop(s)

	s = start()
	p2 := s.summedPart("k", id, 2, two, "CRC32")
	listed := askOK(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)})
	if len(listed.Parts) != 2 || *listed.Parts[0].ETag != *p1.ETag {
		t.Fatalf("parts %+v", listed.Parts)
	}
	stop(s)

	s = start()
	out := s.complete("k", id, []s3api.CompletedPart{p1, p2})
	stop(s)

	s = start()
	if s.get("k") != one+two {
		t.Error("content differs")
	}
	expect(t, "again", s.complete("k", id, []s3api.CompletedPart{p1, p2}).ETag, out.ETag)
	if h := head(s, "k"); h.Metadata["a"] != "b" {
		t.Errorf("metadata %v", h.Metadata)
	}
	stop(s)
}
