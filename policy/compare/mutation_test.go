package compare_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// rewording changes a document without changing what it allows.
var rewordings = map[string]func(generator, *catalogue.Catalogue, *document){
	"order": func(g generator, _ *catalogue.Catalogue, d *document) {
		g.Shuffle(len(d.Statement), func(i, j int) { d.Statement[i], d.Statement[j] = d.Statement[j], d.Statement[i] })
		for i := range d.Statement {
			s := &d.Statement[i]
			for _, list := range [][]string{s.Action, s.NotAction, s.Resource, s.NotResource} {
				slices.Reverse(list)
			}
			for _, keys := range s.Condition {
				for _, values := range keys {
					slices.Reverse(values)
				}
			}
		}
	},
	"letter case": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := &pickStatement(g, d).Action
		for i := range *s {
			(*s)[i] = strings.ToUpper((*s)[i])
		}
	},
	"duplicate": func(g generator, _ *catalogue.Catalogue, d *document) {
		d.Statement = append(d.Statement, *pickStatement(g, d))
	},
	"split actions": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		if len(s.Action) > 1 {
			other := *s
			other.Action = s.Action[1:]
			s.Action = s.Action[:1]
			d.Statement = append(d.Statement, other)
		}
	},
	"split resources": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		if len(s.Resource) > 1 {
			other := *s
			other.Resource = s.Resource[1:]
			s.Resource = s.Resource[:1]
			d.Statement = append(d.Statement, other)
		}
	},
	"wildcard to list": func(g generator, c *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		var list []string
		for _, a := range s.Action {
			service, _, _ := strings.Cut(strings.ToLower(a), ":")
			if c.Service(service) == nil || !strings.ContainsAny(a, "*?") || strings.EqualFold(a, "s3:NoSuch*") {
				list = append(list, a)
				continue
			}
			for known := range c.Expand(a) {
				list = append(list, known.String())
			}
			list = append(list, spelledBy(d, a)...)
		}
		if s.Action != nil {
			s.Action = list
		}
	},
	"narrower duplicate": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := *pickStatement(g, d)
		if s.Action != nil && s.Action[0] == "s3:*" {
			s.Action = []string{"s3:GetObject", "s3:P*"}
		}
		if slices.Equal(s.Resource, []string{"*"}) {
			s.Resource = some(g, resourceWords)
		}
		if s.Condition == nil {
			s.Condition = g.condition()
		}
		d.Statement = append(d.Statement, s)
	},
	"narrower resource": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		for _, r := range s.Resource {
			if strings.HasSuffix(r, "/*") {
				s.Resource = append(s.Resource, r+"/y", strings.TrimSuffix(r, "*")+"?z")
				return
			}
		}
	},
	"condition apart": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		for _, op := range slices.Sorted(maps.Keys(s.Condition)) {
			for key, values := range s.Condition[op] {
				if op != "StringEquals" && op != "StringLike" && op != "IpAddress" || len(values) < 2 {
					continue
				}
				other := document{Statement: []statement{*s}}.clone().Statement[0]
				other.Condition[op][key] = values[1:]
				s.Condition[op][key] = values[:1]
				d.Statement = append(d.Statement, other)
				return
			}
		}
	},
	"complementary conditions": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		if s.Condition != nil {
			return
		}
		other := *s
		s.Condition = map[string]map[string][]string{"StringEquals": {"s3:prefix": {"jane"}}}
		other.Condition = map[string]map[string][]string{"StringNotEquals": {"s3:prefix": {"jane"}}}
		d.Statement = append(d.Statement, other)
	},
	"denial of what nothing allows": func(g generator, _ *catalogue.Catalogue, d *document) {
		for _, s := range d.Statement {
			for _, a := range append(s.NotAction, s.Action...) {
				if s.NotAction != nil || strings.HasPrefix(a, "*") || strings.HasPrefix(strings.ToLower(a), "dynamodb") {
					return
				}
			}
		}
		d.Statement = append(d.Statement, statement{Effect: "Deny", Action: []string{"dynamodb:*"}, Resource: []string{"*"}})
	},
	"StringLike": func(g generator, _ *catalogue.Catalogue, d *document) {
		for _, s := range d.Statement {
			values := s.Condition["StringEquals"]
			if values == nil || s.Condition["StringLike"] != nil {
				continue
			}
			for _, list := range values {
				if strings.ContainsAny(strings.Join(list, ""), "*?$") {
					return
				}
			}
			s.Condition["StringLike"] = values
			delete(s.Condition, "StringEquals")
			return
		}
	},
	"NotAction in two": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		if !slices.Equal(s.Action, []string{"*"}) {
			return
		}
		other := *s
		s.Action = []string{"s3:*", "sqs:Send*"}
		other.Action, other.NotAction = nil, s.Action
		d.Statement = append(d.Statement, other)
	},
	"NotResource in two": func(g generator, _ *catalogue.Catalogue, d *document) {
		s := pickStatement(g, d)
		if !slices.Equal(s.Resource, []string{"*"}) {
			return
		}
		other := *s
		s.Resource = []string{"arn:aws:s3:::a/*", "arn:aws:sqs:*:111122223333:*"}
		other.Resource, other.NotResource = nil, s.Resource
		d.Statement = append(d.Statement, other)
	},
}

// spelledBy are the names that the document spells and the pattern covers,
// though the catalogue does not know them.
func spelledBy(d *document, pattern string) []string {
	switch strings.ToLower(pattern) {
	case "s3:*", "*":
		return []string{"s3:NoSuchThing", "s3:nosuch", "s3:NoSuch*"}
	}
	return nil
}

func pickStatement(g generator, d *document) *statement {
	return &d.Statement[g.IntN(len(d.Statement))]
}

// changes may change what a document allows, by little.
var changes = []func(generator, *document){
	func(g generator, d *document) { pickStatement(g, d).Effect = "Deny" },
	func(g generator, d *document) {
		if i := g.IntN(len(d.Statement)); len(d.Statement) > 1 {
			d.Statement = slices.Delete(d.Statement, i, i+1)
		}
	},
	func(g generator, d *document) { d.Statement = append(d.Statement, g.statement()) },
	func(g generator, d *document) {
		if s := pickStatement(g, d); s.Action != nil {
			s.Action[g.IntN(len(s.Action))] = pick(g, actionWords)
		}
	},
	func(g generator, d *document) {
		if s := pickStatement(g, d); s.Resource != nil {
			s.Resource[g.IntN(len(s.Resource))] = pick(g, resourceWords)
		}
	},
	func(g generator, d *document) {
		if s := pickStatement(g, d); s.Condition == nil {
			s.Condition = g.condition()
		} else {
			s.Condition = nil
		}
	},
	func(g generator, d *document) {
		s := pickStatement(g, d)
		for _, op := range slices.Sorted(maps.Keys(s.Condition)) {
			for _, values := range s.Condition[op] {
				if len(values) > 1 {
					values[0] = values[1]
				}
			}
		}
	},
}
