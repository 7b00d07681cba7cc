package fieldcrypt

import (
	"fmt"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// selection is what rules select, by format.
type selection struct {
	json, xml                      *body.Paths
	form, multipart, query, header *body.Names
	text, anywhere                 []body.Pattern // text has those of anywhere too
}

func newSelection(rules []Rule) (s selection, err error) {
	var json, xml = make([][][]body.Step, len(rules)), make([][][]body.Step, len(rules))
	flat := map[format][][]string{}
	for _, f := range []format{formatForm, formatMultipart, formatQuery, formatHeader} {
		flat[f] = make([][]string, len(rules))
	}
	for i, rule := range rules {
		for _, sel := range rule.Selectors {
			switch sel.format {
			case formatJSON:
				json[i] = append(json[i], sel.path)
			case formatXML:
				xml[i] = append(xml[i], sel.path)
			case formatText, formatAny:
				pattern := body.Pattern{Rule: i, Next: sel.find}
				s.text = append(s.text, pattern)
				if sel.format == formatAny {
					s.anywhere = append(s.anywhere, pattern)
				}
			case formatBare:
				json[i] = append(json[i], anyDepth(sel.name))
				xml[i] = append(xml[i], anyDepth(sel.name), anyDepth("@"+sel.name))
				for _, f := range []format{formatForm, formatMultipart, formatQuery} {
					flat[f][i] = append(flat[f][i], sel.name)
				}
			case formatForm, formatMultipart, formatQuery, formatHeader:
				flat[sel.format][i] = append(flat[sel.format][i], sel.name)
			default:
				return s, fmt.Errorf("rule %s has a selector that ParseSelector did not make", rule.Name)
			}
		}
	}
	s.form, s.multipart = body.NewNames(flat[formatForm]), body.NewNames(flat[formatMultipart])
	s.query, s.header = body.NewNames(flat[formatQuery]), body.NewNames(flat[formatHeader])
	if s.json, err = body.NewPaths(json); err != nil {
		return s, err
	}
	s.xml, err = body.NewPaths(xml)
	return s, err
}

func anyDepth(name string) []body.Step {
	return []body.Step{{Kind: body.Descend}, {Name: name}}
}

// covers reports whether a format has anything selected.
func (s *selection) covers(f format) bool {
	switch f {
	case formatJSON, formatJSONLines:
		return s.json != nil || len(s.anywhere) > 0
	case formatXML:
		return s.xml != nil || len(s.anywhere) > 0
	case formatForm:
		return s.form != nil || len(s.anywhere) > 0
	case formatMultipart:
		return s.multipart != nil || len(s.anywhere) > 0
	case formatQuery:
		return s.query != nil || len(s.anywhere) > 0
	case formatText:
		return len(s.text) > 0
	default:
		return false
	}
}

// options are what a parser of a format is told to look for.
func (s *selection) options(f format) *body.Options {
	o := &body.Options{All: len(s.anywhere) > 0}
	switch f {
	case formatJSON, formatJSONLines:
		o.Paths = s.json
	case formatXML:
		o.Paths = s.xml
	case formatForm:
		o.Names = s.form
	case formatMultipart:
		o.Names = s.multipart
	case formatQuery:
		o.Names = s.query
	case formatHeader:
		o.Names, o.All = s.header, false
	case formatText:
		o.Patterns = s.text
	}
	return o
}

// checkName refuses a name that has in it what is to be sealed anywhere: a name
// cannot be sealed.
func (s *selection) checkName(name []byte) error {
	if s.findsIn(name) {
		return fmt.Errorf("%w: a name that a pattern matches", ErrUnsupported)
	}
	return nil
}

// findsIn reports whether a text has in it what is to be sealed anywhere. Most
// have not, and this costs no memory.
func (s *selection) findsIn(text []byte) bool {
	for _, p := range s.anywhere {
		if start, _ := p.Next(text, 0); start >= 0 {
			return true
		}
	}
	return false
}
