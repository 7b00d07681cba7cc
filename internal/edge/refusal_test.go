package edge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

func TestRefusalsHaveReasons(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx    context.Context
		err    error
		reason string
	}{
		{t.Context(), fieldcrypt.ErrSyntax, reasonMalformed},
		{t.Context(), fieldcrypt.ErrUnsupported, reasonMediaType},
		{t.Context(), fieldcrypt.ErrDuplicate, reasonDuplicate},
		{t.Context(), fieldcrypt.ErrTooLong, reasonTooLong},
		{t.Context(), fieldcrypt.ErrTooDeep, reasonTooDeep},
		{t.Context(), fieldcrypt.ErrTooMany, reasonTooMany},
		{t.Context(), fieldcrypt.ErrEncoding, reasonField},
		{t.Context(), fieldcrypt.ErrSeal, reasonKey},
		{t.Context(), &fieldcrypt.FieldError{Path: "$.ssn", Err: fieldcrypt.ErrDuplicate}, reasonDuplicate},
		{t.Context(), &readError{io.ErrUnexpectedEOF}, reasonMalformed},
		{t.Context(), &readError{errors.New("invalid byte in chunk length")}, reasonMalformed},
		{t.Context(), &readError{os.ErrDeadlineExceeded}, reasonTimeout},
		{canceled, &readError{os.ErrDeadlineExceeded}, reasonTimeout},
		{canceled, errors.New("connection reset"), reasonGone},
		{t.Context(), fmt.Errorf("reading: %w", errBodyTooLarge), reasonBody},
		{t.Context(), errors.New("what nobody thought of"), reasonInternal},
	} {
		got := refusalOf(c.ctx, c.err)
		if got.Reason != c.reason || got.Status != statusOf[c.reason] || got.Status < 400 {
			t.Errorf("%v gives %v with status %d, want %s", c.err, got, got.Status, c.reason)
		}
	}
}

// failingSealer is a key that cannot be used just now.
type failingSealer struct{}

func (failingSealer) Seal(context.Context, []byte, []byte, fieldcrypt.Encoding) ([]byte, error) {
	return nil, fmt.Errorf("%w: arn:aws:kms:secret-detail", fieldcrypt.ErrSeal)
}

// panickingSealer panics once it has sealed so many values.
type panickingSealer struct{ left int }

func (s *panickingSealer) Seal(_ context.Context, dst, _ []byte, _ fieldcrypt.Encoding) ([]byte, error) {
	if s.left--; s.left < 0 {
		panic("123-45-6789")
	}
	return append(dst, "#pii.1#c2VhbGVk#1.pii#"...), nil
}

// A panic while a body is on its way breaks the request off, as an error does.
func TestPanicOnTheWay(t *testing.T) {
	w := protecting(t, streamed)
	r := w.state.Load().byName[0]
	var err error
	r.protector, err = w.state.Load().config.protector(r.config, func(string) (fieldcrypt.Sealer, error) { return &panickingSealer{2000}, nil })
	if err != nil {
		t.Fatal(err)
	}
	request := w.request("POST", "/", people(5000), isJSON)
	if resp, err := http.DefaultTransport.RoundTrip(request); err == nil && resp.StatusCode < 500 {
		t.Errorf("answer %d", resp.StatusCode)
	}
	if resp, body := w.do(w.request("GET", "/", "")); resp.StatusCode != http.StatusOK {
		t.Errorf("after a panic: answer %d %s", resp.StatusCode, body)
	}
	for _, got := range w.origin.end() {
		if got.Method == "POST" && got.err == nil {
			t.Error("the origin saw an end")
		}
	}
	w.origin.never(t, "123-45-6789")
	if strings.Contains(w.log.String(), "123-45-6789") {
		t.Errorf("the log has a value: %s", w.log)
	}
}

// A field that no key seals stops the request, wherever it stands; the client
// learns that, and the operator why.
func TestNoKeyNoRequest(t *testing.T) {
	for name, send := range map[string]func(w *world) (int, string){
		"body": func(w *world) (int, string) {
			resp, body := w.post(alejandro, isJSON)
			return resp.StatusCode, body
		},
		"query": func(w *world) (int, string) {
			resp, body := w.do(w.request("GET", "/?ssn=123-45-6789", ""))
			return resp.StatusCode, body
		},
		"header": func(w *world) (int, string) {
			resp, body := w.do(w.request("GET", "/", "", "X-Ssn: 123-45-6789"))
			return resp.StatusCode, body
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := protecting(t, strings.Replace(person, "phone]", "phone, 'header:X-Ssn']", 1))
			r := w.state.Load().byName[0]
			var err error
			r.protector, err = w.state.Load().config.protector(r.config, func(string) (fieldcrypt.Sealer, error) { return failingSealer{}, nil })
			if err != nil {
				t.Fatal(err)
			}
			status, body := send(w)
			if status != 503 || !strings.Contains(body, reasonKey) || strings.Contains(body, "secret-detail") {
				t.Errorf("answer %d %s", status, body)
			}
			if got := w.origin.raw(); got != "" {
				t.Errorf("the origin received %s", got)
			}
			if log := w.log.String(); !strings.Contains(log, "secret-detail") || strings.Contains(log, "123-45") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}
