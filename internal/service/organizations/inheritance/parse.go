// Package inheritance is how the management policies of an organization (tag
// policies, backup policies and the like) are written and combined: Parse reads
// one, Effective makes of all that apply to an account the one that is in effect
// there.
//
// A policy is a tree of JSON objects. What stands at a leaf are operators, which
// say what a policy does with the value that it inherits from the levels above
// it in the organization; at any place it can say which operators the policies
// below may use there.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_mgmt.html
package inheritance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The operators.
const (
	opAssign  = "@@assign"
	opAppend  = "@@append"
	opRemove  = "@@remove"
	opAllowed = "@@operators_allowed_for_child_policies"

	all  = "@@all"
	none = "@@none"
)

// maxDepth bounds how deep a policy nests: AWS's types need ten levels at most.
const maxDepth = 32

// Policy is one policy.
type Policy struct{ root *node }

// node is a place of a policy: a leaf with operators or an object with places.
type node struct {
	values   map[string]any // of opAssign, opAppend and opRemove: a scalar or []any
	allowed  []string       // nil: the policy does not say
	children map[string]*node
}

// ErrMalformed is a document that is no policy.
var ErrMalformed = errors.New("malformed management policy")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// Parse reads a policy, in which everything stands under the key top.
func Parse(document, top string) (*Policy, error) {
	dec := json.NewDecoder(strings.NewReader(document))
	dec.UseNumber()
	root, err := parseNode(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, malformed("something follows the document")
	}
	if len(root.children) != 1 || root.children[top] == nil || root.values != nil {
		return nil, malformed("it does not consist of %q", top)
	}
	return &Policy{root}, nil
}

func parseNode(dec *json.Decoder, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, malformed("it nests deeper than %d levels", maxDepth)
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, malformed("a value stands where an object should")
	}
	n := &node{}
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, malformed("it is not JSON")
		}
		if err := n.member(dec, key, depth); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, malformed("it is not JSON")
	}
	if n.values != nil && n.children != nil {
		return nil, malformed("operators stand beside other keys")
	}
	return n, nil
}

// member reads one member of an object.
func (n *node) member(dec *json.Decoder, key string, depth int) (err error) {
	switch key {
	case opAssign, opAppend, opRemove:
		if _, twice := n.values[key]; twice {
			return malformed("%s is there twice", key)
		}
		if n.values == nil {
			n.values = make(map[string]any)
		}
		n.values[key], err = parseValue(dec, key)
		return err
	case opAllowed:
		if n.allowed != nil {
			return malformed("%s is there twice", key)
		}
		n.allowed, err = parseAllowed(dec)
		return err
	}
	switch {
	case key == "" || strings.HasPrefix(key, "@@"):
		return malformed("%q is no operator", key)
	case n.children[key] != nil:
		return malformed("%q is there twice", key)
	case n.children == nil:
		n.children = make(map[string]*node)
	}
	n.children[key], err = parseNode(dec, depth+1)
	return err
}

func parseValue(dec *json.Decoder, operator string) (any, error) {
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, malformed("the value of %s is not JSON", operator)
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for _, item := range list {
		switch item.(type) {
		case string, bool, json.Number:
		default:
			return nil, malformed("the value of %s is neither a value nor a list of values", operator)
		}
	}
	if !isList && operator == opAssign {
		return v, nil
	}
	return list, nil
}

func parseAllowed(dec *json.Decoder) ([]string, error) {
	list := []string{}
	if err := dec.Decode(&list); err != nil || len(list) == 0 {
		return nil, malformed("the value of %s is no list of operators", opAllowed)
	}
	for _, op := range list {
		if !slices.Contains([]string{all, none, opAssign, opAppend, opRemove}, op) {
			return nil, malformed("%q is no operator that can be allowed", op)
		}
	}
	if len(list) > 1 && (slices.Contains(list, all) || slices.Contains(list, none)) {
		return nil, malformed("%s and %s stand alone", all, none)
	}
	return list, nil
}
