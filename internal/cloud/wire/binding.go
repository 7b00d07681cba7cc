package wire

import "net/textproto"

// binding tells where in an HTTP message the members of an input or output
// stand that are not in its body: the REST protocols. It holds indices of
// members.
type binding struct {
	labels  []int          // parts of the path
	query   map[string]int // by the name of the parameter
	headers []int          // in the order of the model
	header  map[string]int // the same by the name of the field, canonical
	prefix  int            // of the map of all fields with a common prefix; -1
	rest    int            // of the map of all parameters that no other member has; -1
	payload int            // of the member that is the body; -1
	status  int            // of the member that is the HTTP status; -1

	canonicalPrefix string // that of prefix, as the names of fields have it
}

// bind fills in what the REST protocols need of a structure.
func (s *structure) bind() {
	b := &binding{query: map[string]int{}, header: map[string]int{}, prefix: -1, rest: -1, payload: -1, status: -1}
	outside := false
	for i := range s.members {
		m := &s.members[i]
		m.outside = m.tag.Location != "" || m.tag.XMLAttribute
		outside = outside || m.tag.Location != ""
		switch m.tag.Location {
		case "uri":
			b.labels = append(b.labels, i)
		case "querystring":
			if m.kind == kindMap {
				b.rest = i
			} else {
				b.query[m.name] = i
			}
		case "header":
			b.headers = append(b.headers, i)
			b.header[textproto.CanonicalMIMEHeaderKey(m.name)] = i
		case "headers":
			b.prefix, b.canonicalPrefix = i, textproto.CanonicalMIMEHeaderKey(m.name)
		case "payload":
			b.payload = i
		case "statusCode":
			b.status = i
		}
		switch {
		case m.tag.XMLAttribute:
			s.attributes = append(s.attributes, i)
		case !m.outside:
			s.byElement[m.elementName()] = i
		}
	}
	if outside {
		s.bound = b
	}
}

// elementName is the name of a member's element in XML, or of its elements.
func (m *member) elementName() string {
	if m.kind == kindList && m.tag.Flattened && m.elem.tag.Name != "" {
		return m.elem.tag.Name
	}
	return m.name
}
