package leastprivilege

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// statement is a statement as it is written out.
type statement struct {
	Sid         string                     `json:"Sid,omitempty"`
	Effect      string                     `json:"Effect"`
	Action      list                       `json:"Action,omitempty"`
	NotAction   list                       `json:"NotAction,omitempty"`
	Resource    list                       `json:"Resource,omitempty"`
	NotResource list                       `json:"NotResource,omitempty"`
	Condition   map[string]map[string]list `json:"Condition,omitempty"`
}

// list is written as one text where it has only one.
type list []string

func (l list) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return marshal(l[0])
	}
	return marshal([]string(l))
}

// marshal writes JSON as people write policies: without escaping <, > and &.
func marshal(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

// document is a policy document.
type document struct {
	Version   string      `json:"Version"`
	Statement []statement `json:"Statement"`
}

func newDocument(statements ...statement) document {
	return document{policy.Version2012, statements}
}

func (d document) String() string {
	b, err := marshal(d)
	if err != nil {
		panic(err) // texts alone
	}
	return string(b)
}

// restate writes a statement of somebody's policy in version 2012-10-17. In the
// older version a text that looks like a policy variable is only text.
func restate(s *policy.Statement, version string) statement {
	values := func(l []string) list { return slices.Clone(l) }
	if version != policy.Version2012 {
		values = func(l []string) list {
			out := make(list, len(l))
			for i, v := range l {
				out[i] = strings.ReplaceAll(v, "${", "${$}{")
			}
			return out
		}
	}
	out := statement{
		Effect: s.Effect.String(), Action: slices.Clone(s.Actions), NotAction: slices.Clone(s.NotActions),
		Resource: values(s.Resources), NotResource: values(s.NotResources),
	}
	for _, c := range s.Conditions {
		if out.Condition == nil {
			out.Condition = map[string]map[string]list{}
		}
		if out.Condition[c.Operator] == nil {
			out.Condition[c.Operator] = map[string]list{}
		}
		out.Condition[c.Operator][c.Key] = values(c.Values)
	}
	if len(out.Resource) == 0 {
		out.Resource = nil
	}
	if len(out.NotResource) == 0 {
		out.NotResource = nil
	}
	return out
}
