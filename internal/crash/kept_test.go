package crash

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/fortlet"
)

// contents gives the sizes of all contents of some worlds: one of each object,
// of each of the parts of those that were uploaded in parts, and of each part
// of an upload under way.
func contents(worlds []*world) (sizes []int) {
	for _, w := range worlds {
		for _, b := range w.Buckets {
			for _, list := range b.Objects {
				for _, v := range list {
					sizes = append(sizes, v.contents()...)
				}
			}
			for _, u := range b.Uploads {
				for _, p := range u.Parts {
					sizes = append(sizes, p.Size)
				}
			}
		}
	}
	return sizes
}

func (v version) contents() (sizes []int) {
	switch {
	case v.Marker:
		return nil
	case !v.Multipart:
		return []int{size(v.Content)}
	}
	for _, p := range v.Content {
		sizes = append(sizes, p.Size)
	}
	return sizes
}

// wantFiles wants the files of a running cloud's large contents to become
// those of its world, and no other: what a crash has left, or was deleted, is
// removed by and by, but soon.
func wantFiles(t *testing.T, dir string, worlds []*world) {
	t.Helper()
	want := []int{}
	for _, n := range contents(worlds) {
		if n > inlineSize {
			want = append(want, fileSize(n))
		}
	}
	slices.Sort(want)
	have := files(t, dir)
	for end := time.Now().Add(patience / 4); !slices.Equal(have, want) && time.Now().Before(end); have = files(t, dir) {
		time.Sleep(time.Millisecond)
	}
	if !slices.Equal(have, want) {
		t.Errorf("the files of contents have the sizes\n%d\nand should have\n%d", have, want)
	}
}

// files gives the sizes of the files of large contents, in order.
func files(t *testing.T, dir string) []int {
	t.Helper()
	sizes := []int{}
	err := filepath.WalkDir(filepath.Join(dir, "blobs"), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was removed just now
		}
		if err == nil {
			sizes = append(sizes, int(info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(sizes)
	return sizes
}

// wantRows wants the tables of S3 in the folder of a cloud that has ended to
// have a row of all that is in the worlds, and no other.
func wantRows(t *testing.T, dir string, worlds []*world) {
	t.Helper()
	want := map[string]int{"blob.content": len(contents(worlds))}
	for _, w := range worlds {
		want["s3.bucket"] += len(w.Buckets)
		for _, b := range w.Buckets {
			want["s3.object"] += len(b.Objects)
			for _, list := range b.Objects {
				want["s3.version"] += len(list) - 1
			}
			want["s3.upload"] += len(b.Uploads)
			for _, u := range b.Uploads {
				want["s3.part"] += len(u.Parts)
			}
		}
	}
	db := must(store.Open(filepath.Join(dir, "store"), store.Options{Migrations: fortlet.Migrations}))(t)
	err := db.View(context.Background(), func(tx *store.Tx) error {
		for name, n := range want {
			have := 0
			for range store.NewTable[struct{}](name).Scan(tx, "", "") {
				have++
			}
			if have != n {
				t.Errorf("table %s has %d rows and should have %d", name, have, n)
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
