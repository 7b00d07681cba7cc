package sigv4

import (
	"bufio"
	"io"
	"sync"

	"github.com/fortlet/fortlet/internal/api"
)

// chunked is a body in the aws-chunked encoding:
//
//	10000;chunk-signature=...\r\n
//	(65,536 bytes)\r\n
//	0;chunk-signature=...\r\n
//	x-amz-checksum-crc32:...\r\n
//	x-amz-trailer-signature:...\r\n
//	\r\n
//
// where signatures and trailing headers are there as the request has declared.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
type chunked struct {
	body *bufio.Reader
	size int64 // of the content
	left int64 // of the content, in chunks that have not begun

	signer   *chunkSigner // nil where chunks are not signed
	trailing bool         // there may be trailing headers

	number int   // of the chunk, from 1
	length int64 // of the chunk
	rest   int64 // of a chunk that is not signed: what is not read yet
	// memory holds a signed chunk that the reader has no room for at once;
	// verified is the part of it that is not given yet.
	memory, verified []byte

	announced []string
	trailer   map[string]string
	err       error // what every further Read returns
}

var _ Payload = (*chunked)(nil)

const (
	// maxLine bounds the line before a chunk, and a trailing header.
	maxLine = 1 << 10
	// minChunk is the least that any chunk but the last may have.
	minChunk = 8 << 10
	// maxChunk bounds a signed chunk, which is in memory until its signature has
	// been verified. Clients send 64 KiB to 1 MiB.
	maxChunk = 16 << 20
	// firstMemory is what a chunk gets before any of it has come. Beyond it
	// memory grows with what comes.
	firstMemory = 128 << 10
	// maxPooledMemory keeps rare large chunks from occupying memory for good.
	maxPooledMemory = 1 << 20
)

// Lines are short; the content is read past this buffer.
var lineReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

var chunkMemory = sync.Pool{New: func() any { return new(make([]byte, 0, firstMemory)) }}

func (c *chunked) start(body io.Reader) {
	c.body = lineReaders.Get().(*bufio.Reader)
	c.body.Reset(body)
}

func (c *chunked) Size() int64                { return c.size }
func (c *chunked) Announced() []string        { return c.announced }
func (c *chunked) Trailer() map[string]string { return c.trailer }

// Free implements Payload.
func (c *chunked) Free() {
	if c.body == nil {
		return
	}
	c.body.Reset(nil)
	lineReaders.Put(c.body)
	if memory := c.memory[:0]; cap(memory) > 0 && cap(memory) <= maxPooledMemory {
		chunkMemory.Put(&memory)
	}
	c.body, c.memory, c.verified, c.err = nil, nil, nil, io.ErrClosedPipe
}

// Read gives content that has been verified, or that has nothing to be
// verified by.
func (c *chunked) Read(b []byte) (n int, err error) {
	if c.err != nil || len(b) == 0 {
		return 0, c.err
	}
	switch {
	case len(c.verified) > 0:
		n = copy(b, c.verified)
		c.verified = c.verified[n:]
		return n, nil
	case c.rest == 0:
		if c.err = c.header(); c.err != nil {
			return 0, c.err
		}
	}
	if c.signer == nil {
		n, c.err = c.unsigned(b)
	} else {
		n, c.err = c.signed(b)
	}
	return n, c.err
}

// header reads what stands before a chunk. Behind the last chunk, which is
// empty, it reads all the rest and returns io.EOF.
func (c *chunked) header() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	size, signature, ok := parseChunkHeader(line, c.signer != nil)
	if !ok {
		return errTerminated()
	}
	c.number++
	switch {
	case size == 0:
		return c.end(signature)
	case c.number > 1 && c.length < minChunk:
		e := api.Errorf("InvalidChunkSizeError", 400, "Only the last chunk is allowed to have a size less than 8192 bytes")
		e.Fields = map[string]any{"Chunk": itoa(int64(c.number)), "BadChunkSize": itoa(c.length)}
		return e
	case size > c.left:
		return errLength()
	case c.signer != nil && size > maxChunk:
		e := api.Errorf("InvalidChunkSizeError", 400, "A signed chunk is not allowed to have a size greater than %d bytes", maxChunk)
		e.Fields = map[string]any{"Chunk": itoa(int64(c.number)), "BadChunkSize": itoa(size)}
		return e
	}
	c.length, c.left = size, c.left-size
	if c.signer != nil {
		c.signer.expect(signature)
	} else {
		c.rest = size
	}
	return nil
}

// unsigned reads of a chunk straight into b.
func (c *chunked) unsigned(b []byte) (int, error) {
	n, err := c.body.Read(b[:min(int64(len(b)), c.rest)])
	c.rest -= int64(n)
	switch {
	case c.rest == 0:
		return n, c.lineEnd()
	case err != nil:
		return n, readError(err)
	}
	return n, nil
}

// signed reads a whole chunk and verifies it: in b itself, where there is room.
func (c *chunked) signed(b []byte) (int, error) {
	if int64(len(b)) >= c.length {
		b = b[:c.length]
		if _, err := io.ReadFull(c.body, b); err != nil {
			return 0, readError(err)
		}
		if err := c.verify(b); err != nil {
			return 0, err // and what is in b counts for nothing
		}
		return len(b), nil
	}
	if err := c.fill(); err != nil {
		return 0, err
	}
	if err := c.verify(c.memory); err != nil {
		return 0, err
	}
	n := copy(b, c.memory)
	c.verified = c.memory[n:]
	return n, nil
}

func (c *chunked) verify(chunk []byte) error {
	if err := c.lineEnd(); err != nil {
		return err
	}
	return c.signer.chunk(chunk)
}

// fill reads a chunk into memory.
func (c *chunked) fill() error {
	if c.memory == nil {
		c.memory = *chunkMemory.Get().(*[]byte)
	}
	have := c.memory[:0]
	for length := int(c.length); len(have) < length; {
		if len(have) == cap(have) {
			have = append(make([]byte, 0, min(2*cap(have), length)), have...)
		}
		n, err := io.ReadFull(c.body, have[len(have):min(cap(have), length)])
		have = have[:len(have)+n]
		if err != nil {
			return readError(err)
		}
	}
	c.memory = have
	return nil
}
