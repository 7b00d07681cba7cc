package diff

import (
	"iter"

	"github.com/fortlet/fortlet/policy"
)

// Tuple is a row of IAMCTL's tuples file.
type Tuple struct {
	Role, Path, Policy, Type              string
	Effect, Service, Action, ARN, Trusted string
}

// Fields are the columns in the order of the file.
func (t *Tuple) Fields() [9]string {
	return [9]string{t.Role, t.Path, t.Policy, t.Type, t.Effect, t.Service, t.Action, t.ARN, t.Trusted}
}

// row is the part of a Tuple that a document decides.
type row struct{ effect, service, action, arn, trusted string }

// rows are the document's rows by IAMCTL's rules. It knows neither NotAction
// from Action nor NotResource from Resource, nor conditions; what an Action
// stands for comes of the reference alone, and an action joins a resource when
// their services match or one is "*".
func (d *document) rows() iter.Seq[row] {
	return func(yield func(row) bool) {
		for i := range d.statements {
			s := &d.statements[i]
			more := false
			if d.kind == policy.Trust {
				more = s.trustRows(yield)
			} else {
				more = s.rows(yield)
			}
			if !more {
				return
			}
		}
	}
}

func (s *statement) rows(yield func(row) bool) bool {
	actions, resources := s.actions, s.resources
	if len(actions) == 0 {
		actions = s.notActions
	}
	if len(resources) == 0 {
		resources = s.notResources
	}
	for _, pattern := range actions {
		for _, a := range pattern.rows {
			for _, r := range resources {
				for _, owner := range r.owners {
					if a.service != owner && a.service != "*" && owner != "*" {
						continue
					}
					if !yield(row{effect: s.effect, service: a.service, action: a.name, arn: r.text}) {
						return false
					}
				}
			}
		}
	}
	return true
}

// trustRows has a row for each principal, whatever it may do.
func (s *statement) trustRows(yield func(row) bool) bool {
	for _, p := range s.principals {
		if !yield(row{effect: s.effect, service: "sts", action: "AssumeRole", trusted: p.value}) {
			return false
		}
	}
	return true
}

// apply is the row after the dictionary.
func (r row) apply(apply func(string) string) row {
	return row{apply(r.effect), apply(r.service), apply(r.action), apply(r.arn), apply(r.trusted)}
}
