package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// pkg is what goes into the package of one service: the operations that we
// build and every shape that they reach.
type pkg struct {
	service
	*model
	protocol string // the Go name of the api constant
	built    []string
	unbuilt  []string
	structs  []string // shapes that become types of that name, sorted
	enums    []string
	errors   []modeledError // sorted by code
}

// modeledError is an exception of the model.
type modeledError struct {
	code   string
	status int
	shape  string
}

func newPackage(s service, m *model) (*pkg, error) {
	p := &pkg{service: s, model: m}
	var err error
	if p.protocol, err = protocolName(m.Metadata); err != nil {
		return nil, err
	}
	if p.built, p.unbuilt, err = s.choose(m.operationNames()); err != nil {
		return nil, err
	}
	if err := p.collect(); err != nil {
		return nil, err
	}
	return p, p.checkNames()
}

func protocolName(m metadata) (string, error) {
	switch m.Protocol {
	case "json":
		if m.JSONVersion == "1.0" {
			return "JSON10", nil
		}
		return "JSON11", nil
	case "query":
		return "Query", nil
	case "ec2":
		return "EC2", nil
	case "rest-json":
		return "RestJSON", nil
	case "rest-xml":
		return "RestXML", nil
	}
	return "", fmt.Errorf("unknown protocol %q", m.Protocol)
}

// collect walks the shapes that the built operations reach. An operation's own
// input and output get a struct named after the operation, so the walk starts
// at their members.
func (p *pkg) collect() error {
	seen := map[string]bool{}
	codes := map[string]modeledError{}
	for _, name := range p.built {
		op := p.Operations[name]
		for _, r := range []*ref{op.Input, op.Output} {
			if r == nil {
				continue
			}
			for _, m := range p.Shapes[r.Shape].Members {
				if err := p.walk(m.Shape, seen); err != nil {
					return err
				}
			}
		}
		for _, r := range op.Errors {
			e := p.modeledError(r.Shape)
			if other, ok := codes[e.code]; ok && other.shape != e.shape {
				return fmt.Errorf("errors %s and %s share the code %s", other.shape, e.shape, e.code)
			}
			codes[e.code] = e
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		p.errors = append(p.errors, codes[code])
	}
	slices.Sort(p.structs)
	slices.Sort(p.enums)
	return nil
}

func (p *pkg) walk(name string, seen map[string]bool) error {
	if seen[name] {
		return nil
	}
	seen[name] = true
	s := p.Shapes[name]
	if s.Document || s.EventStream {
		return fmt.Errorf("shape %s: documents and event streams are not supported", name)
	}
	if s.Pattern != "" {
		if _, err := api.CompilePattern(s.Pattern); err != nil {
			return fmt.Errorf("shape %s: %w (add it to the rewrites of internal/api/pattern.go)", name, err)
		}
	}
	switch {
	case s.Type == "structure":
		p.structs = append(p.structs, name)
	case s.Enum != nil:
		p.enums = append(p.enums, name)
	}
	for _, m := range s.Members {
		if err := p.walk(m.Shape, seen); err != nil {
			return err
		}
	}
	for _, r := range []*ref{s.Member, s.Key, s.Value} {
		if r != nil {
			if err := p.walk(r.Shape, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// modeledError reads an exception. Those that the model gives no code go by
// their shape's name, those without a status are the caller's fault unless the
// model says that they are the service's.
func (p *pkg) modeledError(name string) modeledError {
	s := p.Shapes[name]
	e := modeledError{code: s.Error.Code, status: s.Error.HTTPStatus, shape: name}
	if e.code == "" {
		e.code = name
	}
	if e.status == 0 {
		e.status = 400
		if s.Fault {
			e.status = 500
		}
	}
	return e
}

// checkNames makes sure that no two things of the package share a Go name. Go
// would say so as well, but not which shapes are behind it.
func (p *pkg) checkNames() error {
	owner := map[string]string{"Service": "the service"}
	claim := func(name, by string) error {
		if other, ok := owner[name]; ok {
			return fmt.Errorf("%s is the Go name of both %s and %s", name, other, by)
		}
		owner[name] = by
		return nil
	}
	for _, op := range p.built {
		for _, name := range []string{"Op" + op, op + "Input", op + "Output"} {
			if err := claim(name, "operation "+op); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Concat(p.structs, p.enums) {
		if err := claim(exported(name), "shape "+name); err != nil {
			return err
		}
	}
	for _, name := range p.enums {
		for _, value := range p.Shapes[name].Enum {
			if err := claim(enumName(name, value), fmt.Sprintf("value %q of %s", value, name)); err != nil {
				return err
			}
		}
	}
	for _, e := range p.errors {
		if err := claim(errorName(e.code), "error "+e.shape); err != nil {
			return err
		}
	}
	return nil
}

// enumName is the Go constant of an enum's value.
func enumName(shape, value string) string { return exported(shape) + camel(value) }

// goName is the package's name: AWS's, without what Go does not allow.
func (p *pkg) goName() string { return strings.ReplaceAll(p.name, "-", "") }
