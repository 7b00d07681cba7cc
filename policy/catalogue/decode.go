package catalogue

// decoder takes the content apart. After the first thing that cannot be, bad is
// set and every further answer is empty.
type decoder struct {
	rest  string
	bad   bool
	texts []string
	lists [][]string
}

func (d *decoder) number() int {
	n := 0
	for shift := 0; shift < 35 && d.rest != ""; shift += 7 {
		b := d.rest[0]
		d.rest = d.rest[1:]
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.bad, d.rest = true, ""
	return 0
}

// count is the number of things that follow, each at least a byte long.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.rest) {
		d.bad, d.rest = true, ""
		return 0
	}
	return n
}

func (d *decoder) text() string {
	n := d.count()
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

// entry is the element of a table that a reference points to.
func entry[T any](d *decoder, table []T) (t T) {
	i := d.number()
	if i >= len(table) {
		d.bad, d.rest = true, ""
		return t
	}
	return table[i]
}

func (d *decoder) list() []string { return entry(d, d.lists) }

func (d *decoder) catalogue() *Catalogue {
	c := &Catalogue{Source: d.text()}
	d.texts = make([]string, d.count())
	for i := range d.texts {
		d.texts[i] = d.text()
	}
	d.lists = make([][]string, d.count())
	for i := range d.lists {
		if n := d.count(); n > 0 {
			d.lists[i] = make([]string, n)
		}
		for j := range d.lists[i] {
			d.lists[i][j] = entry(d, d.texts)
		}
	}
	c.Global = d.conditionKeys()
	c.Services = make([]*Service, d.count())
	for i := range c.Services {
		c.Services[i] = d.service()
	}
	return c
}

func (d *decoder) conditionKeys() []ConditionKey {
	keys := make([]ConditionKey, d.count())
	for i := range keys {
		keys[i] = ConditionKey{Name: entry(d, d.texts), Type: entry(d, d.texts)}
	}
	return keys
}

func (d *decoder) service() *Service {
	s := &Service{Prefix: d.text(), Name: d.text(), RCP: d.number() != 0, ConditionKeys: d.conditionKeys()}
	s.ResourceTypes = make([]ResourceType, d.count())
	for i := range s.ResourceTypes {
		s.ResourceTypes[i] = ResourceType{Service: s, Name: d.text(), ARNs: d.list(), ConditionKeys: d.list()}
	}
	s.Actions = make([]Action, d.count())
	resources := make([]ActionResource, d.count()) // of all the actions, in one piece
	for i := range s.Actions {
		a := &s.Actions[i]
		*a = Action{Service: s, Name: d.text(), Level: Level(d.number()), ConditionKeys: d.list(), Dependent: d.list()}
		n := d.count()
		if n > len(resources) || int(a.Level) >= len(levelNames) {
			d.bad, d.rest = true, ""
			return s
		}
		if n > 0 {
			a.Resources, resources = resources[:n:n], resources[n:]
		}
		for j := range a.Resources {
			a.Resources[j] = d.actionResource(s)
		}
	}
	return s
}

func (d *decoder) actionResource(s *Service) ActionResource {
	n := d.number()
	if n>>1 >= len(s.ResourceTypes) {
		d.bad, d.rest = true, ""
		return ActionResource{}
	}
	return ActionResource{
		Type: &s.ResourceTypes[n>>1], Required: n&1 != 0,
		ConditionKeys: d.list(), Dependent: d.list(),
	}
}
