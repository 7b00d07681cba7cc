package principals

import (
	"context"
	"encoding/json"
	"strings"
)

// canonical puts in the place of canonical user ids the root users of their
// accounts, as S3 does: a canonical user id is another name of an account, and
// an account that a policy names can delegate, no more. Documents that name one
// are written anew.
func (n Names) canonical(ctx context.Context, doc string) (string, error) {
	// The policy package takes no other spelling of the word in its place, but
	// JSON has escapes for the same letters.
	if !strings.Contains(doc, "CanonicalUser") && !strings.Contains(doc, `\u`) {
		return doc, nil
	}
	var d map[string]json.RawMessage
	if err := json.Unmarshal([]byte(doc), &d); err != nil {
		return "", err
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(d["Statement"], &list); err != nil {
		var one map[string]json.RawMessage
		if err := json.Unmarshal(d["Statement"], &one); err != nil {
			return "", err
		}
		list = append(list, one)
	}
	changed := false
	for _, statement := range list {
		for _, element := range []string{"Principal", "NotPrincipal"} {
			named, err := n.canonicalElement(ctx, statement[element])
			if err != nil {
				return "", err
			}
			if named != nil {
				statement[element], changed = named, true
			}
		}
	}
	if !changed {
		return doc, nil
	}
	var err error
	if d["Statement"], err = json.Marshal(list); err != nil {
		return "", err
	}
	written, err := json.Marshal(d)
	return string(written), err
}

// canonicalElement rewrites a Principal element, nil where there is nothing to
// rewrite.
func (n Names) canonicalElement(ctx context.Context, raw json.RawMessage) (json.RawMessage, error) {
	var kinds map[string]values
	if len(raw) == 0 || raw[0] != '{' {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &kinds); err != nil {
		return nil, err
	}
	ids, ok := kinds["CanonicalUser"]
	if !ok {
		return nil, nil
	}
	delete(kinds, "CanonicalUser")
	for _, id := range ids {
		account, err := n.Accounts.ByCanonicalID(ctx, id)
		if err != nil {
			return nil, err
		}
		if account == nil {
			return nil, &InvalidError{id}
		}
		kinds["AWS"] = append(kinds["AWS"], account.RootARN())
	}
	return json.Marshal(kinds)
}

// values are one string, or a list of them.
type values []string

// UnmarshalJSON implements json.Unmarshaler.
func (v *values) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*v = make(values, 1)
		return json.Unmarshal(data, &(*v)[0])
	}
	return json.Unmarshal(data, (*[]string)(v))
}
