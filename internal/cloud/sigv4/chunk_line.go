package sigv4

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// line reads a line, without its end. It is good until the next one is read.
func (c *chunked) line() ([]byte, error) {
	line, err := c.body.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull), len(line) > maxLine:
		return nil, errTerminated()
	case err != nil:
		return nil, readError(err)
	}
	return line[:len(line)-1], nil
}

// lineEnd reads the end of a line that stands behind a chunk.
func (c *chunked) lineEnd() error {
	line, err := c.line()
	if err == nil && string(line) != "\r" {
		err = errTerminated()
	}
	return err
}

// chunkExtension stands between the size of a chunk and its signature. There
// are no others.
const chunkExtension = ";chunk-signature="

// parseChunkHeader reads the line before a chunk.
func parseChunkHeader(line []byte, signed bool) (size int64, signature []byte, ok bool) {
	line, ok = bytes.CutSuffix(line, []byte("\r"))
	if !ok {
		return 0, nil, false
	}
	if signed {
		line, signature, ok = bytes.Cut(line, []byte(chunkExtension))
		if !ok || len(signature) != len(EmptyPayload) {
			return 0, nil, false
		}
	}
	const digits = 15 // such that no size overflows
	if len(line) == 0 || len(line) > digits {
		return 0, nil, false
	}
	for _, c := range line {
		d, ok := unhex(c)
		if !ok {
			return 0, nil, false
		}
		size = size<<4 | int64(d)
	}
	return size, signature, true
}

// end reads what stands behind the content. It returns io.EOF if all is well.
func (c *chunked) end(signature []byte) error {
	if c.left != 0 {
		return errLength()
	}
	if c.signer != nil {
		c.signer.expect(signature)
		if err := c.signer.chunk(nil); err != nil {
			return err
		}
	}
	headers, err := c.trailers()
	if err != nil {
		return err
	}
	switch _, err := c.body.ReadByte(); {
	case err == nil:
		return errTerminated() // and something followed it
	case err != io.EOF:
		return readError(err)
	}
	c.trailer = headers
	return io.EOF
}

const trailerSignature = "x-amz-trailer-signature"

// trailers reads the trailing headers, or the line end where there are none.
func (c *chunked) trailers() (map[string]string, error) {
	if !c.trailing {
		return nil, c.lineEnd()
	}
	headers, err := c.headers()
	if err != nil {
		return nil, err
	}
	if c.signer != nil {
		signature := headers[trailerSignature]
		delete(headers, trailerSignature)
		if err := c.signer.trailer(headers, signature); err != nil {
			return nil, err
		}
	}
	return headers, c.promised(headers)
}

// headers reads headers up to the empty line behind them. Where they are
// signed, AWS's own example has an empty line before the signature, too.
func (c *chunked) headers() (map[string]string, error) {
	headers := make(map[string]string, 2)
	gap := false
	for {
		raw, err := c.line()
		if err != nil {
			return nil, err
		}
		line := strings.TrimSuffix(string(raw), "\r")
		_, signed := headers[trailerSignature]
		switch {
		case line == "" && (c.signer == nil || signed || gap):
			return headers, nil
		case line == "":
			gap = true
			continue
		case signed: // and nothing may follow the signature
			return nil, errTrailer()
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.ToLower(name)
		if _, twice := headers[name]; !ok || twice || len(headers) > maxTrailers {
			return nil, errTrailer()
		}
		headers[name] = strings.Trim(value, " \t")
	}
}

// promised checks that exactly those headers came that were announced.
func (c *chunked) promised(headers map[string]string) error {
	if len(headers) != len(c.announced) {
		return errTrailer()
	}
	for _, name := range c.announced {
		value, ok := headers[name]
		if !ok {
			return errTrailer()
		}
		a, _ := checksum.ParseHeader(name) // as announced has checked
		if _, ok := a.Decode(value); !ok {
			return api.Errorf("InvalidRequest", 400, "Value for %s trailing header is invalid.", name)
		}
	}
	return nil
}

func errTrailer() error {
	return api.Errorf("MalformedTrailerError", 400,
		"The request contained trailing data that was not well-formed or did not conform to our published schema.")
}
