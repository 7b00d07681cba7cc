package leastprivilege

import (
	"fmt"

	"github.com/fortlet/fortlet/policy"
)

// MaxManaged is how many characters a managed policy may have, white space
// aside.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxManaged = 6144

// maxAttached is how many managed policies a role or user may have, unless AWS
// has raised that.
const maxAttached = 10

// split divides statements among as few documents as fit in order.
func split(list []statement) ([]document, error) {
	var docs []document
	for _, whole := range list {
		for _, s := range whole.pieces() {
			if n := len(docs); n > 0 {
				if with := newDocument(append(docs[n-1].Statement[:len(docs[n-1].Statement):len(docs[n-1].Statement)], s)...); with.size() <= MaxManaged {
					docs[n-1] = with
					continue
				}
			}
			d := newDocument(s)
			if d.size() > MaxManaged {
				return nil, fmt.Errorf("a statement of %d characters does not fit into a managed policy and cannot be divided", d.size())
			}
			docs = append(docs, d)
		}
	}
	return docs, nil
}

func (d document) size() int { return policy.Size(d.String()) }

// pieces divides a statement that is too long for a policy of its own, by its
// resources or else by its actions. What a Not element excepts cannot be
// divided.
func (s statement) pieces() []statement {
	if newDocument(s).size() <= MaxManaged {
		return []statement{s}
	}
	a, b := s, s
	switch {
	case len(s.Resource) > 1:
		half := len(s.Resource) / 2
		a.Resource, b.Resource = s.Resource[:half], s.Resource[half:]
	case len(s.Action) > 1:
		half := len(s.Action) / 2
		a.Action, b.Action = s.Action[:half], s.Action[half:]
	default:
		return []statement{s}
	}
	return append(a.pieces(), b.pieces()...)
}
