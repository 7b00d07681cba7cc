package extract

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAnswerTooLarge(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, r.Body)
	}))
	defer server.Close()
	client := bodies{http.DefaultClient, 10}
	for text, want := range map[string]error{"0123456789": nil, "0123456789+": errTooMuch, "": nil} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if !errors.Is(err, want) || err == nil && string(got) != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// brokenBody is a body that somebody has closed.
type brokenBody struct{ err error }

func (b brokenBody) Read([]byte) (int, error) { return 0, b.err }
func (b brokenBody) Close() error             { return nil }

func TestBodyThatCannotBeRead(t *testing.T) {
	broken := errors.New("closed")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:1", brokenBody{broken})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (bodies{http.DefaultClient, 10}).Do(r); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
