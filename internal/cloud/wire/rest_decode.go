package wire

import (
	"net/http"
	"net/textproto"
	"reflect"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// restDecoder fills the members of an input from where they stand in a request.
type restDecoder struct {
	plan  *structure
	v     reflect.Value
	words func(m *member, text string) error // the answer for a bad value
	uri   func() error                       // the answer for a bad query
	// hoists says that headers of AWS's may stand in the query.
	hoists bool
}

// bound takes what stands outside of the body.
func (d *restDecoder) bound(r *Request) error {
	if d.plan.bound == nil {
		return nil
	}
	if err := d.labels(r.Labels); err != nil {
		return err
	}
	if err := d.headers(r.Header); err != nil {
		return err
	}
	return d.query(r.RawQuery)
}

// refuseArgument answers for a value that a member cannot take.
func refuseArgument(m *member, _ string) error {
	return api.Errorf("InvalidArgument", http.StatusBadRequest, "Invalid value for %s", m.name)
}

// labels takes the parts of the path.
func (d *restDecoder) labels(labels map[string]string) error {
	for _, i := range d.plan.bound.labels {
		m := &d.plan.members[i]
		if text, ok := labels[m.name]; ok {
			if err := d.set(m, &m.shape, d.v.Field(m.index), text); err != nil {
				return err
			}
		}
	}
	return nil
}

// headers takes the header. Of several faults, the first in the order of the
// model is told, so that the same request has the same answer.
func (d *restDecoder) headers(h http.Header) error {
	b := d.plan.bound
	first, failure := len(d.plan.members), error(nil)
	for name, values := range h {
		i, known := b.header[name]
		switch {
		case known:
			if err := d.header(&d.plan.members[i], values); err != nil && i < first {
				first, failure = i, err
			}
		case b.prefix >= 0 && strings.HasPrefix(name, b.canonicalPrefix):
			d.prefixed(name, values)
		}
	}
	return failure
}

// header takes a header field. Sent several times it is one list of all values.
func (d *restDecoder) header(m *member, values []string) error {
	var text string
	switch len(values) {
	case 0:
		return nil
	case 1:
		text = values[0]
	default:
		text = strings.Join(values, ",")
	}
	f := d.v.Field(m.index)
	if m.kind == kindList {
		return d.headerList(m, f, text)
	}
	return d.set(m, &m.shape, f, text)
}

// headerList takes a list, which in a header is separated by commas. Elements
// that hold a comma or a quote themselves are quoted.
func (d *restDecoder) headerList(m *member, f reflect.Value, text string) error {
	for text != "" {
		var item string
		item, text = cutListItem(text)
		if item == "" {
			continue
		}
		n := f.Len()
		f.Grow(1)
		f.SetLen(n + 1)
		if err := d.set(m, m.elem, f.Index(n), item); err != nil {
			return err
		}
	}
	return nil
}

// cutListItem gives the first element of a list, and the rest.
func cutListItem(text string) (item, rest string) {
	text = strings.TrimLeft(text, " \t")
	if !strings.HasPrefix(text, `"`) {
		item, rest, _ = strings.Cut(text, ",")
		return strings.TrimRight(item, " \t"), rest
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			_, rest, _ = strings.Cut(text[i+1:], ",")
			return b.String(), rest
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}

// prefixed takes a field of which the name is a key of a map.
func (d *restDecoder) prefixed(name string, values []string) {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = decodeMetadata(v)
	}
	d.entry(name, strings.Join(texts, ","))
}

// entry sets an entry of the map of all fields with a common prefix, unless it
// is there.
func (d *restDecoder) entry(name, text string) {
	b := d.plan.bound
	key := strings.ToLower(name[len(b.canonicalPrefix):])
	if key == "" {
		return
	}
	f := d.v.Field(d.plan.members[b.prefix].index)
	entries, _ := f.Interface().(map[string]string)
	if entries == nil {
		entries = make(map[string]string)
		f.Set(reflect.ValueOf(entries))
	}
	if _, ok := entries[key]; !ok {
		entries[key] = text
	}
}

// query takes the parameters of the URL. Of a repeated one the first counts.
func (d *restDecoder) query(raw string) error {
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		escaped, value, _ := strings.Cut(pair, "=")
		name, ok := unescapeForm(escaped)
		if !ok {
			return d.uri()
		}
		if err := d.parameter(name, value); err != nil {
			return err
		}
	}
	return nil
}

