package gateway_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// watched is what a watcher has been told.
type watched struct {
	mu   sync.Mutex
	list []*cloud.Answered
}

func (w *watched) watch(a *cloud.Answered) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, a)
}

func (w *watched) take() []*cloud.Answered {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.list
	w.list = nil
	return list
}

// A watcher is told of each request for a bucket, also of those that come to
// nothing, and of no other.
func TestWatch(t *testing.T) {
	w := newWorld(t)
	seen := new(watched)
	w.Cloud.Watch(seen.watch)
	s3 := func(k key, method, path, body string, edit ...func(*http.Request)) *answer {
		r := newRequest(method, path, body)
		r.Header.Set("X-Amz-Content-Sha256", sigv4.HashPayload([]byte(body)))
		for _, f := range edit {
			f(r)
		}
		return w.serve(w.as(k, "s3", r))
	}
	s3(w.root(), "PUT", "/bucket", "")
	s3(w.root(), "PUT", "/bucket/a%20key?x-id=PutObject", "content", func(r *http.Request) {
		r.Header.Set("User-Agent", strings.Repeat("a", 5000))
		r.Header.Set("Referer", "http://example.com/")
	})
	s3(w.root(), "GET", "/bucket/a%20key?versionId=null", "")
	s3(w.root(), "HEAD", "/bucket/a%20key", "")
	s3(w.root(), "GET", "/bucket/none", "")
	s3(key{id: w.root().id, secret: "wrong"}, "GET", "/bucket/none", "")
	w.serve(newRequest("GET", "/bucket/none", ""))
	s3(w.root(), "PATCH", "/bucket/none", "") // no such method
	preflight := newRequest("OPTIONS", "/bucket/none", "")
	preflight.Header.Set("Origin", "http://example.com")
	w.serve(preflight)
	// Not of a bucket.
	s3(w.root(), "GET", "/", "")
	w.serve(w.as(w.root(), "iam", query("iam", "ListUsers")))
	w.serve(newRequest("GET", "/_fortlet/health", ""))

	type want struct {
		operation, key, version, code string
		status                        int
		received, sent                int64
		known                         bool
	}
	wants := []want{
		{"CreateBucket", "", "", "", 200, -1, 0, true},
		{"PutObject", "a key", "", "", 200, 7, 0, true},
		{"GetObject", "a key", "null", "", 200, -1, 7, true},
		{"HeadObject", "a key", "", "", 200, -1, 0, true},
		{"GetObject", "none", "", "NoSuchKey", 404, -1, -1, true},
		{"GetObject", "none", "", "SignatureDoesNotMatch", 403, -1, -1, false},
		{"GetObject", "none", "", "AccessDenied", 403, -1, -1, true},
		{"", "none", "", "MethodNotAllowed", 405, -1, -1, false},
		{"", "none", "", "AccessForbidden", 403, -1, -1, false},
	}
	list := seen.take()
	if len(list) != len(wants) {
		t.Fatalf("told of %d requests, want %d", len(list), len(wants))
	}
	for i, a := range list {
		got := want{"", a.Key, a.Version, a.Error, a.Status, a.Received, a.Wire.Sent, a.Call != nil}
		if a.Operation != nil {
			got.operation = a.Operation.Name
		}
		if wants[i].sent < 0 && got.sent > 0 {
			got.sent = wants[i].sent // as much as the error takes
		}
		if got != wants[i] {
			t.Errorf("request %d: %+v, want %+v", i, got, wants[i])
		}
		if a.Bucket != "bucket" || len(a.RequestID) != 36 || !a.Time.Equal(w.now()) || a.Wire.Total <= 0 || a.Wire.TurnAround < 0 || a.Wire.TurnAround > a.Wire.Total ||
			len(a.Wire.HostID) != 44 || a.Wire.RemoteIP != "192.0.2.1" || a.Wire.Host != "127.0.0.1:4566" {
			t.Errorf("request %d: %+v %+v", i, a, a.Wire)
		}
		if a.Call != nil && a.Call.Input != nil {
			t.Errorf("request %d: the input is told", i)
		}
	}
	if put := list[1]; put.Wire.RequestLine != "PUT /bucket/a%20key?x-id=PutObject HTTP/1.1" || put.Wire.Referer != "http://example.com/" || len(put.Wire.UserAgent) != 1024 {
		t.Errorf("%+v", put.Wire)
	}

	w.Cloud.Watch(nil)
	s3(w.root(), "GET", "/bucket/none", "")
	if list := seen.take(); len(list) != 0 {
		t.Errorf("told of %d requests after the end", len(list))
	}
}

// brokenWriter is a client that goes away amid an answer.
type brokenWriter struct {
	*httptest.ResponseRecorder
	left int
}

func (b *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > b.left {
		n := b.left
		b.left = 0
		return n, errors.New("gone")
	}
	b.left -= len(p)
	return len(p), nil
}

// An answer that broke off is told of with as much as was sent.
func TestWatchOfBrokenAnswer(t *testing.T) {
	w := newWorld(t)
	request := func(method, path, body string) *http.Request {
		r := newRequest(method, path, body)
		r.Header.Set("X-Amz-Content-Sha256", sigv4.HashPayload([]byte(body)))
		return w.as(w.root(), "s3", r)
	}
	w.serve(request("PUT", "/bucket", ""))
	w.serve(request("PUT", "/bucket/k", strings.Repeat("x", 5<<20)))
	seen := new(watched)
	w.Cloud.Watch(seen.watch)
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("panic %v", p)
		}
		list := seen.take()
		if len(list) != 1 || list[0].Status != 200 || list[0].Wire.Sent != 1<<20 || list[0].Error != "" {
			t.Errorf("told of %+v %+v", list, list[0].Wire)
		}
	}()
	w.Handler.ServeHTTP(&brokenWriter{httptest.NewRecorder(), 1 << 20}, request("GET", "/bucket/k", ""))
}
