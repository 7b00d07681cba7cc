package gateway

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
)

// template is the path of a REST operation in parts: words, and labels that
// stand for anything.
type template []part

// part is one part of a template, between two slashes.
type part struct {
	text   string // the word itself, or the label's name
	label  bool
	greedy bool // takes the rest of the path, slashes and all
}

// parseTemplate reads the path of a model: "/{Bucket}/{Key+}".
func parseTemplate(path string) (t template) {
	for text := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if text == "" {
			continue
		}
		p := part{text: text}
		if name, ok := strings.CutPrefix(text, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			p.text, p.greedy = strings.CutSuffix(name, "+")
			p.label = true
		}
		t = append(t, p)
	}
	return t
}

// match reports whether a path, escaped as it came, is one of the template, and
// gives what its labels stand for. A slash at the end means nothing, unless it
// belongs to a greedy label. Nothing else is tidied up: dots and repeated
// slashes are as good a part of a label as any.
func (t template) match(path string) (raw [maxLabels]string, ok bool) {
	rest, n := strings.TrimPrefix(path, "/"), 0
	for i, p := range t {
		var text string
		if p.greedy {
			text, rest = rest, ""
		} else {
			var more bool
			text, rest, more = strings.Cut(rest, "/")
			if more && i == len(t)-1 && rest != "" {
				return raw, false
			}
		}
		switch {
		case text == "", !p.label && text != p.text:
			return raw, false
		case p.label:
			raw[n] = text
			n++
		}
	}
	return raw, rest == ""
}

// maxLabels is how many labels a path has at most, in the models of AWS.
const maxLabels = 8

// labels unescapes what the labels stand for, once: a plus is a plus.
func (t template) labels(raw *[maxLabels]string) (map[string]string, error) {
	labels, n := make(map[string]string, 2), 0
	for _, p := range t {
		if !p.label {
			continue
		}
		text, err := url.PathUnescape(raw[n])
		if err != nil || !utf8.ValidString(text) {
			return nil, errURI()
		}
		labels[p.text] = text
		n++
	}
	return labels, nil
}

// before reports whether t is to be tried before u: words first, greedy labels
// last.
func (t template) before(u template) bool {
	for i := range min(len(t), len(u)) {
		if a, b := t[i].rank(), u[i].rank(); a != b {
			return a < b
		}
	}
	return len(t) > len(u)
}

func (p part) rank() int {
	switch {
	case p.greedy:
		return 2
	case p.label:
		return 1
	}
	return 0
}

func errURI() error {
	return api.Errorf("InvalidURI", http.StatusBadRequest, "Couldn't parse the specified URI.")
}
