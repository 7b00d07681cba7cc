package policy

import (
	"encoding/json"
	"errors"
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

// node is one JSON value. Unlike a decoded map it keeps the order of an
// object's members, and it has none twice.
type node struct {
	typ     nodeType
	text    string // of a string, number or boolean
	members []member
	items   []node
}

type member struct {
	name  string
	value node
}

var (
	errNotJSON   = errors.New("not a JSON document")
	errDuplicate = errors.New("a key occurs twice in one object")
)

// readJSON reads a document strictly: valid UTF-8, one value, no repeated keys.
func readJSON(doc string) (node, error) {
	// encoding/json replaces bytes that are not UTF-8; a policy must mean what it
	// says. Valid also bounds the nesting, and with it the recursion below.
	if !utf8.ValidString(doc) || !json.Valid([]byte(doc)) {
		return node{}, errNotJSON
	}
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	return readNode(d)
}

func readNode(d *json.Decoder) (node, error) {
	token, err := d.Token()
	if err != nil {
		return node{}, errNotJSON
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return readObject(d)
		}
		return readArray(d)
	case string:
		return node{typ: stringNode, text: t}, nil
	case json.Number:
		return node{typ: numberNode, text: t.String()}, nil
	case bool:
		if t {
			return node{typ: boolNode, text: "true"}, nil
		}
		return node{typ: boolNode, text: "false"}, nil
	}
	return node{typ: nullNode}, nil
}

func readObject(d *json.Decoder) (node, error) {
	n := node{typ: objectNode}
	seen := make(map[string]bool)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return node{}, errNotJSON
		}
		key := name.(string) // the document is valid JSON, and so is each key
		if seen[key] {
			return node{}, errDuplicate
		}
		seen[key] = true
		value, err := readNode(d)
		if err != nil {
			return node{}, err
		}
		n.members = append(n.members, member{key, value})
	}
	return n, closing(d)
}

func readArray(d *json.Decoder) (node, error) {
	n := node{typ: arrayNode}
	for d.More() {
		item, err := readNode(d)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	return n, closing(d)
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errNotJSON
	}
	return nil
}

// strings reads a string or a list of strings. A list may be empty, and is
// then not nil: an element that is there but empty is refused in other words
// than one that is missing.
func (n node) strings() ([]string, bool) {
	switch n.typ {
	case stringNode:
		return []string{n.text}, true
	case arrayNode:
		list := make([]string, 0, len(n.items))
		for _, item := range n.items {
			if item.typ != stringNode {
				return nil, false
			}
			list = append(list, item.text)
		}
		return list, true
	}
	return nil, false
}

// scalars is strings that also takes numbers and booleans, which need no
// quotation marks in a condition.
func (n node) scalars() ([]string, bool) {
	items := n.items
	if n.typ != arrayNode {
		items = []node{n}
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		switch item.typ {
		case stringNode, numberNode, boolNode:
			list = append(list, item.text)
		default:
			return nil, false
		}
	}
	return list, true
}
