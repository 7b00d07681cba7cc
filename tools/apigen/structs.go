package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// writeStruct writes the type of a structure; without a shape it has no members.
func (p *pkg) writeStruct(b *bytes.Buffer, name string, r *ref) error {
	if r == nil || len(p.Shapes[r.Shape].Members) == 0 {
		fmt.Fprintf(b, "type %s struct{}\n", name)
		return nil
	}
	s := p.Shapes[r.Shape]
	fmt.Fprintf(b, "type %s struct {\n", name)
	for _, m := range s.Members {
		typ, err := p.goType(m.ref, true)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", r.Shape, m.name, err)
		}
		fmt.Fprintf(b, "%s %s %s\n", exported(m.name), typ, tagLiteral(p.memberTags(s, m)))
	}
	fmt.Fprintln(b, "}")
	return nil
}

var scalars = map[string]string{
	"boolean": "bool", "byte": "int32", "character": "string", "double": "float64", "float": "float32",
	"integer": "int32", "long": "int64", "short": "int32", "string": "string", "timestamp": "time.Time",
}

// goType gives the Go type of a member or, without optional, of a list element
// or map value. What Go can tell from absent by its zero value (enums, slices,
// maps) is never a pointer.
func (p *pkg) goType(r ref, optional bool) (string, error) {
	s := p.Shapes[r.Shape]
	pointer := ""
	if optional {
		pointer = "*"
	}
	switch {
	case s.Enum != nil:
		return exported(r.Shape), nil
	case scalars[s.Type] != "":
		return pointer + scalars[s.Type], nil
	case s.Type == "structure":
		return pointer + exported(r.Shape), nil
	case s.Type == "blob" && (s.Streaming || r.Streaming):
		return "io.Reader", nil
	case s.Type == "blob":
		return "[]byte", nil
	case s.Type == "list":
		elem, err := p.goType(*s.Member, false)
		return "[]" + elem, err
	case s.Type == "map":
		key, err := p.goType(*s.Key, false)
		if err != nil {
			return "", err
		}
		value, err := p.goType(*s.Value, false)
		return "map[" + key + "]" + value, err
	}
	return "", fmt.Errorf("type %q is not supported", s.Type)
}

// tag is one key of a struct tag with its text.
type tag struct{ key, text string }

// memberTags gives the tags of a structure's member: one for itself and one
// for each level of elements below it.
func (p *pkg) memberTags(parent *shape, m member) []tag {
	opts := p.options(m.ref)
	if slices.Contains(parent.Required, m.name) {
		opts = append([]string{"required"}, opts...)
	}
	if parent.Payload == m.name {
		opts = append(opts, "location=payload")
	}
	name := m.LocationName
	if name == "" {
		name = m.name
	}
	return append([]tag{{"api", join(name, opts)}}, p.elementTags("", m.Shape)...)
}

// elementTags gives the tags of list elements, map keys and map values. Those
// of a list within a list carry the outer key before their own: elem.elem.
func (p *pkg) elementTags(prefix, shapeName string) (tags []tag) {
	s := p.Shapes[shapeName]
	add := func(key string, r *ref, standard string) {
		name := r.LocationName
		if name == standard {
			name = ""
		}
		if text := join(name, p.options(*r)); text != "" {
			tags = append(tags, tag{prefix + key, text})
		}
		tags = append(tags, p.elementTags(prefix+key+".", r.Shape)...)
	}
	switch s.Type {
	case "list":
		add("elem", s.Member, "member")
	case "map":
		add("key", s.Key, "key")
		add("elem", s.Value, "value")
	}
	return tags
}

// options lists what api.ParseTag reads after the name. The pattern comes last
// since it may hold commas.
func (p *pkg) options(r ref) (opts []string) {
	s := p.Shapes[r.Shape]
	flag := func(name string, set bool) {
		if set {
			opts = append(opts, name)
		}
	}
	value := func(name, v string) {
		if v != "" {
			opts = append(opts, name+"="+v)
		}
	}
	flag("sensitive", s.Sensitive)
	flag("idempotencyToken", r.IdempotencyToken)
	flag("flattened", s.Flattened || r.Flattened)
	flag("xmlAttribute", r.XMLAttribute)
	flag("jsonvalue", r.JSONValue)
	value("location", r.Location)
	value("queryName", r.QueryName)
	format := r.TimestampFormat
	if format == "" {
		format = s.TimestampFormat
	}
	value("timestampFormat", format)
	ns := r.XMLNamespace
	if ns == nil {
		ns = s.XMLNamespace
	}
	if ns != nil {
		value("xmlPrefix", ns.Prefix)
		value("xmlNamespace", ns.URI)
	}
	if s.Min != nil {
		value("min", s.Min.String())
	}
	if s.Max != nil {
		value("max", s.Max.String())
	}
	value("pattern", s.Pattern)
	return opts
}

func join(name string, opts []string) string {
	if name == "" && len(opts) == 0 {
		return ""
	}
	return strings.Join(append([]string{name}, opts...), ",")
}

// tagLiteral writes the tags as the Go literal that reads best.
func tagLiteral(tags []tag) string {
	parts := make([]string, len(tags))
	for i, t := range tags {
		parts[i] = t.key + ":" + strconv.Quote(t.text)
	}
	text := strings.Join(parts, " ")
	if strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
