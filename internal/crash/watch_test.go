package crash

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// watch reads objects over and over while others change them, until stop is
// called or the cloud has gone. Whatever is served must be whole.
func watch(t *testing.T, p *process) (stop func()) {
	t.Helper()
	w := &watcher{clients: newClients(p.endpoint, "watcher", newTransport()), end: make(chan struct{})}
	var running sync.WaitGroup
	running.Go(func() { w.failure = w.run(t) })
	return func() {
		t.Helper()
		close(w.end)
		running.Wait()
		if w.failure != nil && (p.isThere() || errors.Is(w.failure, errTorn) || errorCode(w.failure) != "") {
			t.Errorf("reading amid changes: %v", w.failure)
		}
		t.Logf("%d objects were read meanwhile", w.read)
	}
}

type watcher struct {
	*clients
	end     chan struct{}
	read    int // objects
	failure error
}

func (w *watcher) run(t *testing.T) error {
	for {
		names, err := w.s3.ListBuckets(t.Context(), &s3.ListBucketsInput{})
		if err != nil {
			return err
		}
		for _, b := range names.Buckets {
			select {
			case <-w.end:
				return nil
			default:
			}
			if err := w.bucket(t, *b.Name); err != nil {
				return fmt.Errorf("bucket %s: %w", *b.Name, err)
			}
		}
	}
}

// bucket reads the objects in a bucket, if it is still there.
func (w *watcher) bucket(t *testing.T, name string) error {
	list, err := w.s3.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &name})
	if errorCode(err) == "NoSuchBucket" {
		return nil
	}
	if err != nil {
		return err
	}
	for _, o := range list.Contents {
		err := w.object(t, name, *o.Key)
		if code := errorCode(err); code == "NoSuchKey" || code == "NoSuchBucket" {
			continue
		}
		if err != nil {
			return fmt.Errorf("object %q: %w", *o.Key, err)
		}
		w.read++
	}
	return nil
}

func (w *watcher) object(t *testing.T, bucket, key string) error {
	out, err := w.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key}, func(o *s3.Options) {
		// The SDK would find torn content before we do.
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	if err != nil {
		return err
	}
	defer out.Body.Close()
	content, err := io.ReadAll(out.Body)
	if err != nil {
		return err
	}
	_, err = piecesOf(content)
	return err
}
