package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// array gives a JSON array of records with one field to seal each.
type array struct {
	left    int64
	pending string
	records int
	begun   bool
	ended   bool
}

// Read implements io.Reader.
func (a *array) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if a.pending == "" && !a.next() {
			if n == 0 {
				return 0, io.EOF
			}
			break
		}
		k := copy(p[n:], a.pending)
		a.pending = a.pending[k:]
		n += k
	}
	a.left -= int64(n)
	return n, nil
}

// filler makes a record some 1 KiB long, as one with a few paragraphs in it is.
var filler = strings.Repeat("what the origin may read ", 40)

func (a *array) next() bool {
	switch {
	case a.ended:
		return false
	case !a.begun:
		a.begun, a.pending = true, "["
	case a.left <= 0:
		a.ended, a.pending = true, `{"last": true}]`
	default:
		a.records++
		a.pending = fmt.Sprintf(`{"n": %d, "ssn": "%s-of-ssn", "note": "%s"},`, a.records, secret, filler)
	}
	return true
}

// sendArray sends a long array through the proxy and gives how fast it went.
func sendArray(ctx context.Context, address, path string, size int64) (bytesPerSecond float64, records int, err error) {
	a := &array{left: size}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+path, io.NopCloser(a))
	if err != nil {
		return 0, 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = -1
	start := time.Now()
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, 0, err
	}
	sealed := a.records
	if path == passPath {
		sealed = 0
	}
	if resp.StatusCode != http.StatusOK || string(body) != strconv.Itoa(sealed) {
		return 0, 0, fmt.Errorf("%s: answer %d %s, want %d", path, resp.StatusCode, body, sealed)
	}
	return float64(size) / time.Since(start).Seconds(), sealed, nil
}
