package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"time"
)

// huge is the way of one very large object through a server.
type huge struct {
	Bytes   int64   `json:"bytes"`
	Put     float64 `json:"putMegabytesPerSecond"`
	Get     float64 `json:"getMegabytesPerSecond"`
	PeakRSS int64   `json:"peakRSSBytes"` // of the server, since it started
}

// unsigned stands for the hash of a payload that the signature leaves out.
const unsigned = "UNSIGNED-PAYLOAD"

// huge puts and gets one very large object.
func (b *bench) huge(ctx context.Context, server *child, as caller) error {
	block := make([]byte, 1<<20)
	rand.Read(block)
	h := &huge{Bytes: b.opts.huge}
	var err error
	if h.Put, err = as.stream(ctx, http.MethodPut, io.LimitReader(&repeated{block: block}, h.Bytes), h.Bytes); err != nil {
		return fmt.Errorf("PUT of %d bytes: %w", h.Bytes, err)
	}
	if h.Get, err = as.stream(ctx, http.MethodGet, nil, h.Bytes); err != nil {
		return fmt.Errorf("GET of %d bytes: %w", h.Bytes, err)
	}
	if h.PeakRSS, err = server.process().peakRSS(); err != nil {
		return err
	}
	b.progress("%d bytes: PUT %.0f MB/s, GET %.0f MB/s, peak memory %s", h.Bytes, h.Put, h.Get, megabytes(h.PeakRSS))
	b.report.Huge = h
	return nil
}

// stream sends or fetches the object and tells how many megabytes went by in a
// second.
func (c caller) stream(ctx context.Context, method string, body io.Reader, size int64) (rate float64, err error) {
	m := message{method: method, service: "s3", path: folder + "huge", hash: unsigned}
	r, err := m.newRequest(c.addr, c.as, time.Now())
	if err != nil {
		return 0, err
	}
	if body != nil {
		r.Body, r.GetBody, r.ContentLength = io.NopCloser(body), nil, size
	}
	start := time.Now()
	resp, err := http.DefaultTransport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{resp.Body}, make([]byte, 1<<20))
	switch {
	case err != nil:
		return 0, err
	case resp.StatusCode != http.StatusOK:
		return 0, fmt.Errorf("answer %d", resp.StatusCode)
	case body == nil && n != size:
		return 0, fmt.Errorf("%d bytes came", n)
	}
	return float64(size) / megabyte / time.Since(start).Seconds(), nil
}

// repeated is a block again and again.
type repeated struct {
	block []byte
	rest  bytes.Reader
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest.Len() == 0 {
		r.rest.Reset(r.block)
	}
	return r.rest.Read(p)
}