// parameter takes one parameter, its value still escaped.
func (d *restDecoder) parameter(name, escaped string) error {
	i, known := d.plan.bound.query[name]
	rest := d.plan.bound.rest
	if !known && rest < 0 && !(d.hoists && hoisted(name)) {
		return nil
	}
	text, ok := unescapeForm(escaped)
	switch {
	case !ok:
		return d.uri()
	case !known && rest >= 0:
		d.other(&d.plan.members[rest], name, text)
		return nil
	case !known:
		return d.hoistedHeader(textproto.CanonicalMIMEHeaderKey(name), text)
	}
	m := &d.plan.members[i]
	f := d.v.Field(m.index)
	switch {
	case m.kind == kindList:
		n := f.Len()
		f.Grow(1)
		f.SetLen(n + 1)
		return d.set(m, m.elem, f.Index(n), text)
	case !m.absent(f):
		return nil
	}
	return d.set(m, &m.shape, f, text)
}

// other takes a parameter into the map of those that no other member has.
func (d *restDecoder) other(m *member, name, text string) {
	f := d.v.Field(m.index)
	if f.IsNil() {
		f.Set(reflect.MakeMap(m.typ))
	}
	key := reflect.ValueOf(name).Convert(m.typ.Key())
	value := reflect.ValueOf(text)
	if m.elem.kind == kindList {
		value = reflect.Append(orEmpty(f.MapIndex(key), m.typ.Elem()), value)
	} else if f.MapIndex(key).IsValid() {
		return // the first counts
	}
	f.SetMapIndex(key, value)
}

// orEmpty is a list that a map has, or else an empty one.
func orEmpty(v reflect.Value, t reflect.Type) reflect.Value {
	if v.IsValid() {
		return v
	}
	return reflect.Zero(t)
}

// hoisted reports whether a parameter is named like a header of AWS's. Those who
// presign a URL may put headers there, which then count as if they were sent:
// all but checksums of the body, which S3 is seen not to look at
// (https://github.com/aws/aws-sdk-go-v2/issues/2610). The SDK for JavaScript
// relies on that: it puts the one of an empty body into each URL for an upload.
func hoisted(name string) bool {
	if len(name) <= 6 || !strings.EqualFold(name[:6], "x-amz-") {
		return false
	}
	name = strings.ToLower(name[6:])
	if rest, ok := strings.CutPrefix(name, "checksum-"); ok {
		return rest == "mode" || rest == "algorithm" || rest == "type"
	}
	return name != "sdk-checksum-algorithm"
}

// hoistedHeader takes a parameter in place of the header of that name, unless
// that was sent too.
func (d *restDecoder) hoistedHeader(name, text string) error {
	b := d.plan.bound
	i, known := b.header[name]
	switch {
	case known:
	case b.prefix >= 0 && strings.HasPrefix(name, b.canonicalPrefix):
		i = b.prefix
	default:
		return nil
	}
	m := &d.plan.members[i]
	switch {
	case strings.ContainsFunc(text, isControl), strings.ContainsFunc(name, notInName):
		return d.words(m, text) // no header can be so
	case !known:
		d.entry(name, text)
		return nil
	case !m.absent(d.v.Field(m.index)):
		return nil
	}
	return d.header(m, []string{text})
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// notInName reports whether a character cannot be part of a header's name.
func notInName(r rune) bool {
	letter := 'a' <= r|0x20 && r|0x20 <= 'z'
	return !letter && !('0' <= r && r <= '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// refusedEmpty are the choices that S3 was seen to refuse where they are empty;
// of others that means that they are not there.
var refusedEmpty = map[string]bool{"encoding-type": true, "x-amz-object-ownership": true}

// inAnyCase are the choices that S3 takes however they are spelled; all of
// theirs are in upper case. (versitygw, CreateMultipartUpload_valid_algo_type.)
var inAnyCase = map[string]bool{
	"x-amz-checksum-algorithm": true, "x-amz-sdk-checksum-algorithm": true, "x-amz-checksum-type": true, "x-amz-checksum-mode": true,
}

// set sets a member, or an element of one, from its text. As a rule what is
// empty is not there, except of strings.
func (d *restDecoder) set(m *member, s *shape, v reflect.Value, text string) error {
	if s.kind == kindString && !s.tag.JSONValue {
		s.settable(v).SetString(text)
		return nil
	}
	if text = strings.TrimSpace(text); text == "" && !refusedEmpty[m.name] {
		return nil
	}
	if s.kind == kindEnum {
		if known, ok := s.enum.known[strings.ToUpper(text)]; ok && inAnyCase[m.name] {
			text = known
		}
		v.SetString(s.enum.decode([]byte(text)))
		return nil
	}
	if !setRestText(s, v, text, m.timeFormat()) {
		return d.words(m, text)
	}
	return nil
}

func malformedURI() error {
	return api.Errorf("InvalidURI", http.StatusBadRequest, "Couldn't parse the specified URI.")
}
