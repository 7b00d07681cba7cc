package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/policy"
)

// document is a policy document, read as far as it can be understood. One that
// package policy refuses is still read: accounts hold documents with elements
// that nobody here knows, and IAMCTL makes rows of what it finds.
type document struct {
	text       string
	kind       policy.Kind // where it stands
	problem    string      // why it is no policy; empty if it is one
	unread     bool        // no statement could be read
	unknown    string      // elements beside the statements that are not known, as JSON
	statements []statement
}

// statement has the elements of one statement, each in the order of the
// document.
type statement struct {
	effect                  string
	actions, notActions     []actionPattern
	resources, notResources []resourcePattern
	principals              []principal
	notPrincipals           []principal
	condition               string // compact JSON with sorted keys
	unknown                 string // the whole statement, likewise, where it has something that is not known
}

// principal is one principal that a statement names: "AWS" and an ARN.
type principal struct{ kind, value string }

func (p principal) String() string {
	if p.kind == "" {
		return p.value
	}
	return p.kind + ":" + p.value
}

// readDocument reads a document; kind is where it stands.
func (l *library) readDocument(text string, kind policy.Kind) *document {
	d := &document{text: text, kind: kind}
	if _, err := policy.Parse(text, kind); err != nil {
		d.problem = err.Error()
	}
	var root map[string]any
	if json.Unmarshal([]byte(text), &root) != nil || d.problem != "" && !faithful(text) {
		d.unread = true
		return d
	}
	if root["Version"] != policy.Version2012 && strings.Contains(text, "${") {
		// The version then decides whether that is a policy variable.
		root["2008 Version"] = true
	}
	d.unknown = unknownIn(root, documentElements)
	for _, v := range listOf(root["Statement"]) {
		object, ok := v.(map[string]any)
		if !ok {
			d.unread = true
			return d
		}
		d.statements = append(d.statements, l.readStatement(object))
	}
	d.unread = len(d.statements) == 0
	return d
}

// faithful reports whether encoding/json keeps all that a document says: it
// drops a member that is there twice, and puts a sign in the place of what is not
// UTF-8.
func faithful(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	return unique(json.NewDecoder(strings.NewReader(text)))
}

// unique reads a value of what is known to be JSON, and reports whether no
// object in it has a member twice.
func unique(d *json.Decoder) bool {
	token, err := d.Token()
	if err != nil {
		return false
	}
	switch token {
	case json.Delim('['):
		for d.More() {
			if !unique(d) {
				return false
			}
		}
	case json.Delim('{'):
		seen := make(map[json.Token]bool)
		for d.More() {
			name, err := d.Token()
			if err != nil || seen[name] {
				return false
			}
			seen[name] = true
			if !unique(d) {
				return false
			}
		}
	default:
		return true
	}
	_, err = d.Token() // what closes it
	return err == nil
}

func (l *library) readStatement(object map[string]any) statement {
	var s statement
	s.effect, _ = object["Effect"].(string)
	s.actions = l.actionPatterns(object["Action"])
	s.notActions = l.actionPatterns(object["NotAction"])
	s.resources = l.resourcePatterns(object["Resource"])
	s.notResources = l.resourcePatterns(object["NotResource"])
	s.principals = principalsOf(object["Principal"])
	s.notPrincipals = principalsOf(object["NotPrincipal"])
	if c, ok := object["Condition"]; ok {
		s.condition = compact(c)
	}
	if _, ok := object["Effect"].(string); !ok || unknownIn(object, statementElements) != "" {
		s.unknown = compact(object)
	}
	return s
}

// What a document and a statement may have. Neither Id nor Sid says anything.
var (
	documentElements  = []string{"Version", "Id", "Statement"}
	statementElements = []string{
		"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
	}
)

// unknownIn are the members of an object that are not known, as JSON; empty if
// there is none.
func unknownIn(object map[string]any, known []string) string {
	unknown := maps.Clone(object)
	for _, name := range known {
		delete(unknown, name)
	}
	if len(unknown) == 0 {
		return ""
	}
	return compact(unknown)
}

// listOf is a list as it is, and anything else as a list of it.
func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// stringsOf are the strings of a string or list; what is no string is its JSON.
func stringsOf(v any) []string {
	var list []string
	for _, item := range listOf(v) {
		s, ok := item.(string)
		if !ok {
			s = compact(item)
		}
		list = append(list, s)
	}
	return list
}

// principalsOf reads a Principal element: "*", or an object of lists by kind.
func principalsOf(v any) []principal {
	object, ok := v.(map[string]any)
	if !ok {
		var list []principal
		for _, s := range stringsOf(v) {
			list = append(list, principal{value: s})
		}
		return list
	}
	var list []principal
	for _, kind := range slices.Sorted(maps.Keys(object)) {
		for _, s := range stringsOf(object[kind]) {
			list = append(list, principal{kind, s})
		}
	}
	return list
}

// compact is JSON without blanks and with sorted keys. Marshal sorts the keys
// of maps, and what came out of JSON goes back into it.
func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
