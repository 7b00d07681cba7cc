package edge

import (
	"fmt"
	"slices"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// rule finds a rule by its name.
func (c *Config) rule(name string) *fieldkeys.Rule {
	i := slices.IndexFunc(c.Rules, func(r fieldkeys.Rule) bool { return r.Name == name })
	return &c.Rules[i]
}

// protector makes the rules of a route, with the sealers of their keys.
func (c *Config) protector(r *Route, sealer func(key string) (fieldcrypt.Sealer, error)) (*fieldcrypt.Protector, error) {
	var rules []fieldcrypt.Rule
	for _, name := range r.Protect {
		rule := c.rule(name)
		made := fieldcrypt.Rule{Name: name}
		var err error
		if made.Sealer, err = sealer(rule.Key); err != nil {
			return nil, err
		}
		for _, text := range rule.Fields {
			selector, err := fieldcrypt.ParseSelector(text)
			if err != nil {
				return nil, err
			}
			made.Selectors = append(made.Selectors, selector)
		}
		rules = append(rules, made)
	}
	p, err := fieldcrypt.NewProtector(rules, c.Limits.ofFields())
	if err != nil {
		return nil, err
	}
	for _, m := range r.Accept {
		if !covers(p, m) {
			return nil, fmt.Errorf("accept: no rule can find a field in %s", m)
		}
	}
	for _, m := range r.Other {
		if covers(p, m) {
			return nil, fmt.Errorf("other: the rules find fields in %s", m)
		}
	}
	return p, nil
}

// covers reports whether a rule can find a field in bodies of a media type.
func covers(p *fieldcrypt.Protector, media string) bool {
	if media == "multipart/form-data" {
		media += "; boundary=x" // as it always comes
	}
	return p.Covers(media)
}

// textOnly reports whether all rules of a route search running text.
func (c *Config) textOnly(r *Route) bool {
	for _, name := range r.Protect {
		if !allOf(c.rule(name).Fields, searchesText) {
			return false
		}
	}
	return true
}

func allOf(list []string, is func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !is(s) })
}

// ofFields are the limits that fieldcrypt minds.
func (l *Limits) ofFields() fieldcrypt.Limits {
	return fieldcrypt.Limits{Field: int(l.Field), Depth: l.Depth, Values: l.Fields}
}
