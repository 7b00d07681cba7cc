package gateway_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/gateway"
)

// A crowd of strangers with large bodies gets no more memory than there is for
// strangers. It keeps out neither small requests nor those that are signed.
func TestStrangersShareARoom(t *testing.T) {
	s := newBucketServer(t)
	const size = 7 << 20 // of a document that is allowed
	arrived, pause, over := make(chan struct{}), make(chan struct{}), make(chan string)
	send := func(body io.Reader) string {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", "http://"+s.net.addr+"/public?policy", body)
		if err != nil {
			return err.Error()
		}
		r.ContentLength = size
		r.Header.Set("Content-MD5", blanksMD5(size))
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		return fmt.Sprint(resp.StatusCode, strings.Contains(string(answer), "<Code>SlowDown</Code>"), err)
	}
	const crowd = gateway.RoomForStrangers / size
	for range crowd {
		go func() {
			over <- send(&pausing{text: strings.NewReader(strings.Repeat(" ", size-1)), arrived: arrived, pause: pause})
		}()
	}
	for range crowd {
		<-arrived
	}
	if got := send(strings.NewReader(strings.Repeat(" ", size))); got != "503 true <nil>" {
		t.Errorf("one too many: %s", got)
	}
	policy := func(size int) *http.Request {
		return bucketRequest("PUT", "/public?policy", strings.Repeat(" ", size), "Content-MD5", blanksMD5(size))
	}
	s.do(policy(60<<10)).want(t, 400, "MalformedPolicy")
	s.do(s.signed(s.root(), policy(size))).want(t, 400, "MalformedPolicy")
	close(pause)
	for range crowd {
		if got := <-over; got != "400 false <nil>" {
			t.Errorf("one that had room: %s", got)
		}
	}
	for range crowd + 1 { // the room is free again
		s.do(policy(size)).want(t, 400, "MalformedPolicy")
	}
}

func blanksMD5(n int) string {
	sum := md5.Sum([]byte(strings.Repeat(" ", n)))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// pausing is a body whose last byte waits.
type pausing struct {
	text           *strings.Reader
	arrived, pause chan struct{}
	ended          bool
}

func (p *pausing) Read(b []byte) (int, error) {
	if n, err := p.text.Read(b); err == nil {
		return n, nil
	}
	if p.ended {
		return 0, io.EOF
	}
	p.arrived <- struct{}{}
	<-p.pause
	p.ended = true
	b[0] = ' '
	return 1, nil
}
