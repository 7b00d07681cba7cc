package crash

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestCutConnections cuts each writer's connection somewhere in a request: in
// its headers, in its body, when all of it is sent, or in the answer.
func TestCutConnections(t *testing.T) {
	tr := newTrial(t, t.TempDir())
	for range *rounds {
		p := start(t, tr.dir)
		cut := func(w *writer) http.RoundTripper {
			return cutTransport(func() *cutConn { return cutSomewhere(w.rnd) })
		}
		tr.write(t.Context(), p, cut, func() {})
		tr.wantNoAnswer(t)
		// The end waits for what still runs, so afterwards nothing is under way.
		p.terminate(t)
		wantNoErrors(t, p)
		p = start(t, tr.dir)
		acknowledged, made := tr.check(t, p)
		t.Logf("%d changes acknowledged, of those cut off %d made and %d not", acknowledged, made, writerCount-made)
		p.terminate(t)
		if t.Failed() {
			t.Fatalf("repeat with -crash.seed=%d", *seed)
		}
	}
}

// wantNoErrors wants the log to tell of no errors but that clients went away.
func wantNoErrors(t *testing.T, p *process) {
	t.Helper()
	for line := range strings.Lines(p.stderr.String()) {
		if strings.Contains(line, "level=ERROR") && !strings.Contains(line, context.Canceled.Error()) {
			t.Errorf("the log says %s", line)
		}
	}
}

// TestCutBodies cuts connections amid large bodies. What has come of them goes
// away by itself, without a restart.
func TestCutBodies(t *testing.T) {
	dir, name, key := t.TempDir(), "bodies", "large"
	p := start(t, dir)
	c := newClients(p.endpoint, "reader", newTransport())
	must(c.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}))(t)
	begun := must(c.s3.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &name, Key: &key}))(t)
	var all sync.WaitGroup
	for i := range writerCount {
		rnd := random(5<<8 | uint64(i))
		all.Go(func() {
			for n := range *rounds {
				cut := &cutConn{requests: 1, place: inRequest, part: rnd.Float64(), reset: rnd.IntN(2) == 0}
				w := newClients(p.endpoint, app(i), cutTransport(func() *cutConn { return cut }))
				body := bytes.NewReader(piece{fmt.Sprint(prefix(i), n), 1<<20 + rnd.IntN(maxContent-1<<20)}.bytes())
				var err error
				if n%2 == 0 {
					_, err = w.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: body})
				} else {
					_, err = w.s3.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: &name, Key: &key, UploadId: begun.UploadId, PartNumber: new(int32(1 + i)), Body: body})
				}
				if err == nil || errorCode(err) != "" {
					t.Errorf("a body that was cut off is answered with %v", err)
				}
			}
		})
	}
	all.Wait()
	wantFiles(t, dir, nil)
	r := bucketReader{t, c, name, nil}
	agree(t, "objects that were cut off", r.objects(), map[string][]version{})
	agree(t, "the upload and its parts", r.uploads(), map[string]upload{key: {ID: *begun.UploadId, Parts: map[int32]part{}}})
	wantNoErrors(t, p)
	p.terminate(t)
}
