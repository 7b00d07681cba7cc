package reach

import (
	"errors"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

// compiled holds the documents of a snapshot. Equal documents are compiled
// once: in a large account most are copies.
type compiled struct {
	results map[text]*result
}

type text struct {
	document string
	kind     policy.Kind
}

// result is a compiled document, or why it does not compile.
type result struct {
	policy *policy.Policy
	reason string
}

func compileAll(a *snapshot.Account) compiled {
	c := compiled{results: make(map[text]*result)}
	var texts []text
	add := func(document string, kind policy.Kind) {
		t := text{document, kind}
		if c.results[t] == nil {
			c.results[t] = new(result)
			texts = append(texts, t)
		}
	}
	inline := func(e *snapshot.Entity) {
		for i := range e.Inline {
			add(e.Inline[i].Document, policy.Identity)
		}
	}
	for i := range a.Policies {
		add(a.Policies[i].Document, policy.Identity)
	}
	for i := range a.Users {
		inline(&a.Users[i].Entity)
	}
	for i := range a.Groups {
		inline(&a.Groups[i].Entity)
	}
	for i := range a.Roles {
		inline(&a.Roles[i].Entity)
		add(a.Roles[i].Trust, policy.Trust)
	}
	each(len(texts), func(i int) { *c.results[texts[i]] = compile(texts[i]) })
	return c
}

func (c compiled) of(document string, kind policy.Kind) *result {
	return c.results[text{document, kind}]
}

func compile(t text) result {
	if len(t.document) > snapshot.MaxDocument {
		return result{reason: snapshot.ErrTooLarge.Error()}
	}
	p, err := policy.Parse(t.document, t.kind)
	if err == nil {
		return result{policy: p}
	}
	return result{reason: reasonOf(err)}
}

// reasonOf is what is wrong with a document, in IAM's words.
func reasonOf(err error) string {
	if malformed, ok := errors.AsType[*policy.MalformedError](err); ok {
		return malformed.Reason
	}
	return err.Error()
}

// must compiles a document of our own making.
func must(document string, kind policy.Kind) *policy.Policy {
	p, err := policy.Parse(document, kind)
	if err != nil {
		panic("reach: " + err.Error())
	}
	return p
}
