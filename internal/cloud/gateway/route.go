package gateway

import (
	"net/http"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
)

// routes finds services and their operations by what a request says.
type routes struct {
	bySigningName map[string]*api.Service
	byTarget      map[string]*api.Service
	operations    map[*api.Service]map[string]*api.Operation
	unbuilt       map[*api.Service]map[string]bool
	tables        map[*api.Service]*restTable // of REST services
	// public is the service that is open to the public, and whose resources have
	// hosts of their own; nil if there is none.
	public *api.Service
}

func newRoutes(services []*api.Service) routes {
	r := routes{
		bySigningName: make(map[string]*api.Service),
		byTarget:      make(map[string]*api.Service),
		operations:    make(map[*api.Service]map[string]*api.Operation),
		unbuilt:       make(map[*api.Service]map[string]bool),
		tables:        make(map[*api.Service]*restTable),
	}
	for _, s := range services {
		r.bySigningName[s.SigningName] = s
		if s.TargetPrefix != "" {
			r.byTarget[lastPart(s.TargetPrefix)] = s
		}
		if s.Public {
			r.public = s
		}
		if isREST(s) {
			r.tables[s] = newRESTTable(s)
		}
		ops := make(map[string]*api.Operation)
		for _, op := range s.Operations {
			ops[op.Name] = op
		}
		unbuilt := make(map[string]bool)
		for _, name := range s.Unbuilt {
			unbuilt[name] = true
		}
		r.operations[s], r.unbuilt[s] = ops, unbuilt
	}
	return r
}

const targetHeader = "X-Amz-Target"

// find tells which service a request is for: the one that its target names,
// else the one in its credential scope, else, for a request that bears neither,
// the one that its address names. A target that is not the scope's does not
// verify.
func (r *routes) find(x *exchange) *api.Service {
	target := x.r.Header.Get(targetHeader)
	prefix, _ := cutTarget(target)
	if s := r.byTarget[prefix]; s != nil {
		return s
	}
	switch {
	case x.signature != nil && x.signature.V2:
		return r.public // nobody else knows that version
	case x.signature != nil:
		return r.bySigningName[x.signature.Service]
	case target != "":
		return nil
	}
	return r.unsigned(x)
}

// unsigned tells which service a request is for by its address alone. The query
// services have but one path, so any other is that of a bucket or what is in
// it; and there they take actions, so what reads it and names none is for the
// list of the buckets.
func (r *routes) unsigned(x *exchange) *api.Service {
	bucket := r.bucketIn(x.r.Host)
	name, _, _ := strings.Cut(x.r.Host, ".")
	// kms.localhost is the service, kms.s3.localhost the bucket.
	if s := r.bySigningName[name]; s != nil && (bucket == "" || hostname(x.r.Host) == name+".localhost") {
		return s
	}
	path := x.signed.Path
	lists := (x.r.Method == http.MethodGet || x.r.Method == http.MethodHead) && !x.r.URL.Query().Has("Action")
	if r.public != nil && (bucket != "" || strings.HasPrefix(path, "/") && (path != "/" || lists)) {
		return r.public
	}
	return r.bySigningName["sts"]
}

// bucketIn is the bucket that a host names, if any.
func (r *routes) bucketIn(host string) string {
	if r.public == nil {
		return ""
	}
	return virtualHost(host, r.public.Name)
}

// guess is a service that speaks the protocol the client seems to speak, for
// answering requests to services that are not there.
func (x *exchange) guess() *api.Service {
	if x.r.Header.Get(targetHeader) != "" || strings.Contains(x.r.Header.Get("Content-Type"), "json") {
		return &api.Service{Protocol: api.JSON11}
	}
	if x.signature != nil && strings.HasPrefix(x.signature.Service, "s3") {
		return &api.Service{Name: "s3", Protocol: api.RestXML} // s3express and its like have S3's clients
	}
	if x.signature != nil && x.signed.Path != "/" && x.signed.Path != "" {
		return &api.Service{Protocol: api.RestJSON} // most services with paths speak that
	}
	return &api.Service{Protocol: api.Query, Namespace: "http://webservices.amazon.com/AWSFault/2005-15-09"}
}

func (g *Gateway) unknownService(x *exchange) error {
	name := x.r.Header.Get(targetHeader)
	if x.signature != nil {
		name = x.signature.Service
	}
	const longest = 64 // a stranger's text
	name = name[:min(len(name), longest)]
	return api.Errorf("NotImplemented", http.StatusNotImplemented, "The service %s is not built in Fortlet.", name)
}

// operation finds the operation of an authenticated request.
func (g *Gateway) operation(x *exchange) (*api.Operation, error) {
	if x.signed.Path != "/" && x.signed.Path != "" {
		return nil, errUnknownPath()
	}
	switch x.service.Protocol {
	case api.JSON10, api.JSON11:
		return g.jsonOperation(x)
	default:
		return g.queryOperation(x)
	}
}

func (g *Gateway) jsonOperation(x *exchange) (*api.Operation, error) {
	targets := x.r.Header[targetHeader]
	if x.r.Method != http.MethodPost || len(targets) != 1 {
		return nil, errUnknownOperation()
	}
	prefix, name := cutTarget(targets[0])
	if prefix != lastPart(x.service.TargetPrefix) {
		return nil, errUnknownOperation()
	}
	return g.named(x.service, name, errUnknownOperation)
}

// cutTarget splits a target into the service and the operation. Of a prefix with
// dots, as com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101, some clients
// send the last part alone.
func cutTarget(target string) (service, name string) {
	i := strings.LastIndexByte(target, '.')
	if i < 0 {
		return lastPart(target), ""
	}
	return lastPart(target[:i]), target[i+1:]
}

func lastPart(prefix string) string { return prefix[strings.LastIndexByte(prefix, '.')+1:] }

// errUnknownPath is what the services without routes answer on any path but
// their one.
func errUnknownPath() error {
	return api.Errorf("UnknownOperationException", http.StatusNotFound, "")
}

func errUnknownOperation() error {
	return api.Errorf("UnknownOperationException", http.StatusBadRequest, "")
}

func (g *Gateway) queryOperation(x *exchange) (*api.Operation, error) {
	if x.r.Method != http.MethodPost && x.r.Method != http.MethodGet {
		return nil, api.Errorf("InvalidAction", http.StatusBadRequest, "The HTTP method %s is not supported.", x.r.Method)
	}
	form, err := x.wire.Form()
	if err != nil {
		return nil, err
	}
	name, version := form.Get("Action"), form.Get("Version")
	if name == "" {
		return nil, api.Errorf("MissingAction", http.StatusBadRequest, "Request is missing the Action parameter")
	}
	notFound := func() error {
		if version == "" {
			version = "NO_VERSION_SPECIFIED"
		}
		return api.Errorf("InvalidAction", http.StatusBadRequest, "Could not find operation %s for version %s", name, version)
	}
	if version != x.service.Version {
		return nil, notFound()
	}
	return g.named(x.service, name, notFound)
}

// named finds an operation by its name. One that is not built has no more than
// that: it is for the record of the call.
func (g *Gateway) named(svc *api.Service, name string, notFound func() error) (*api.Operation, error) {
	if op := g.services.operations[svc][name]; op != nil {
		return op, nil
	}
	if g.services.unbuilt[svc][name] {
		return &api.Operation{Service: svc, Name: name}, cloud.NotImplemented(svc, name)
	}
	return nil, notFound()
}
