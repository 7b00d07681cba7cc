package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// writeRoutes writes by which requests the operations of a REST service are
// called that we do not build, so that none is taken for another one.
func (p *pkg) writeRoutes(b *bytes.Buffer) {
	if !p.rest() || len(p.unbuilt) == 0 {
		return
	}
	fmt.Fprintln(b, "UnbuiltRoutes: []api.Route{")
	for _, name := range p.unbuilt {
		http := p.Operations[name].HTTP
		fmt.Fprintf(b, "{Name: %q, Method: %q, Path: %q", name, http.Method, http.RequestURI)
		strs(b, "Query", p.required(name, "querystring"))
		strs(b, "Header", p.required(name, "header"))
		fmt.Fprintln(b, "},")
	}
	fmt.Fprintln(b, "},")
}

// required names, as they are sent, the members at a location that an
// operation's input must have.
func (p *pkg) required(operation, location string) (names []string) {
	input := p.Operations[operation].Input
	if input == nil {
		return nil
	}
	s := p.Shapes[input.Shape]
	for _, m := range s.Members {
		if m.Location == location && slices.Contains(s.Required, m.name) {
			names = append(names, m.LocationName)
		}
	}
	return names
}

// strs writes a list of strings into a composite literal, nothing if it is
// empty.
func strs(b *bytes.Buffer, field string, list []string) {
	if len(list) > 0 {
		fmt.Fprintf(b, ", %s: %#v", field, list)
	}
}

// rest reports whether the service has its parameters in paths, queries and
// headers.
func (p *pkg) rest() bool { return strings.HasPrefix(p.protocol, "Rest") }
