package lint

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

type nodeType uint8

const (
	objectNode nodeType = iota
	arrayNode
	stringNode
	numberNode
	boolNode
	nullNode
)

// node is one JSON value with its place in the text.
type node struct {
	typ        nodeType
	start, end int    // bytes of the text
	text       string // of a string, number or boolean
	members    []member
	items      []*node
}

// member is one name of an object with its value.
type member struct {
	name       string
	start, end int // of the name, with its quotation marks
	value      *node
}

// deepest is how deep values may lie in each other. A policy has no use for
// more than seven levels.
const deepest = 100

// scanner reads JSON, strictly, and knows where it is.
type scanner struct {
	text  string
	at    int
	depth int
}

// syntaxError is where a text stops being JSON.
type syntaxError struct{ at int }

// scan reads a text that is one JSON value. Where it is not, the second result
// says at which byte.
func scan(text string) (n *node, bad *syntaxError) {
	s := &scanner{text: text}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case syntaxError:
			n, bad = nil, &e
		default:
			panic(e)
		}
	}()
	n = s.value()
	s.space()
	if s.at < len(text) {
		s.fail()
	}
	return n, nil
}

func (s *scanner) fail() { panic(syntaxError{s.at}) }

func (s *scanner) space() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// next skips white space and answers the byte behind it, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// take wants a certain byte.
func (s *scanner) take(c byte) {
	if s.next() != c {
		s.fail()
	}
	s.at++
}

func (s *scanner) value() *node {
	if s.depth++; s.depth > deepest {
		s.fail()
	}
	defer func() { s.depth-- }()
	n := &node{}
	switch c := s.next(); {
	case c == '{':
		n.start = s.at
		s.object(n)
	case c == '[':
		n.start = s.at
		s.array(n)
	case c == '"':
		n.typ, n.start = stringNode, s.at
		n.text = s.str()
	default:
		n.start = s.at
		s.word(n)
	}
	n.end = s.at
	return n
}

func (s *scanner) object(n *node) {
	n.typ = objectNode
	s.at++
	if s.next() == '}' {
		s.at++
		return
	}
	for {
		if s.next() != '"' {
			s.fail()
		}
		m := member{start: s.at}
		m.name = s.str()
		m.end = s.at
		s.take(':')
		m.value = s.value()
		n.members = append(n.members, m)
		if s.next() == '}' {
			s.at++
			return
		}
		s.take(',')
	}
}

func (s *scanner) array(n *node) {
	n.typ = arrayNode
	s.at++
	if s.next() == ']' {
		s.at++
		return
	}
	for {
		n.items = append(n.items, s.value())
		if s.next() == ']' {
			s.at++
			return
		}
		s.take(',')
	}
}

// str reads a string. The decoder of encoding/json judges what is between the
// quotation marks; that the bytes are UTF-8 it does not insist on, so that is
// looked at first.
func (s *scanner) str() string {
	start := s.at
	for i := start + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\':
			i++
		case c == '"':
			token := s.text[start : i+1]
			var value string
			if !utf8.ValidString(token) || json.Unmarshal([]byte(token), &value) != nil {
				s.fail()
			}
			s.at = i + 1
			return value
		case c < ' ':
			s.at = i
			s.fail()
		}
	}
	s.at = len(s.text)
	s.fail()
	return ""
}

// word reads a number, true, false or null.
func (s *scanner) word(n *node) {
	end := s.at
	for end < len(s.text) && strings.IndexByte(" \t\r\n,:[]{}\"", s.text[end]) < 0 {
		end++
	}
	word := s.text[s.at:end]
	switch word {
	case "true", "false":
		n.typ = boolNode
	case "null":
		n.typ = nullNode
	default:
		n.typ = numberNode
		if !json.Valid([]byte(word)) {
			s.fail()
		}
	}
	n.text, s.at = word, end
}

// member is the value that an object has under a name, nil where it has none.
func (n *node) member(name string) *member {
	if n.typ != objectNode {
		return nil
	}
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i]
		}
	}
	return nil
}
