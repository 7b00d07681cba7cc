package api

import "io"

// Payload is what the gateway hands over as a streamed member of an input, such
// as PutObject's Body. Read verifies on the way: the hash or the chunk
// signatures of the request and that all of it came. It returns io.EOF only
// after everything has proved true; otherwise its error is an *Error in AWS's
// words, to be returned as it is.
type Payload interface {
	io.Reader
	// Announced names, in lower case, the headers that the request promises to
	// send behind the payload: "x-amz-checksum-crc32".
	Announced() []string
	// Trailer gives those headers, by name in lower case, once Read has
	// returned io.EOF.
	Trailer() map[string]string
}
