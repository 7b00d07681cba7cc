package diff

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// library holds every document that was read, and every pattern that was
// expanded, once. It is safe for concurrent use.
type library struct {
	reference *Reference
	catalogue *catalogue.Catalogue

	documents memo[documentKey, *document]
	actions   memo[string, actionPattern]
	resources memo[string, resourcePattern]
	types     memo[string, []*catalogue.ResourceType]
}

// documentKey is a text and where it stands, which decides how it is read.
type documentKey struct {
	text string
	kind policy.Kind
}

func (l *library) document(text string, kind policy.Kind) *document {
	return l.documents.get(documentKey{text, kind}, func(k documentKey) *document {
		return l.readDocument(k.text, k.kind)
	})
}

// actionPattern is a string of an Action element with what it expands to.
type actionPattern struct {
	text string
	// rows are the actions by IAMCTL's rules, items those by IAM's: without
	// regard to letter case, across services, and itself if nobody knows it.
	rows, items []action
}

// action is one action; a star stands for all services or all actions.
type action struct{ service, name string }

func (l *library) actionPatterns(element any) []actionPattern {
	var list []actionPattern
	for _, text := range stringsOf(element) {
		list = append(list, l.actions.get(text, l.expandAction))
	}
	return list
}

func (l *library) expandAction(text string) actionPattern {
	p := actionPattern{text: text}
	if text == "*" {
		p.rows = []action{{"*", "*"}}
		p.items = p.rows
		return p
	}
	parts := strings.Split(text, ":")
	if len(parts) < 2 {
		p.items = []action{{"", text}}
		return p
	}
	for _, name := range l.reference.expand(parts[0], parts[1]) {
		p.rows = append(p.rows, action{parts[0], name})
	}
	prefix, pattern, _ := strings.Cut(text, ":")
	p.items = l.expandItem(prefix, pattern)
	if slices.Equal(p.rows, p.items) {
		p.items = p.rows // one list in memory
	}
	return p
}

func (l *library) expandItem(prefix, pattern string) []action {
	if prefix == "*" && pattern == "*" {
		return []action{{"*", "*"}}
	}
	service, names := l.reference.expandFold(prefix, pattern)
	if len(names) == 0 {
		return []action{{service, pattern}}
	}
	list := make([]action, len(names))
	for i, name := range names {
		list[i] = action{service, name}
	}
	return list
}

// resourcePattern is a string of a Resource element with the services that own
// such resources: those of the reference, in its order and as often as they are
// there. "*" is owned by "*".
type resourcePattern struct {
	text   string
	owners []string
}

func (l *library) resourcePatterns(element any) []resourcePattern {
	var list []resourcePattern
	for _, text := range stringsOf(element) {
		list = append(list, l.resources.get(text, l.ownResource))
	}
	return list
}

func (l *library) ownResource(text string) resourcePattern {
	if text == "*" {
		return resourcePattern{text, []string{"*"}}
	}
	return resourcePattern{text, l.reference.owners(text)}
}

// resourceTypes are the types that a resource pattern can name.
func (l *library) resourceTypes(resource string) []*catalogue.ResourceType {
	return l.types.get(resource, l.catalogue.ResourceTypes)
}
