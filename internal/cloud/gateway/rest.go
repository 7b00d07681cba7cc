package gateway

import (
	"cmp"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
)

// restTable finds the operations of a REST service. Many share a method and a
// path: what is meant then shows in the query and the headers. The model's
// paths have some of that, as ?acl, and the members that an input must have in
// the query or the header are the rest: who sends an uploadId to an object's
// path means the upload.
//
// The operations that are not built are in the table too. Without them, a
// request for one would be taken for another: ?analytics for the listing of
// the bucket.
type restTable struct {
	paths []*restPath // in the order in which they are tried
	// selectors are the parameters that choose by being there, whatever their
	// value: ?acl.
	selectors map[string]bool
	// tell are those and all others that tell operations apart.
	tell map[string]bool
	// hoisted are the headers that do. Who presigns a URL can have put one into
	// the query: x-amz-copy-source.
	hoisted map[string]bool
}

// restPath is a path with the operations that it has.
type restPath struct {
	template
	methods map[string][]*restRoute // those that demand more come first
	// identifying are the parameters that routes without a selector demand. An
	// operation that does not know one must not be called with it: an upload's
	// part without its number is no object.
	identifying map[string]bool
}

// restRoute is a request by which an operation is called.
type restRoute struct {
	op    *api.Operation
	built bool

	literals []parameter // of the model's path
	query    []string    // that must be there
	header   []string    // that must be there, as http.Header spells it
	knows    map[string]bool

	body      bodyKind
	checksums bool // those in the header are of the body
}

// bodyKind is what an operation wants of the body of a request.
type bodyKind uint8

const (
	bodyIgnored bodyKind = iota
	bodyDocument
	bodyStream
)

// parameter is a parameter of a query. Literals of a path without a value have
// no value here.
type parameter struct{ name, value string }

func newRESTTable(s *api.Service) *restTable {
	t := &restTable{selectors: map[string]bool{}, tell: map[string]bool{}, hoisted: map[string]bool{}}
	for _, op := range s.Operations {
		t.add(newRoute(op), op.Path)
	}
	for _, route := range s.UnbuiltRoutes {
		op := &api.Operation{Service: s, Name: route.Name, Method: route.Method}
		r := &restRoute{op: op, query: route.Query, header: slices.Clone(route.Header)}
		t.add(r.ofProtocol(), route.Path)
	}
	slices.SortStableFunc(t.paths, func(p, q *restPath) int {
		switch {
		case p.before(q.template):
			return -1
		case q.before(p.template):
			return 1
		}
		return 0
	})
	return t
}

// newRoute is the route of an operation that is built: what its input must have
// and what it takes of the body.
func newRoute(op *api.Operation) *restRoute {
	r := &restRoute{op: op, built: true, knows: map[string]bool{}}
	for i := range op.Input.NumField() {
		f := op.Input.Field(i)
		tag, err := api.ParseTag(f.Tag.Get(api.TagMember))
		if err != nil {
			panic("gateway: " + err.Error()) // apigen has written it
		}
		switch {
		case f.Type == reflect.TypeFor[io.Reader]():
			r.body = bodyStream
		case tag.Location == "payload", tag.Location == "":
			r.body = max(r.body, bodyDocument)
		case tag.Location == "querystring":
			r.knows[tag.Name] = true
			if tag.Required {
				r.query = append(r.query, tag.Name)
			}
		case tag.Location == "header":
			r.checksums = r.checksums || tag.Name == sdkAlgorithm
			if tag.Required {
				r.header = append(r.header, tag.Name)
			}
		}
	}
	return r.ofProtocol()
}

// ofProtocol is the route as its protocol has it. In rest-json the path alone
// says what is meant: of a member that is not there Validate tells.
func (r *restRoute) ofProtocol() *restRoute {
	if r.op.Service.Protocol == api.RestJSON {
		r.query, r.header = nil, nil
	}
	return r
}

// add puts a route into the table, under the path of the model.
func (t *restTable) add(r *restRoute, path string) {
	path, query, _ := strings.Cut(path, "?")
	p := t.path(parseTemplate(path))
	for name, value := range parameters(query) {
		r.literals = append(r.literals, parameter{name, value})
		t.tell[name] = true
		if value == "" {
			t.selectors[name] = true
		}
	}
	for _, name := range r.query {
		t.tell[name] = true
		if len(r.literals) == 0 {
			p.identifying[name] = true
		}
	}
	for i, name := range r.header {
		r.header[i] = http.CanonicalHeaderKey(name)
		t.hoisted[r.header[i]] = true
	}
	routes := append(p.methods[r.op.Method], r)
	slices.SortStableFunc(routes, func(a, b *restRoute) int { return cmp.Compare(b.demands(), a.demands()) })
	p.methods[r.op.Method] = routes
}

func (t *restTable) path(tmpl template) *restPath {
	for _, p := range t.paths {
		if slices.Equal(p.template, tmpl) {
			return p
		}
	}
	p := &restPath{template: tmpl, methods: map[string][]*restRoute{}, identifying: map[string]bool{}}
	t.paths = append(t.paths, p)
	return p
}

// demands counts what a request must have to be one of the route.
func (r *restRoute) demands() int { return len(r.literals) + len(r.query) + len(r.header) }

// operation gives the operation of a route, with the error for one that is not
// built: then it is for the record of the call.
func (r *restRoute) operation() (*api.Operation, error) {
	if !r.built {
		return r.op, cloud.NotImplemented(r.op.Service, r.op.Name)
	}
	return r.op, nil
}

// parameters goes through a query, names and values escaped.
func parameters(query string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for query != "" {
			var pair string
			pair, query, _ = strings.Cut(query, "&")
			name, value, _ := strings.Cut(pair, "=")
			if name != "" && !yield(name, value) {
				return
			}
		}
	}
}
