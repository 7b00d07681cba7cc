package diff

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"sync"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/policy"
)

// rewriter applies the dictionary to documents so that they stay policies: to
// resources, principals and the values of conditions, and not to what belongs
// to the language, such as actions, operators and policy variables. An account
// id stays one, also where the dictionary has a word for it. It is safe for
// concurrent use.
type rewriter struct {
	dictionary *equivalence.Dictionary
	documents  memo[*document, rewritten]

	mu       sync.Mutex
	accounts map[string]string // stand-in to the dictionary's word
}

// rewritten is a document after the dictionary, or why there is none.
type rewritten struct {
	policy  *policy.Policy
	problem string
}

func newRewriter(d *equivalence.Dictionary) *rewriter {
	var entries []equivalence.Entry
	for _, e := range d.Entries() {
		// A wildcard in a name would let a pattern match more than it did.
		e.Name = strings.NewReplacer("*", "_", "?", "_", "$", "_").Replace(e.Name)
		entries = append(entries, e)
	}
	return &rewriter{dictionary: equivalence.New(entries...), accounts: make(map[string]string)}
}

func (r *rewriter) document(d *document) rewritten {
	return r.documents.get(d, r.rewrite)
}

func (r *rewriter) rewrite(d *document) rewritten {
	if d.problem != "" {
		return rewritten{problem: d.problem}
	}
	var root map[string]any
	if err := json.Unmarshal([]byte(d.text), &root); err != nil {
		return rewritten{problem: err.Error()}
	}
	for _, s := range listOf(root["Statement"]) {
		if statement, ok := s.(map[string]any); ok {
			r.statement(statement)
		}
	}
	p, err := policy.Parse(compact(root), d.kind)
	if err != nil {
		return rewritten{problem: fmt.Sprintf("the dictionary makes it no policy: %v", err)}
	}
	return rewritten{policy: p}
}

func (r *rewriter) statement(s map[string]any) {
	for _, name := range []string{"Resource", "NotResource"} {
		if v, ok := s[name]; ok {
			s[name] = mapStrings(v, r.value)
		}
	}
	for _, name := range []string{"Principal", "NotPrincipal", "Condition"} {
		if v, ok := s[name].(map[string]any); ok {
			s[name] = r.object(v)
		}
	}
}

// object applies the dictionary to the values of an object, not to its names.
func (r *rewriter) object(object map[string]any) map[string]any {
	for name, v := range object {
		if inner, ok := v.(map[string]any); ok {
			object[name] = r.object(inner)
		} else {
			object[name] = mapStrings(v, r.value)
		}
	}
	return object
}

// mapStrings replaces a string, or those of a list.
func mapStrings(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = mapStrings(v[i], f)
		}
	}
	return v
}

var (
	variablePattern = regexp.MustCompile(`\$\{[^}]*\}`)
	accountPattern  = regexp.MustCompile(`^[0-9]{12}$`)
)

// value applies the dictionary to a resource, principal or condition value.
func (r *rewriter) value(s string) string {
	if accountPattern.MatchString(s) {
		return r.account(r.dictionary.Apply(s))
	}
	if strings.HasPrefix(s, "arn:") {
		return r.arn(s)
	}
	return r.text(s)
}

// text applies the dictionary around policy variables.
func (r *rewriter) text(s string) string {
	var b strings.Builder
	for {
		at := variablePattern.FindStringIndex(s)
		if at == nil {
			b.WriteString(r.dictionary.Apply(s))
			return b.String()
		}
		b.WriteString(r.dictionary.Apply(s[:at[0]]))
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
}

// The parts of an ARN: arn:partition:service:region:account:resource.
const (
	arnParts   = 6
	arnService = 2
	arnAccount = 4
)

// arn applies the dictionary to an ARN, whole as the rows do, but leaves its
// partition and service alone and its account an account.
func (r *rewriter) arn(s string) string {
	old := strings.SplitN(s, ":", arnParts)
	made := strings.SplitN(r.text(s), ":", arnParts)
	if len(old) < arnParts || len(made) < arnParts {
		return s
	}
	copy(made[:arnService+1], old[:arnService+1])
	if accountPattern.MatchString(old[arnAccount]) {
		made[arnAccount] = r.account(made[arnAccount])
	}
	return strings.Join(made, ":")
}

// account is an account id for what the dictionary has made of one: itself, or
// a stand-in that is the same on both sides.
func (r *rewriter) account(word string) string {
	if accountPattern.MatchString(word) {
		return word
	}
	h := fnv.New64a()
	h.Write([]byte(word))
	id := fmt.Sprintf("9%011d", h.Sum64()%1e11)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accounts[id] = word
	return id
}

// readable puts the dictionary's words back for the stand-ins of accounts.
func (r *rewriter) readable(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, word := range r.accounts {
		s = strings.ReplaceAll(s, id, word)
	}
	return s
}
