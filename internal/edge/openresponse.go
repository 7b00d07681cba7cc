package edge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// open opens the sealed fields of an answer. What is opened is for this client:
// nobody on the way may keep it.
func (x *exchange) open(resp *http.Response) error {
	if resp.StatusCode == http.StatusPartialContent {
		return refuse(reasonResponse, "the origin answered with a part")
	}
	h := resp.Header
	h.Set("Cache-Control", "private, no-store")
	for _, name := range []string{"Expires", "Etag", "Last-Modified", "Accept-Ranges", "Surrogate-Control", "Cdn-Cache-Control"} {
		delete(h, name)
	}
	removeDigests(h)
	if resp.Request.Method == http.MethodHead || resp.ContentLength == 0 || !hasBody(resp.StatusCode) {
		// Its length is that of the sealed answer.
		delete(h, "Content-Length")
		return nil
	}
	contentType, _, err := mediaType(h)
	if err != nil || !x.route.unsealer.Covers(contentType) {
		return x.leaveSealed()
	}
	coding, err := contentCoding(h)
	if err != nil {
		return x.leaveSealed()
	}
	content, err := decode(coding, resp.Body)
	if err != nil {
		return refuse(reasonResponse, "the origin's answer is not well-formed")
	}
	return x.openBody(resp, content, contentType)
}

func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// leaveSealed forwards an answer that cannot be looked into. What is sealed in
// it stays so.
func (x *exchange) leaveSealed() error {
	if x.route.config.Open.Strict {
		return refuse(reasonResponse, "the origin's answer cannot be opened")
	}
	return nil
}

// openBody replaces the body of an answer. As with requests a short one is sent
// whole, and a long one is opened on its way.
func (x *exchange) openBody(resp *http.Response, content io.ReadCloser, contentType string) error {
	ctx, cancel := context.WithCancel(resp.Request.Context())
	origin := resp.Body
	first, long := make(chan openedBody, 1), make(chan openedBody, 1)
	out := &spill{limit: int(x.route.limits.Buffer), long: func(begun []byte) *io.PipeWriter {
		reader, writer := io.Pipe()
		long <- openedBody{begun: begun, rest: reader}
		return writer
	}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer content.Close()
		report, err := x.recovered(func() (fieldcrypt.Report, error) { return x.unseal(ctx, out, content, contentType) })
		if out.pipe != nil {
			x.opened = report
			out.pipe.CloseWithError(err) // nil is the end
			return
		}
		first <- openedBody{begun: out.held.Bytes(), report: report, err: err}
	}()
	h := resp.Header
	delete(h, "Content-Encoding")
	delete(h, "Content-Length")
	resp.Trailer = nil
	select {
	case b := <-first:
		cancel()
		origin.Close()
		if b.err != nil {
			return b.err
		}
		x.opened = b.report
		resp.ContentLength = int64(len(b.begun))
		h.Set("Content-Length", strconv.Itoa(len(b.begun)))
		resp.Body = io.NopCloser(bytes.NewReader(b.begun))
	case b := <-long:
		resp.ContentLength = -1
		resp.Body = &joined{io.MultiReader(bytes.NewReader(b.begun), b.rest), closer(func() error {
			// The goroutine above must be gone before the exchange is reported.
			cancel()
			b.rest.Close()
			err := origin.Close()
			<-done
			return err
		})}
	}
	return nil
}

// recovered makes an error of a panic, which in a goroutine of its own would be
// the end of the whole proxy.
func (x *exchange) recovered(unseal func() (fieldcrypt.Report, error)) (report fieldcrypt.Report, err error) {
	defer func() {
		if recover() != nil {
			// The value could hold anything; the stack has code alone.
			x.edge.options.Log.Error("panic", "request", x.id, "stack", string(debug.Stack()))
			err = refuse(reasonInternal, "internal error")
		}
	}()
	return unseal()
}

// openedBody is what has been opened when the answer begins.
type openedBody struct {
	begun  []byte
	rest   *io.PipeReader
	report fieldcrypt.Report
	err    error
}

type closer func() error

// Close implements io.Closer.
func (c closer) Close() error { return c() }

// unseal opens a body; its errors are refusals.
func (x *exchange) unseal(ctx context.Context, dst io.Writer, src io.Reader, contentType string) (fieldcrypt.Report, error) {
	report, err := x.route.unsealer.Body(ctx, dst, src, contentType)
	switch {
	case err == nil:
		return report, nil
	case errors.Is(err, fieldcrypt.ErrSealed):
		return report, refuse(reasonResponse, "a field of the origin's answer could not be opened")
	case ctx.Err() != nil:
		return report, failure(ctx, err)
	}
	return report, refuse(reasonResponse, "the origin's answer could not be read")
}
