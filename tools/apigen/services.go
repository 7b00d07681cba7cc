package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// service is an entry of the service list.
type service struct {
	name string // the key: botocore's folder and ours

	Version string `json:"version"` // the model's: "2014-11-01"
	Global  bool   `json:"global"`  // one endpoint for the whole partition
	Public  bool   `json:"public"`  // takes calls of nobody in particular
	// Include are the operations that we build; or, where that list is the
	// shorter one, Except are those that we do not.
	Include []string `json:"operations"`
	Except  []string `json:"except"`
	// ReadOnly corrects what the operation's verb suggests to CloudTrail.
	ReadOnly map[string]bool `json:"readOnly"`
	// Data are the operations that CloudTrail records as data events.
	Data []string `json:"data"`
	// Namespace is that of answers, where the model does not name it.
	Namespace string `json:"namespace"`
	// Former are operations that the model keeps under an older name beside
	// another of the same route, by that name.
	Former map[string]string `json:"former"`
	// Wrappers are the root elements of answers that the model does not name.
	Wrappers map[string]string `json:"wrappers"`
	// Status are the HTTP statuses with which AWS answers where the model says
	// nothing.
	Status map[string]int `json:"status"`
	// Unsummed are operations that AWS takes without the checksum that the model
	// has every SDK send.
	Unsummed []string `json:"unsummed"`
}

// readServiceList reads the list, sorted by name.
func readServiceList(file string) ([]service, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list map[string]service
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var services []service
	for name, s := range list {
		s.name = name
		services = append(services, s)
	}
	slices.SortFunc(services, func(a, b service) int { return strings.Compare(a.name, b.name) })
	return services, nil
}

// choose splits the model's operations, which come sorted, into those that we
// build and those that we do not. A name in the list that the model lacks is
// an error: it is misspelt, or AWS has dropped it.
func (s service) choose(all []string) (built, unbuilt []string, err error) {
	if (s.Include == nil) == (s.Except == nil) {
		return nil, nil, errors.New(`want one of "operations" and "except"`)
	}
	listed := slices.Concat(s.Include, s.Except)
	listed = slices.Concat(listed, s.Data, s.Unsummed, slices.Collect(maps.Keys(s.ReadOnly)))
	listed = slices.Concat(listed, slices.Collect(maps.Keys(s.Wrappers)), slices.Collect(maps.Keys(s.Status)))
	listed = slices.Concat(listed, slices.Collect(maps.Keys(s.Former)), slices.Collect(maps.Values(s.Former)))
	for _, op := range listed {
		if !slices.Contains(all, op) {
			return nil, nil, fmt.Errorf("the model has no operation %s", op)
		}
	}
	for _, op := range all {
		if slices.Contains(s.Include, op) || s.Except != nil && !slices.Contains(s.Except, op) {
			built = append(built, op)
		} else {
			unbuilt = append(unbuilt, op)
		}
	}
	return built, unbuilt, nil
}

// readOnlyVerbs begin the names of operations that change nothing.
var readOnlyVerbs = []string{"BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Simulate", "Verify"}

// readOnly reports whether CloudTrail records an operation as read-only.
func (s service) readOnly(op string) bool {
	if v, ok := s.ReadOnly[op]; ok {
		return v
	}
	return slices.ContainsFunc(readOnlyVerbs, func(verb string) bool { return strings.HasPrefix(op, verb) })
}
