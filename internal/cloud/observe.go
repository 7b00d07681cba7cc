package cloud

import (
	"net/http"
	"reflect"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// Answered is a request for a bucket, with its answer, as who keeps a log of
// requests wants to know it. It is complete, and nobody changes it anymore.
type Answered struct {
	RequestID string
	Time      time.Time      // when it came, by the cloud's clock
	Operation *api.Operation // nil where the request is for none that there is
	// Call is nil where nobody has proven who calls. It has no Input anymore.
	Call   *Call
	Output any    // nil for a failed call
	Error  string // the code of the error, "" without one
	Status int

	Bucket, Key string
	Version     string // as the request names it
	Received    int64  // bytes of content, -1 where there is none
	// Wire is how the request came and its answer went; nil for a call that one
	// service made of another.
	Wire *Wire
}

// Wire is what a log tells of the way of a request and its answer.
type Wire struct {
	RemoteIP                 string
	RequestLine              string // "GET /bucket?versioning HTTP/1.1"
	Host, Referer, UserAgent string
	HostID                   string // the answer's other id
	Sent                     int64  // bytes of the answer's body
	Total                    time.Duration
	// TurnAround is from the last byte of the request to the first of the answer.
	TurnAround time.Duration
}

// Watcher is told of requests for buckets after they have been answered. It is
// called by many goroutines at once, each of which has a client that waits for
// its next answer.
type Watcher func(*Answered)

// Watch has w told of all requests for buckets from now on; nil ends it. While
// nobody watches, a request costs no more than to see that.
func (c *Cloud) Watch(w Watcher) {
	if w == nil {
		c.watcher.Store(nil)
		return
	}
	c.watcher.Store(&w)
}

// Watcher is who watches, nil when nobody does.
func (c *Cloud) Watcher() Watcher {
	if w := c.watcher.Load(); w != nil {
		return *w
	}
	return nil
}

// within begins to describe a call that a service makes of a bucket, nil for
// any other and when nobody watches. What comes over the wire is described where
// it came in.
func (c *Cloud) within(call *Call) *Answered {
	if c.watcher.Load() == nil || call.InvokedBy == "" || !call.Operation.Service.Public {
		return nil
	}
	in := reflect.ValueOf(call.Input).Elem()
	a := &Answered{
		RequestID: call.ID, Time: call.Time, Operation: call.Operation, Call: call,
		Bucket: member(in, "Bucket"), Key: member(in, "Key"), Version: member(in, "VersionId"),
		Received: -1,
	}
	if f := in.FieldByName("ContentLength"); f.IsValid() && !f.IsNil() {
		a.Received = f.Elem().Int()
	}
	return a
}

// member is a member of an input, "" when it is not there.
func member(in reflect.Value, name string) string {
	if f := in.FieldByName(name); f.IsValid() {
		if text, ok := f.Interface().(*string); ok && text != nil {
			return *text
		}
	}
	return ""
}

// tell tells the watcher how the call that a describes was answered.
func (c *Cloud) tell(a *Answered, out any, failure *api.Error) {
	w := c.Watcher()
	if a == nil || w == nil {
		return
	}
	a.Output, a.Status = out, a.Operation.Status
	switch {
	case failure != nil:
		a.Output, a.Error, a.Status = nil, failure.Code, failure.Status
	case a.Status == 0:
		a.Status = http.StatusOK
	}
	w(a)
}
