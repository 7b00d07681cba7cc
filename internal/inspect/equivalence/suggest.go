package equivalence

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// Suggestion is an entry that two accounts seem to need, and why.
type Suggestion struct {
	Entry
	Evidence []Evidence
	// Inside are words of the accounts that have one of the strings within
	// them: the dictionary would replace it there too.
	Inside []string
}

// Evidence is a pair of strings in whose place names of the accounts differ.
type Evidence struct {
	A, B  string
	Count int       // of names that differ in nothing else
	Names [2]string // one of them, on either side
}

// The names of suggested entries. An account id that becomes digits leaves ARNs
// valid.
const (
	accountEntry     = "000000000000"
	environmentEntry = "accountname"
	regionEntry      = "regionname"
	otherEntry       = "name"
)

// Suggest proposes entries for what differs systematically between the names
// of two accounts: account ids, Regions, words for environments, and any other
// word in whose place several names differ.
func Suggest(a, b *snapshot.Account) []Suggestion {
	textsA, textsB := textsOf(a), textsOf(b)
	pairs := pairsOf(textsA, textsB)
	if a.ID != b.ID && a.ID != "" && b.ID != "" {
		pairs = withAccounts(pairs, a.ID, b.ID)
	}
	kinds := make(map[string][]Evidence)
	for _, p := range pairs {
		kinds[kindOf(p)] = append(kinds[kindOf(p)], p)
	}
	all := maps.Clone(textsA)
	maps.Copy(all, textsB)
	var list []Suggestion
	// Account ids and Regions first: the words of environments are short.
	for _, kind := range []string{accountEntry, regionEntry, environmentEntry} {
		if len(kinds[kind]) > 0 {
			list = append(list, suggestion(kind, kinds[kind], all))
		}
	}
	for i, p := range kinds[otherEntry] {
		list = append(list, suggestion(fmt.Sprintf("%s%d", otherEntry, i+1), []Evidence{p}, all))
	}
	return list
}

// DictionaryOf is the dictionary of suggestions.
func DictionaryOf(list []Suggestion) *Dictionary {
	var entries []Entry
	for _, s := range list {
		entries = append(entries, s.Entry)
	}
	return New(entries...)
}

// withAccounts adds the accounts' own ids, which need no evidence.
func withAccounts(pairs []Evidence, a, b string) []Evidence {
	if slices.ContainsFunc(pairs, func(e Evidence) bool { return e.A == a && e.B == b }) {
		return pairs
	}
	return append(pairs, Evidence{A: a, B: b, Names: [2]string{a, b}})
}

var (
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	regionPattern  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	letterPattern  = regexp.MustCompile(`[A-Za-z]{2}`)
)

// kindOf is the entry that a pair belongs to, empty if one name alone is no
// evidence for it.
func kindOf(p Evidence) string {
	both := func(is func(string) bool) bool { return is(p.A) && is(p.B) }
	switch {
	case both(accountPattern.MatchString):
		return accountEntry
	case both(regionPattern.MatchString):
		return regionEntry
	case both(isEnvironment):
		return environmentEntry
	case p.Count > 1 && both(letterPattern.MatchString) && !regionPattern.MatchString(p.A) && !regionPattern.MatchString(p.B):
		return otherEntry
	}
	return ""
}

// suggestion makes an entry of pairs. Longer strings come first, or "prod"
// would leave a rest of "production".
func suggestion(name string, pairs []Evidence, texts map[string]bool) Suggestion {
	s := Suggestion{Entry: Entry{Name: name}, Evidence: pairs}
	for _, p := range pairs {
		s.Strings = append(s.Strings, p.A, p.B)
	}
	slices.SortFunc(s.Strings, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(y), len(x)), cmp.Compare(x, y))
	})
	s.Strings = slices.Compact(s.Strings)
	s.Inside = inside(s.Strings, texts)
	return s
}

// maxInside bounds the words that a suggestion warns of.
const maxInside = 5

// inside finds words that have one of the strings within them.
func inside(list []string, texts map[string]bool) []string {
	words := make(map[string]bool)
	for text := range texts {
		for _, word := range wordPattern.FindAllString(text, -1) {
			for _, s := range list {
				if word != s && strings.Contains(word, s) && !parts(word)[s] {
					words[word] = true
				}
			}
		}
	}
	found := slices.Sorted(maps.Keys(words))
	return found[:min(len(found), maxInside)]
}
