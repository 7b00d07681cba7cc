package multipartbody

import (
	"bytes"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Bounds of a part's header.
const (
	maxHeader = 8 << 10
	maxLines  = 32
)

// A header is what stands before the content of a part.
type header struct {
	bytes       []byte   // as it is written, with the empty line
	name        []byte   // of the field
	files       [][]byte // filename and filename*
	contentType string   // "": none
	kind        string   // the media type alone
	charset     string
	length      int64 // Content-Length, or -1
	lengthAt    int   // where its digits are
	lengthEnd   int
	seen        known // the lines that may stand once
}

// known are the header fields that mean something here, as bits.
type known uint8

const (
	disposition known = 1 << iota
	mediaType
	contentLength
	transferEncoding
	contentEncoding
)

var knownFields = []struct {
	name string
	known
}{
	{"content-disposition", disposition},
	{"content-type", mediaType},
	{"content-length", contentLength},
	{"content-transfer-encoding", transferEncoding},
	{"content-encoding", contentEncoding},
}

func knownField(name []byte) known {
	for _, f := range knownFields {
		if foldEqual(name, f.name) {
			return f.known
		}
	}
	return 0
}

// read reads a header.
func (h *header) read(in *input) error {
	*h = header{bytes: h.bytes[:0], length: -1}
	if err := h.readBytes(in); err != nil {
		return err
	}
	rest := h.bytes
	for len(rest) > len(crlf) {
		end := bytes.Index(rest, crlf)
		if err := h.line(rest[:end], len(h.bytes)-len(rest)); err != nil {
			return err
		}
		rest = rest[end+len(crlf):]
	}
	if h.seen&disposition == 0 {
		return fmt.Errorf("%w: a part without Content-Disposition", body.ErrSyntax)
	}
	return nil
}

// readBytes reads lines up to the empty one. A line ends with CR LF, neither of
// which may stand elsewhere.
func (h *header) readBytes(in *input) error {
	for range maxLines + 1 {
		start := len(h.bytes)
		for {
			if err := in.fill(1); err != nil {
				return err
			}
			b := in.buffered()
			if len(b) == 0 {
				return fmt.Errorf("%w: the body ends in a header", body.ErrSyntax)
			}
			n := bytes.IndexByte(b, '\n') + 1
			found := n > 0
			if !found {
				n = len(b)
			}
			if len(h.bytes)+n > maxHeader {
				return fmt.Errorf("%w: a header of more than %d bytes", body.ErrTooLong, maxHeader)
			}
			h.bytes = append(h.bytes, b[:n]...)
			in.pos += n
			if found {
				break
			}
		}
		line, ok := bytes.CutSuffix(h.bytes[start:], crlf)
		if !ok || bytes.ContainsFunc(line, isControl) {
			return fmt.Errorf("%w: a header line with control characters or without CR LF at its end", body.ErrSyntax)
		}
		if len(line) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: more than %d header lines", body.ErrTooMany, maxLines)
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// line reads one line, which begins at h.bytes[at].
func (h *header) line(line []byte, at int) error {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !isToken(name) {
		return fmt.Errorf("%w: a header line that is no field", body.ErrSyntax)
	}
	from := at + len(name) + 1 + len(value) - len(bytes.TrimLeft(value, " \t"))
	value = bytes.Trim(value, " \t")
	field := knownField(name)
	if h.seen&field != 0 {
		return fmt.Errorf("%w: %s twice", body.ErrDuplicate, strings.ToLower(string(name)))
	}
	h.seen |= field
	switch field {
	case disposition:
		return h.readDisposition(value)
	case mediaType:
		return h.readMediaType(string(value))
	case contentLength:
		return h.readLength(value, from)
	case transferEncoding:
		// Some parsers decode others, some do not.
		if !foldEqual(value, "7bit") && !foldEqual(value, "8bit") && !foldEqual(value, "binary") {
			return fmt.Errorf("%w: a part with a transfer encoding", body.ErrUnsupported)
		}
	case contentEncoding:
		return fmt.Errorf("%w: a part with a content encoding", body.ErrUnsupported)
	}
	return nil
}

func (h *header) readMediaType(value string) error {
	kind, params, err := mime.ParseMediaType(value)
	switch {
	case err != nil || strings.Contains(value, "*"):
		return fmt.Errorf("%w: content type of a part", body.ErrUnsupported)
	case strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/"):
		return fmt.Errorf("%w: a part with parts in it", body.ErrUnsupported)
	}
	h.contentType, h.kind, h.charset = value, kind, params["charset"]
	return nil
}

func (h *header) readLength(value []byte, from int) error {
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(value) || n < 0 {
		return fmt.Errorf("%w: Content-Length of a part", body.ErrSyntax)
	}
	h.length, h.lengthAt, h.lengthEnd = n, from, from+len(value)
	return nil
}

func (h *header) hasLength() bool { return h.length >= 0 }

// checkLength makes sure that the part is as long as it says: parsers that
// believe it would find its end elsewhere.
func (h *header) checkLength(n int64) error {
	if h.hasLength() && h.length != n {
		return fmt.Errorf("%w: a part whose Content-Length is wrong", body.ErrSyntax)
	}
	return nil
}

// setLength corrects Content-Length, if there is one.
func (h *header) setLength(n int) {
	if !h.hasLength() || h.length == int64(n) {
		return
	}
	// In a new place: the name is a part of the old one.
	b := append([]byte(nil), h.bytes[:h.lengthAt]...)
	b = strconv.AppendInt(b, int64(n), 10)
	h.bytes = append(b, h.bytes[h.lengthEnd:]...)
}

// isText says whether the part is a plain field.
func (h *header) isText() bool { return h.contentType == "" || h.kind == "text/plain" }

// isFile says whether the part is a file. Without a file name a part is a text to
// many, whatever its media type.
func (h *header) isFile() bool { return len(h.files) > 0 }

func (h *header) isUTF8() bool {
	return h.charset == "" || strings.EqualFold(h.charset, "utf-8") || strings.EqualFold(h.charset, "us-ascii")
}

// isCharset says whether the part is the _charset_ field of a form.
func (h *header) isCharset() bool { return foldEqual(h.name, "_charset_") }

func foldEqual(b []byte, s string) bool { return strings.EqualFold(string(b), s) }

func oneOf(c byte, set string) bool { return strings.IndexByte(set, c) >= 0 }

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isToken is the token of RFC 9110.
func isToken(b []byte) bool {
	for _, c := range b {
		if !alphanumeric(c) && !oneOf(c, "!#$%&'*+-.^_`|~") {
			return false
		}
	}
	return len(b) > 0
}
