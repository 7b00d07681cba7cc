package s3

import (
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// span is a run of bytes of an object.
type span struct {
	from, length int64
	partial      bool // the request asked for less than all
}

// contentRange is the Content-Range header of a span.
func (s span) contentRange(size int64) string {
	return "bytes " + strconv.FormatInt(s.from, 10) + "-" + strconv.FormatInt(s.from+s.length-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// parseRange finds the span of a Range header in an object of a size. As S3
// does, it takes what is no single range of bytes as if it were not there.
func parseRange(header string, size int64) (span, error) {
	all := span{0, size, false}
	unit, spec, ok := strings.Cut(header, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return all, nil
	}
	first, last, ok := strings.Cut(spec, "-")
	if !ok {
		return all, nil
	}
	if first == "" {
		return suffix(header, last, size)
	}
	from, ok1 := parsePosition(first)
	to, ok2 := size-1, true
	if last != "" {
		to, ok2 = parsePosition(last)
	}
	switch {
	case !ok1 || !ok2 || last != "" && to < from:
		return all, nil
	case from >= size:
		return all, errInvalidRange(header, size)
	}
	return span{from, min(to, size-1) - from + 1, true}, nil
}

// suffix is the span of the last bytes of an object.
func suffix(header, length string, size int64) (span, error) {
	n, ok := parsePosition(length)
	switch {
	case !ok, n > 0 && size == 0:
		return span{0, size, false}, nil
	case n == 0:
		return span{}, errInvalidRange(header, size)
	}
	n = min(n, size)
	return span{size - n, n, true}, nil
}

// parsePosition reads a number of bytes. One that no object reaches counts as
// the largest there is.
func parsePosition(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil || n > 0
}

// partSpan finds the span of a part of an object, and the part. An object that
// was not uploaded in parts is its only one.
func partSpan(o *Object, number int32) (span, *Content, error) {
	if !o.Multipart && number == 1 {
		return span{0, o.Size, o.Size > 0}, nil, nil
	}
	var from int64
	for i := range o.Content {
		c := &o.Content[i]
		if o.Multipart && c.Number == number {
			return span{from, c.Size, c.Size > 0}, c, nil
		}
		from += c.Size
	}
	return span{}, nil, with(api.Errorf("InvalidPartNumber", 416, "The requested partnumber is not satisfiable"),
		"PartNumberRequested", strconv.Itoa(int(number)), "ActualPartCount", strconv.Itoa(len(o.Content)))
}
