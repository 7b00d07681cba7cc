package s3

import (
	"fmt"
	"path/filepath"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// BenchmarkList lists 1,000 entries of buckets of several sizes on disk: what it
// costs must not depend on the size.
func BenchmarkList(b *testing.B) {
	for _, size := range []int{1000, 100_000} {
		s := siteOnDisk(b)
		s.fill(size)
		for _, test := range []struct {
			name string
			in   s3api.ListObjectsV2Input
		}{
			{"start", s3api.ListObjectsV2Input{}},
			{"middle", s3api.ListObjectsV2Input{StartAfter: new(fillKey(size / 2))}},
			{"prefixes", s3api.ListObjectsV2Input{Delimiter: new("/")}},
		} {
			test.in.Bucket = new(siteBucket)
			b.Run(fmt.Sprintf("%s/of-%d", test.name, size), func(b *testing.B) {
				b.ReportAllocs()
				var out *s3api.ListObjectsV2Output
				for b.Loop() {
					out = askOK(s, s.owner, s3api.OpListObjectsV2, &test.in)
				}
				b.ReportMetric(float64(*out.KeyCount), "entries")
			})
		}
		b.Run(fmt.Sprintf("through/of-%d", size), func(b *testing.B) {
			b.ReportAllocs()
			in := &s3api.ListObjectsV2Input{Bucket: new(siteBucket)}
			for b.Loop() {
				in.ContinuationToken = askOK(s, s.owner, s3api.OpListObjectsV2, in).NextContinuationToken
			}
		})
		b.Run(fmt.Sprintf("versions/of-%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				askOK(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{Bucket: new(siteBucket)})
			}
		})
	}
}

func siteOnDisk(t testing.TB) *site {
	dir := t.TempDir()
	db, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(filepath.Join(dir, "blobs"), db, blob.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := openSite(t, db, keyring.Memory(), blobs)
	t.Cleanup(func() {
		s.check(blobs.Close())
		s.check(db.Close())
	})
	s.found()
	return s
}

// fillKey is a key of a filled bucket: a hundred of them have a folder.
func fillKey(i int) string { return fmt.Sprintf("folder-%06d/object-with-a-name-%08d", i/100, i) }

// fill copies the row of one object to many keys. Listings read nothing else.
func (s *site) fill(n int) {
	s.Helper()
	s.versioning("Enabled")
	s.put("zzz")
	for done := 0; done < n; {
		s.check(s.db.Update(s.Context(), func(tx *store.Tx) error {
			b := buckets.Get(tx, siteBucket)
			row := newest.Get(tx, newestKey(b, "zzz"))
			for end := min(n, done+10_000); done < end; done++ {
				newest.Put(tx, newestKey(b, fillKey(done)), row)
			}
			return nil
		}))
	}
}
