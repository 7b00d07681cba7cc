package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// ReferenceFile is the reference's name in the working directory.
const ReferenceFile = "iam.json"

// Reference is what iam.json says: which actions the services have and which
// resources are theirs. It never changes and is safe for concurrent use.
type Reference struct {
	services  []service
	byPrefix  map[string]*service // the first of that prefix
	byFold    map[string]*service // the same by the prefix in lower case
	bySegment map[string][]int    // services by the third part that their ARNs must have
	others    []int               // services whose pattern does not tell it that simply
}

// service is one entry of the file's serviceMap.
type service struct {
	Prefix   string   `json:"StringPrefix"`
	Actions  []string `json:"Actions"`
	ARNRegex string   `json:"ARNRegex,omitempty"`
	arn      *regexp.Regexp
}

// ReadReference reads iam.json, one that [WriteReference] or iamctl wrote.
func ReadReference(data []byte) (*Reference, error) {
	var file struct {
		ServiceMap *serviceMap `json:"serviceMap"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	if file.ServiceMap == nil {
		return nil, errors.New(`no "serviceMap"`)
	}
	r := &Reference{
		services:  *file.ServiceMap,
		byPrefix:  make(map[string]*service),
		byFold:    make(map[string]*service),
		bySegment: make(map[string][]int),
	}
	for i := range r.services {
		if err := r.index(i); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Reference) index(i int) error {
	s := &r.services[i]
	if _, ok := r.byPrefix[s.Prefix]; !ok {
		r.byPrefix[s.Prefix] = s
	}
	if _, ok := r.byFold[strings.ToLower(s.Prefix)]; !ok {
		r.byFold[strings.ToLower(s.Prefix)] = s
	}
	if s.ARNRegex == "" {
		return nil
	}
	var err error
	// The original matches at the beginning of the ARN, with or without "^".
	if s.arn, err = regexp.Compile("^(?:" + s.ARNRegex + ")"); err != nil {
		return fmt.Errorf("ARNRegex of %s: %w", s.Prefix, err)
	}
	segments := segmentsOf(s.ARNRegex)
	for _, segment := range segments {
		r.bySegment[segment] = append(r.bySegment[segment], i)
	}
	if segments == nil {
		r.others = append(r.others, i)
	}
	return nil
}

// plainARN is an ARNRegex that names the services of its ARNs: one, or "(?:a|b)".
var plainARN = regexp.MustCompile(`^\^arn:[^:|()]+:(?:([a-z0-9-]+)|\(\?:([a-z0-9|-]+)\)):[^|]*$`)

// segmentsOf are the services that an ARNRegex names, nil where it does not say
// it that simply.
func segmentsOf(arnRegex string) []string {
	m := plainARN.FindStringSubmatch(arnRegex)
	if m == nil {
		return nil
	}
	return strings.Split(m[1]+m[2], "|")
}

// expand are the actions of a service that match a pattern, by IAMCTL's rule:
// letter case counts, and of services with the same prefix the first is asked.
func (r *Reference) expand(prefix, pattern string) []string {
	s := r.byPrefix[prefix]
	if s == nil {
		return nil
	}
	var list []string
	for _, action := range s.Actions {
		if fnmatch(pattern, action) {
			list = append(list, action)
		}
	}
	return list
}

// expandFold are the actions that match as IAM matches them: in any letter case.
func (r *Reference) expandFold(prefix, pattern string) (service string, list []string) {
	s := r.byFold[strings.ToLower(prefix)]
	if s == nil {
		return prefix, nil
	}
	for _, action := range s.Actions {
		if policy.MatchAction(pattern, action) {
			list = append(list, action)
		}
	}
	return s.Prefix, list
}

// owners are the services whose ARNs a resource looks like, in the order of the
// file; a prefix that has several such entries is there several times.
func (r *Reference) owners(resource string) []string {
	var list []string
	for _, i := range r.candidates(resource) {
		if r.services[i].arn.MatchString(resource) {
			list = append(list, r.services[i].Prefix)
		}
	}
	return list
}

// candidates are the services that could own a resource. To ask hundreds of
// regular expressions about each resource is what takes the time of all this.
func (r *Reference) candidates(resource string) []int {
	parts := strings.SplitN(resource, ":", 4)
	if len(parts) < 4 {
		return r.others
	}
	named := r.bySegment[parts[2]]
	if len(r.others) == 0 {
		return named
	}
	return merge(named, r.others)
}

// merge merges two ascending lists.
func merge(a, b []int) []int {
	list := make([]int, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] < b[0] {
			list, a = append(list, a[0]), a[1:]
		} else {
			list, b = append(list, b[0]), b[1:]
		}
	}
	return append(append(list, a...), b...)
}

// serviceMap is the services in the order of the file, which decides about
// double prefixes.
type serviceMap []service

func (m *serviceMap) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New(`"serviceMap" must be an object`)
	}
	*m = serviceMap{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var s service
		if err := d.Decode(&s); err != nil {
			return fmt.Errorf("service %q: %w", name, err)
		}
		*m = append(*m, s)
	}
	return nil
}
