package edge

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// contentCoding is the content coding of a message, "" for none. More than one
// is refused: layers are what bombs are made of.
func contentCoding(h http.Header) (string, error) {
	var found []string
	for _, value := range h["Content-Encoding"] {
		for coding := range strings.SplitSeq(value, ",") {
			coding = strings.ToLower(strings.TrimSpace(coding))
			if coding != "" && coding != "identity" {
				found = append(found, coding)
			}
		}
	}
	switch {
	case len(found) == 0:
		return "", nil
	case len(found) > 1:
		return "", refuse(reasonCoding, "more than one content coding is not supported")
	}
	switch found[0] {
	case "gzip", "x-gzip":
		return "gzip", nil
	case "br", "zstd":
		return found[0], nil
	}
	return "", refuse(reasonCoding, "the content coding is none of gzip, br and zstd")
}

// errCoding is data that is not in the coding that it is said to be in.
var errCoding = errors.New("content coding not well-formed")

// maxWindow bounds what a zstd frame makes its reader hold; RFC 8878 section
// 3.1.1.1.2 asks for 8 MiB at least. Brotli has windows of 16 MiB beyond that, or
// of less: RFC 7932 section 9.1 says 1111 in the first bits.
const (
	maxWindow    = 8 << 20
	brotliWindow = 0b1111 // the bits that tell, and their value for 16 MiB
)

// decode gives the content of a body in a coding. Close does not close the body.
func decode(coding string, body io.Reader) (io.ReadCloser, error) {
	d := &decoder{body: &noted{Reader: body}}
	switch coding {
	case "gzip":
		z, _ := gzipReaders.Get().(*gzip.Reader)
		if z == nil {
			z = new(gzip.Reader)
		}
		d.release = func() { gzipReaders.Put(z) }
		if err := z.Reset(d.body); err != nil {
			d.release()
			return nil, d.failed(err)
		}
		d.r = z
	case "zstd":
		z, _ := zstdReaders.Get().(*zstd.Decoder)
		if z == nil {
			var err error
			z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
			if err != nil {
				return nil, err
			}
		}
		d.release = func() {
			if z.Reset(nil) == nil {
				zstdReaders.Put(z)
			}
		}
		if err := z.Reset(d.body); err != nil {
			d.release()
			return nil, d.failed(err)
		}
		d.r = z
	case "br":
		first := bufio.NewReader(d.body)
		if head, err := first.Peek(1); err == nil && head[0]&brotliWindow == brotliWindow {
			return nil, refuse(reasonCoding, "the window of the content coding is too large")
		}
		d.r, d.release = brotli.NewReader(first), func() {}
	default:
		d.r, d.release = d.body, func() {}
	}
	return d, nil
}

var gzipReaders, zstdReaders sync.Pool

// decoder tells errors of the coding from those of the body beneath.
type decoder struct {
	r       io.Reader
	body    *noted
	release func()
}

func (d *decoder) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && err != io.EOF {
		err = d.failed(err)
	}
	return n, err
}

func (d *decoder) failed(err error) error {
	if d.body.err != nil && d.body.err != io.EOF {
		return d.body.err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return errors.Join(errCoding, refuse(reasonMalformed, errCoding.Error()))
}

// Close gives back what can be used again.
func (d *decoder) Close() error {
	d.release()
	return nil
}

// noted remembers how reading ended.
type noted struct {
	io.Reader
	err error
}

func (n *noted) Read(p []byte) (int, error) {
	k, err := n.Reader.Read(p)
	if err != nil {
		n.err = err
	}
	return k, err
}
