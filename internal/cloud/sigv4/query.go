package sigv4

import (
	"bytes"
	"slices"
	"strings"
)

// queryEncoder writes canonical queries: every name and value decoded, encoded
// in the one canonical way, and sorted.
type queryEncoder struct {
	buf   []byte // encoded names and values
	pairs []pair
}

// pair is one parameter, as parts of queryEncoder.buf.
type pair struct{ name, nameEnd, valueEnd int }

var errQueryEscape = incomplete("The query string contains a syntax error.")

// append appends the canonical form of a query. For a presigned request it
// leaves out the signature, the one part that it cannot cover.
func (q *queryEncoder) append(b []byte, query string, presigned bool) ([]byte, *Error) {
	if query == "" {
		return b, nil
	}
	if err := q.encode(query); err != nil {
		return b, err
	}
	slices.SortFunc(q.pairs, func(x, y pair) int {
		if c := bytes.Compare(q.name(x), q.name(y)); c != 0 {
			return c
		}
		return bytes.Compare(q.value(x), q.value(y))
	})
	start := len(b)
	for i, p := range q.pairs {
		name := q.name(p)
		if i > 0 && bytes.HasPrefix(name, []byte(paramPrefix)) && bytes.Equal(name, q.name(q.pairs[i-1])) {
			// One would be verified and the other perhaps used.
			return b, incomplete("AWS query-string parameters must include '%s' only once. Re-examine the query-string parameters.", clip(string(name)))
		}
		if presigned && string(name) == paramNames[paramSignature] {
			continue
		}
		if len(b) > start {
			b = append(b, '&')
		}
		b = append(b, name...)
		b = append(b, '=')
		b = append(b, q.value(p)...)
	}
	return b, nil
}

func (q *queryEncoder) name(p pair) []byte  { return q.buf[p.name:p.nameEnd] }
func (q *queryEncoder) value(p pair) []byte { return q.buf[p.nameEnd:p.valueEnd] }

// encode splits a query into pairs. It refuses what net/url would drop or read
// in another way, so that nobody can change what a service reads of a query
// without changing what the signature covers.
func (q *queryEncoder) encode(query string) *Error {
	q.buf, q.pairs = q.buf[:0], q.pairs[:0]
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		p := pair{name: len(q.buf)}
		ok := q.component(name, false)
		p.nameEnd = len(q.buf)
		// URLs put together by hand have the list's semicolons as they are.
		ok = q.component(value, name == paramNames[paramSignedHeaders]) && ok
		p.valueEnd = len(q.buf)
		if !ok {
			return errQueryEscape
		}
		q.pairs = append(q.pairs, p)
	}
	return nil
}

// component appends a name or value in its canonical encoding.
func (q *queryEncoder) component(s string, semicolons bool) bool {
	b := q.buf
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '+':
			c = ' '
		case ';':
			if !semicolons {
				return false
			}
		case '%':
			var ok bool
			if c, ok = unhexAt(s, i+1); !ok {
				return false
			}
			i += 2
		}
		b = appendEncoded(b, c)
	}
	q.buf = b
	return true
}
