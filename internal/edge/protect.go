package edge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// protect seals the fields of a request and forwards it.
func (x *exchange) protect(r *http.Request, body *clientBody) error {
	ctx := r.Context()
	x.sealed = make(fieldcrypt.Counts, len(x.route.config.Protect))
	scrub(r.Header)
	counts, err := x.route.protector.Header(ctx, r.Header)
	if err != nil {
		return err
	}
	x.sealed.Add(counts)
	if r.URL.RawQuery != "" {
		if x.query, counts, err = x.route.protector.Query(ctx, r.URL.RawQuery); err != nil {
			return err
		}
		x.sealed.Add(counts)
	}
	// A body that is announced is not asked for before its header is good.
	if r.ContentLength <= 0 {
		some, err := body.peek()
		if err != nil {
			return err
		}
		if !some {
			x.body = new(sealedBody)
			x.forward(r)
			return nil
		}
	}
	contentType, bare, err := mediaType(r.Header)
	if err != nil {
		return err
	}
	switch {
	case x.route.accepts(contentType, bare):
		return x.protectBody(r, body, contentType)
	case !hasFields(bare) && inRanges(x.route.config.Other, bare), slices.Contains(x.route.config.Other, bare):
		x.forward(r)
		return nil
	}
	return refuse(reasonMediaType, "no rule covers a body of this Content-Type")
}

// hasFields reports whether a media type is one that fields are sent in, or that
// some origin may take for one. No range of Route.Other takes those in: that they
// pass has to be said of each.
func hasFields(bare string) bool {
	return bare == "text/plain" || strings.HasPrefix(bare, "multipart/") ||
		slices.ContainsFunc([]string{"json", "xml", "form"}, func(word string) bool { return strings.Contains(bare, word) })
}

// accepts reports whether a body is one that the rules can be applied to.
func (r *route) accepts(contentType, bare string) bool {
	if len(r.config.Accept) > 0 {
		return slices.Contains(r.config.Accept, bare)
	}
	return (bare != "text/plain" || r.textOnly) && r.protector.Covers(contentType)
}

// searchesText reports whether a selector finds its fields in running text.
func searchesText(selector string) bool {
	return strings.HasPrefix(selector, "text:") || strings.HasPrefix(selector, "any:")
}

// sealedBody is the body that the origin gets. The zero value is none.
type sealedBody struct {
	whole  []byte         // where it was short enough
	stream *io.PipeReader // what comes after whole, where it was not
}

// protectBody seals a body. Up to a limit it is held and forwarded as a whole;
// beyond, the rest follows while it is being sealed.
func (x *exchange) protectBody(r *http.Request, body *clientBody, contentType string) error {
	coding, err := contentCoding(r.Header)
	if err != nil {
		return err
	}
	if len(r.Header["Content-Range"]) > 0 {
		// A value may lie across two parts, of which neither shows it.
		return refuse(reasonMalformed, "a part of a body cannot be protected")
	}
	limit := int64(x.route.limits.Body)
	if coding == "" && r.ContentLength > limit {
		return errBodyTooLarge
	}
	content, err := decode(coding, &limitedReader{body, limit})
	if err != nil {
		return err
	}
	defer content.Close()
	removeDigests(r.Header)
	delete(r.Header, "Content-Encoding")
	delete(r.Header, "Expect") // its body is here
	out := &spill{limit: int(x.route.limits.Buffer), long: func(begun []byte) *io.PipeWriter { return x.startStream(r, begun) }}
	defer func() {
		if out.pipe != nil { // also where a panic comes by: the goroutine must be gone
			out.pipe.CloseWithError(errAbandoned)
			<-x.stream.done
		}
	}()
	counts, err := x.route.protector.Body(r.Context(), out, &limitedReader{content, limit}, contentType)
	if out.pipe != nil {
		return x.endStream(r.Context(), out.pipe, counts, err)
	}
	if err != nil {
		return err
	}
	x.sealed.Add(counts)
	x.body = &sealedBody{whole: out.held.Bytes()}
	x.forward(r)
	return nil
}

// streaming is a request on its way to the origin while it is being sealed.
type streaming struct {
	done     chan struct{}
	panicked any
}

// startStream begins to forward a request whose body is not sealed to its end.
func (x *exchange) startStream(r *http.Request, begun []byte) *io.PipeWriter {
	reader, writer := io.Pipe()
	x.body = &sealedBody{whole: begun, stream: reader}
	x.stream = &streaming{done: make(chan struct{})}
	// The answer may begin before the body has ended. Only HTTP/1 has to be told.
	_ = http.NewResponseController(&x.w).EnableFullDuplex()
	go func() {
		defer close(x.stream.done)
		defer func() {
			x.stream.panicked = recover()
			// Whoever still seals has nobody to seal for.
			reader.CloseWithError(errOriginDone)
		}()
		x.forward(r)
	}()
	return writer
}

// errOriginDone stops the sealing of a body that the origin reads no further.
var errOriginDone = errors.New("the origin has answered")

// errAbandoned breaks a request off that nobody seals to its end.
var errAbandoned = errors.New("the request is not sealed to its end")

// endStream ends the request to the origin: in order, or, after an error, by
// breaking it off, so that the origin cannot take it for complete.
func (x *exchange) endStream(ctx context.Context, pipe *io.PipeWriter, counts fieldcrypt.Counts, err error) error {
	x.sealed.Add(counts)
	if err != nil && !errors.Is(err, errOriginDone) && !errors.Is(err, io.ErrClosedPipe) {
		why := refusalOf(ctx, err)
		x.failed.CompareAndSwap(nil, why)
		pipe.CloseWithError(why)
	} else {
		// After errOriginDone there is nobody who could see an end.
		pipe.Close()
	}
	<-x.stream.done
	if x.stream.panicked != nil {
		panic(x.stream.panicked)
	}
	return nil
}

// spill takes a sealed body. It holds what is short, and hands on what is long.
type spill struct {
	held  bytes.Buffer
	limit int
	long  func(begun []byte) *io.PipeWriter
	pipe  *io.PipeWriter
}

// Write implements io.Writer.
func (s *spill) Write(p []byte) (int, error) {
	if s.pipe == nil && s.held.Len()+len(p) > s.limit {
		s.pipe = s.long(s.held.Bytes())
	}
	if s.pipe != nil {
		return s.pipe.Write(p)
	}
	return s.held.Write(p)
}

var errBodyTooLarge = refuse(reasonBody, "the body is longer than the limit")

// limitedReader refuses what goes beyond a limit, where io.LimitReader would
// make it look complete.
type limitedReader struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errBodyTooLarge
	}
	return n, err
}
