package command

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/fieldcrypt"
)

// refusing is an opener that may not use the key ssn, cannot reach that of email,
// and is asking too fast for that of city.
type refusing struct {
	mu    sync.Mutex
	asked map[string]int
}

func (r *refusing) Open(_ context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	r.mu.Lock()
	r.asked[s.String()]++
	r.mu.Unlock()
	reason, said := fieldcrypt.ErrUnavailable, error(&smithy.GenericAPIError{Code: "KMSSaid", Message: "\x1b[31mno"})
	switch s.Key {
	case "ssn":
		reason = fieldcrypt.ErrDenied
	case "email":
	case "city":
		said = &smithy.GenericAPIError{Code: "ThrottlingException"}
	default:
		return []byte("opened"), nil
	}
	return nil, &fieldcrypt.OpenError{Marker: s.String(), Reason: reason, Err: said}
}

// TestRefusedKeysAreAskedForOnce: KMS is asked again where it may answer
// otherwise, and not where it has said no to this caller.
func TestRefusedKeysAreAskedForOnce(t *testing.T) {
	r := &refusing{asked: map[string]int{}}
	opener := newPoliteOpener(r, startProgress(io.Discard, "opening", false, false, time.Now))
	finder, err := fieldcrypt.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	u := fieldcrypt.NewUnsealer(finder, opener, fieldcrypt.UnsealOptions{Concurrent: 1})
	var text strings.Builder
	for range 20 {
		text.WriteString("#ssn.1#AQID#1.ssn# #ssn.2#AQID#2.ssn# #email.1#AQID#1.email# #city.1#AQID#1.city# #tel.1#AQID#1.tel#\n")
	}
	var out strings.Builder
	report, err := u.Text(t.Context(), &out, &slowReader{strings.NewReader(text.String())})
	if err != nil {
		t.Fatal(err)
	}
	if report.Opened != 20 || report.Sealed != 80 || strings.Count(out.String(), "opened\n") != 20 {
		t.Errorf("%+v", report)
	}
	if r.asked["ssn.1"] != 1 || r.asked["ssn.2"] != 1 || r.asked["email.1"] != 1 || r.asked["city.1"] < 2 {
		t.Errorf("asked %v", r.asked)
	}
	var said strings.Builder
	printReport(&said, report)
	const want = `fortlet: opened 20 of 100 fields
fortlet: left sealed: 20 of city.1: key not available: api error ThrottlingException: 
fortlet: left sealed: 20 of email.1: key not available: api error KMSSaid: \u001b[31mno
fortlet: left sealed: 20 of ssn.1: key not permitted: api error KMSSaid: \u001b[31mno
fortlet: left sealed: 20 of ssn.2: key not permitted: api error KMSSaid: \u001b[31mno
`
	if said.String() != want {
		t.Errorf("said:\n%s", &said)
	}
	if !unavailable(report) {
		t.Error("not told that KMS was away")
	}
}

// slowReader reads a line or less at a time, so that nothing is read ahead.
type slowReader struct{ r io.Reader }

func (s *slowReader) Read(b []byte) (int, error) { return s.r.Read(b[:min(len(b), 20)]) }
