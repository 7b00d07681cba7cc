package equivalence

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// environments are words by which accounts are told apart, in lower case.
var environments = []string{
	"development", "production", "integration", "acceptance", "sandbox", "staging", "preprod", "nonprod", "devel",
	"stage", "test", "prod", "live", "perf", "beta", "gamma", "demo", "uat", "sbx", "stg", "prd", "dev", "tst", "int", "qa",
}

func isEnvironment(word string) bool { return slices.Contains(environments, strings.ToLower(word)) }

// textsOf are the names of an account, and the ARNs that its policies name.
func textsOf(a *snapshot.Account) map[string]bool {
	texts := make(map[string]bool)
	for _, r := range a.Roles {
		addEntity(texts, &r.Entity)
		addStrings(texts, r.Trust)
		for _, name := range r.InstanceProfiles {
			texts[name] = true
		}
	}
	for _, u := range a.Users {
		addEntity(texts, &u.Entity)
	}
	for _, g := range a.Groups {
		addEntity(texts, &g.Entity)
	}
	for _, p := range a.Policies {
		if strings.HasPrefix(p.ARN, "arn:aws:iam::aws:") {
			continue // AWS wrote it: it is the same everywhere
		}
		texts[p.Name] = true
		addStrings(texts, p.Document)
	}
	return texts
}

func addEntity(texts map[string]bool, e *snapshot.Entity) {
	texts[e.Name] = true
	if e.Path != "/" {
		texts[e.Path] = true
	}
	for _, p := range e.Inline {
		texts[p.Name] = true
		addStrings(texts, p.Document)
	}
}

// addStrings adds the ARNs that stand in a document.
func addStrings(texts map[string]bool, document string) {
	var v any
	if json.Unmarshal([]byte(document), &v) == nil {
		addARNs(texts, v)
	}
}

func addARNs(texts map[string]bool, v any) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "arn:") {
			texts[v] = true
		}
	case []any:
		for _, item := range v {
			addARNs(texts, item)
		}
	case map[string]any:
		for _, item := range v {
			addARNs(texts, item)
		}
	}
}

// A word is letters and digits; within it, a change of letter case or from
// letters to digits begins another.
var (
	wordPattern   = regexp.MustCompile(`[A-Za-z0-9]+`)
	subwords      = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+|[0-9]+`)
	regionsWithin = regexp.MustCompile(`[a-z]{2}(?:-[a-z]+)+-[0-9]`)
)

// split are the parts of a text in whose place another could stand: those of
// parts, and the names of environments that words begin or end with.
func split(text string) []string {
	set := parts(text)
	for _, word := range affixes(text) {
		set[word] = true
	}
	return slices.Collect(maps.Keys(set))
}

// parts are the Regions, the words and the parts of words of a text.
func parts(text string) map[string]bool {
	set := make(map[string]bool)
	for _, r := range regionsWithin.FindAllString(text, -1) {
		set[r] = true
	}
	for _, word := range wordPattern.FindAllString(text, -1) {
		set[word] = true
		for _, sub := range subwords.FindAllString(word, -1) {
			set[sub] = true
		}
	}
	return set
}

// affixes are the names of environments that words begin or end with: "dev" in
// "appdev".
func affixes(text string) []string {
	var list []string
	for _, word := range wordPattern.FindAllString(text, -1) {
		folded := strings.ToLower(word)
		for _, e := range environments {
			if strings.HasPrefix(folded, e) {
				list = append(list, word[:len(e)])
			}
			if strings.HasSuffix(folded, e) {
				list = append(list, word[len(word)-len(e):])
			}
		}
	}
	return list
}

// place stands for the part that was taken out of a text.
const place = "\x00"

// Names in which many parts stand in one place ("app1", "app2", …) tell nothing
// about that place, and no dictionary has very many entries. Both bounds keep the
// work linear in the number of names.
const (
	maxAlike = 8
	maxPairs = 100
)

// pairsOf finds parts in whose place texts of both sides differ, and in nothing
// else. What both sides have is like already.
func pairsOf(a, b map[string]bool) []Evidence {
	frames := make(map[string][][2]string) // text with a part taken out: part, text
	for text := range a {
		if !b[text] {
			for _, part := range split(text) {
				frame := strings.ReplaceAll(text, part, place)
				frames[frame] = append(frames[frame], [2]string{part, text})
			}
		}
	}
	found := make(map[[2]string]*Evidence)
	for _, text := range slices.Sorted(maps.Keys(b)) {
		if a[text] {
			continue
		}
		for _, part := range split(text) {
			alike := frames[strings.ReplaceAll(text, part, place)]
			if len(alike) > maxAlike {
				continue
			}
			for _, other := range alike {
				if other[0] == part {
					continue
				}
				k := [2]string{other[0], part}
				if found[k] == nil {
					found[k] = &Evidence{A: other[0], B: part, Names: [2]string{other[1], text}}
				}
				found[k].Count++
			}
		}
	}
	return mostEvident(found)
}

// mostEvident sorts pairs that belong into a dictionary by their evidence, and
// leaves out those that another pair explains: with dev and qa, nobody needs
// appdev and appqa.
func mostEvident(found map[[2]string]*Evidence) []Evidence {
	var list []Evidence
	for _, e := range found {
		if kindOf(*e) != "" {
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(x, y Evidence) int {
		return cmp.Or(
			cmp.Compare(y.Count, x.Count), cmp.Compare(len(x.A)+len(x.B), len(y.A)+len(y.B)),
			cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B),
		)
	})
	var kept []Evidence
	for _, e := range list[:min(len(list), maxPairs)] {
		explained := slices.ContainsFunc(kept, func(k Evidence) bool {
			return strings.ReplaceAll(e.A, k.A, place) == strings.ReplaceAll(e.B, k.B, place)
		})
		if !explained {
			kept = append(kept, e)
		}
	}
	return kept
}
