package compare

import (
	"maps"
	"slices"

	"github.com/fortlet/fortlet/policy"
)

// decision is what a side makes of a request.
type decision struct {
	allowed   bool
	denied    bool // by a statement that says so
	policy    int  // what allowed it
	statement int
}

func (s Side) decide(r *policy.Request) decision {
	d := decision{policy: -1}
	for i, p := range s.Policies {
		switch v := p.Evaluate(r); v.Effect {
		case policy.Deny:
			return decision{denied: true, policy: -1}
		case policy.Allow:
			if d.policy < 0 {
				d = decision{allowed: true, policy: i, statement: v.Statement}
			}
		}
	}
	if s.Boundary != nil {
		v := s.Boundary.Evaluate(r)
		d.allowed = d.allowed && v.Effect == policy.Allow
		d.denied = v.Effect == policy.Deny
	}
	return d
}

// confirm makes a request of a solution, and an example of the request if both
// sides decide it as expected. It reports whether there is one.
func (s *search) confirm(p *problem, r region, e *environment, dir direction) bool {
	request, ok := s.request(p, r, e)
	if !ok {
		return false
	}
	example, ok := s.example(request, dir)
	if !ok {
		return false
	}
	list, more := s.examples(dir)
	if !slices.ContainsFunc(*list, func(have Example) bool { return have.same(example) }) {
		if len(*list) >= s.limit {
			*more = true
			return true
		}
		s.polish(&example, dir)
		*list = append(*list, example)
	}
	return true
}

// same reports that two examples show the same statement with the same actions.
func (x Example) same(y Example) bool {
	return x.By == y.By && x.Statement == y.Statement && x.Request.Action == y.Request.Action
}

// lookups are how often a request's keys may be looked for to evaluate it: for
// each condition, and for each value with variables.
func (s *search) lookups() int {
	n := len(s.atoms)
	for _, el := range s.elements {
		if len(el.variables) > 0 {
			n += len(el.values)
		}
	}
	return n
}

// example asks both sides, which is work as well.
func (s *search) example(request policy.Request, dir direction) (Example, bool) {
	if !s.budget.spend(1 + s.lookups()*len(request.Context.(policy.Keys))) {
		return Example{}, false
	}
	allows, other := s.both[dir].decide(&request), s.both[1-dir].decide(&request)
	return Example{
		Request: request, Actions: s.group.names,
		By: allows.policy, Statement: allows.statement, Denied: other.denied,
	}, allows.allowed && !other.allowed
}

// request is one of those that a solution stands for.
func (s *search) request(p *problem, r region, e *environment) (policy.Request, bool) {
	keys := policy.Keys{}
	for i, k := range e.keys {
		switch set := e.settings[i]; set.kind {
		case fixed:
			keys[s.key(k).spelled] = []string{set.value}
		case several:
			keys[s.key(k).spelled] = twoValues
		}
	}
	request := policy.Request{Action: s.group.names[0], Resource: r.arn, Context: keys}
	if r.part != nil {
		request.Resource = r.part.sample()
	}
	for i, d := range p.dimensions {
		c := d.cells[max(p.chosen[i], 0)]
		switch {
		case c.abstract:
			return request, false
		case d.key == nil:
			request.Principal = *c.caller
			for _, a := range d.atoms {
				if values, ok := callerValues(c.caller, a.key); ok {
					keys[s.key(a.key).spelled] = values
				}
			}
		case c.present:
			keys[d.key.spelled] = c.values
		default:
			delete(keys, d.key.spelled)
		}
	}
	return request, true
}

// friendly are values that a reader recognises, by the name of the gap.
var friendly = map[string]string{
	"Region": "us-east-1", "Account": "123456789012", "BucketName": "example-bucket", "ObjectName": "example-object",
}

func friendlyValue(g gap) string {
	if v := friendly[g.name]; v != "" {
		return v
	}
	return "example"
}

// polish makes an example readable where that leaves it the same example: keys
// that do not matter go, and the parts of the resource that do not get names
// that a reader recognises.
func (s *search) polish(x *Example, dir direction) {
	try := func(request policy.Request) bool {
		y, ok := s.example(request, dir)
		if ok = ok && y.By == x.By && y.Statement == x.Statement && y.Denied == x.Denied; ok {
			*x = y
		}
		return ok
	}
	for key := range x.Request.Context.(policy.Keys) {
		if s.budget.left <= 0 {
			return
		}
		if s.key(key).always {
			continue
		}
		request := x.Request
		fewer := maps.Clone(request.Context.(policy.Keys))
		delete(fewer, key)
		request.Context = fewer
		try(request)
	}
	for _, t := range s.domain.templates {
		values, ok := bind(t.texts, t.gaps, x.Request.Resource)
		if !ok {
			continue
		}
		for i, g := range t.gaps {
			if g.partition() {
				continue
			}
			tried := slices.Clone(values)
			tried[i] = friendlyValue(g)
			request := x.Request
			request.Resource = t.joined(tried)
			if try(request) {
				values = tried
			}
		}
		return
	}
}

// bind finds what the gaps of a template are in an ARN, each as short as can be.
func bind(texts []string, gaps []gap, arn string) ([]string, bool) {
	if len(arn) < len(texts[0]) || arn[:len(texts[0])] != texts[0] {
		return nil, false
	}
	arn = arn[len(texts[0]):]
	if len(gaps) == 0 {
		return nil, arn == ""
	}
	for n := 0; n <= len(arn); n++ {
		if n > 0 && !gaps[0].set.takes(rune(arn[n-1]), arnColumns) {
			return nil, false
		}
		if n == 0 && gaps[0].name != "*" {
			continue
		}
		if rest, ok := bind(texts[1:], gaps[1:], arn[n:]); ok {
			return append([]string{arn[:n]}, rest...), true
		}
	}
	return nil, false
}
