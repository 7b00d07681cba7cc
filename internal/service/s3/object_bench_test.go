package s3

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// benchSite is a site on the disk.
func benchSite(b *testing.B) *site {
	db, err := store.Open(b.TempDir(), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	blobs, err := blob.Open(b.TempDir(), db, blob.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := openSite(b, db, keyring.Memory(), blobs)
	b.Cleanup(func() {
		s.check(blobs.Close())
		s.check(db.Close())
	})
	s.found()
	return s
}

// method calls a method as the pipeline does, without the pipeline: what is
// measured is the service with authorization, encryption and what it stands on.
func method[In, Out any](b *testing.B, s *site, op *api.Op[In, Out], in *In, f func(*cloud.Call) error) {
	c := &cloud.Call{ID: "request", Cloud: s.cloud, Operation: &op.Operation, Input: in}
	c.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: s.owner, Region: siteRegion, Time: s.now}
	if err := f(c); err != nil {
		b.Error(err)
	}
}

var benchSizes = []struct {
	size    int
	callers []int
}{{1 << 10, []int{1, 16, 64}}, {8 << 20, []int{1, 4}}}

// parallel runs f by a number of callers at a time. Each has its own number.
func parallel(b *testing.B, callers int, f func(caller, n int)) {
	var next atomic.Int64
	b.SetParallelism(max(1, callers/2)) // times GOMAXPROCS, which is 2 where it counts
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		caller := int(next.Add(1))
		for n := 0; pb.Next(); n++ {
			f(caller, n)
		}
	})
}

func benchmark(b *testing.B, f func(b *testing.B, size, callers int)) {
	for _, bs := range benchSizes {
		for _, callers := range bs.callers {
			b.Run(fmt.Sprintf("%dKiB/%d", bs.size>>10, callers), func(b *testing.B) {
				b.SetBytes(int64(bs.size))
				f(b, bs.size, callers)
			})
		}
	}
}

func BenchmarkPutObject(b *testing.B) {
	benchmark(b, func(b *testing.B, size, callers int) {
		s := benchSite(b)
		content := []byte(noise(1, size))
		parallel(b, callers, func(caller, n int) {
			in := &s3api.PutObjectInput{
				Bucket: new(siteBucket), Key: new("folder/" + strconv.Itoa(caller) + "/" + strconv.Itoa(n%500)),
				Body: bytes.NewReader(content), ContentLength: new(int64(size)),
			}
			method(b, s, s3api.OpPutObject, in, func(c *cloud.Call) error {
				_, err := s.service.PutObject(cloud.NewContext(b.Context(), c), in)
				return err
			})
		})
	})
}

func BenchmarkGetObject(b *testing.B) {
	benchmark(b, func(b *testing.B, size, callers int) {
		s := benchSite(b)
		const keys = 100
		for i := range keys {
			if i > 3 && size > 1<<20 {
				break
			}
			s.putContent(strconv.Itoa(i), noise(uint64(i), size))
		}
		parallel(b, callers, func(caller, n int) {
			key := n % keys
			if size > 1<<20 {
				key = n % 4
			}
			in := getInput(strconv.Itoa(key))
			method(b, s, s3api.OpGetObject, in, func(c *cloud.Call) error {
				out, err := s.service.GetObject(cloud.NewContext(b.Context(), c), in)
				if err != nil {
					return err
				}
				body := out.Body.(io.ReadCloser)
				defer body.Close()
				_, err = body.(io.WriterTo).WriteTo(io.Discard)
				return err
			})
		})
	})
}

func BenchmarkHeadObject(b *testing.B) {
	s := benchSite(b)
	s.put("key")
	in := &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key")}
	parallel(b, 2, func(int, int) {
		method(b, s, s3api.OpHeadObject, in, func(c *cloud.Call) error {
			_, err := s.service.HeadObject(cloud.NewContext(b.Context(), c), in)
			return err
		})
	})
}
