package wire

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
)

// Form holds the parameters of a request in the query protocols: those of the
// URL together with those of a form body.
type Form struct {
	params []param // sorted by key
}

type param struct{ key, value string }

// Form parses the parameters of a request, once. The gateway asks it for Action
// and Version before there is an operation to decode.
func (r *Request) Form() (*Form, error) {
	if r.form != nil {
		return r.form, nil
	}
	f := &Form{params: make([]param, 0, min(32, 2+strings.Count(r.RawQuery, "&")+bytes.Count(r.Body, []byte("&"))))}
	if err := f.parse(r.RawQuery); err != nil {
		return nil, err
	}
	if r.Method == http.MethodPost {
		if err := f.parse(string(r.Body)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(f.params, func(a, b param) int { return compareKeys(a.key, b.key) })
	for i := 1; i < len(f.params); i++ {
		// Which of two would count? A caller who sends both does not know either.
		if f.params[i].key == f.params[i-1].key {
			return nil, malformedQuery("The query string contains a duplicate parameter")
		}
	}
	r.form = f
	return f, nil
}

// Get returns the value of a parameter, "" if it is not there.
func (f *Form) Get(key string) string {
	i, ok := slices.BinarySearchFunc(f.params, key, func(p param, key string) int { return compareKeys(p.key, key) })
	if !ok {
		return ""
	}
	return f.params[i].value
}

func (f *Form) parse(text string) error {
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, ok1 := unescapeForm(key)
		value, ok2 := unescapeForm(value)
		if !ok1 || !ok2 {
			return malformedQuery("The query string contains a syntax error")
		}
		f.params = append(f.params, param{key, value})
	}
	return nil
}

func malformedQuery(why string) error {
	return api.Errorf("MalformedQueryString", http.StatusNotFound, "%s", why)
}

// unescapeForm decodes %41 and +, and refuses what is not UTF-8 then.
func unescapeForm(s string) (string, bool) {
	i := strings.IndexAny(s, "%+")
	if i < 0 {
		return s, utf8.ValidString(s)
	}
	b := make([]byte, i, len(s))
	copy(b, s)
	for ; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			b = append(b, ' ')
		case '%':
			if i+2 >= len(s) {
				return "", false
			}
			r, ok := hex4([]byte{'0', '0', s[i+1], s[i+2]})
			if !ok {
				return "", false
			}
			b = append(b, byte(r))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b), utf8.Valid(b)
}

// compareKeys orders keys so that those with a common first part, up to a dot,
// stand together: the dot comes before every other byte.
func compareKeys(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		switch {
		case a[i] == '.':
			return -1
		case b[i] == '.':
			return 1
		}
		return cmp.Compare(a[i], b[i])
	}
	return cmp.Compare(len(a), len(b))
}
