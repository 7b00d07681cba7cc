package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// What the package says of an action, a resource type and a condition key.
// Descriptions are left where they are.
type (
	sourceAction struct {
		Name          string           `json:"name"`
		Level         string           `json:"accessLevel"`
		Resources     []sourceResource `json:"resourceTypes"`
		ConditionKeys []string         `json:"conditionKeys"`
		Dependent     []string         `json:"dependentActions"`
	}
	sourceResource struct {
		Name          string   `json:"name"`
		Required      bool     `json:"required"`
		ConditionKeys []string `json:"conditionKeys"`
		Dependent     []string `json:"dependentActions"`
	}
	sourceType struct {
		Name          string   `json:"key"`
		ARN           string   `json:"arn"`
		ConditionKeys []string `json:"conditionKeys"`
	}
	sourceKey struct {
		Name string `json:"key"`
		Type string `json:"type"`
	}
)

// build makes the catalogue from the package's files.
func build(files map[string][]byte) (*catalogue.Catalogue, error) {
	c := &catalogue.Catalogue{Source: reference.name + " " + reference.version + ", " + second.name + " " + second.version}
	var err error
	if c.Global, err = globalKeys(files["dist/esm/globalConditionKeys.js"]); err != nil {
		return nil, err
	}
	names, err := read[string](files, "data/serviceNames.json")
	if err != nil {
		return nil, err
	}
	var rcp []string
	if err := json.Unmarshal(files["data/rcpSupportedServices.json"], &rcp); err != nil {
		return nil, err
	}
	for _, prefix := range sortedKeys(names) {
		s, err := service(files, prefix, names[prefix])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", prefix, err)
		}
		s.RCP = slices.Contains(rcp, prefix)
		c.Services = append(c.Services, s)
	}
	return c, nil
}

func service(files map[string][]byte, prefix, name string) (*catalogue.Service, error) {
	s := &catalogue.Service{Prefix: prefix, Name: name}
	types, err := read[sourceType](files, "data/resourceTypes/"+prefix+".json")
	if err != nil {
		return nil, err
	}
	for _, t := range inOrder(types) {
		s.ResourceTypes = append(s.ResourceTypes, catalogue.ResourceType{
			Service: s, Name: t.Name, ARNs: strings.Split(t.ARN, ", "), ConditionKeys: keyNames(t.ConditionKeys),
		})
	}
	keys, err := read[sourceKey](files, "data/conditionKeys/"+prefix+".json")
	if err != nil {
		return nil, err
	}
	for _, k := range inOrder(keys) {
		s.ConditionKeys = append(s.ConditionKeys, catalogue.ConditionKey{Name: keyName(k.Name), Type: k.Type})
	}
	actions, err := read[sourceAction](files, "data/actions/"+prefix+".json")
	if err != nil {
		return nil, err
	}
	for _, a := range inOrder(actions) {
		made, err := action(s, a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		s.Actions = append(s.Actions, made)
	}
	return s, nil
}

func action(s *catalogue.Service, a sourceAction) (catalogue.Action, error) {
	// What manages permissions or tags is said to write as well.
	level, ok := catalogue.ParseLevel(strings.TrimSuffix(a.Level, ", Write"))
	if !ok {
		return catalogue.Action{}, fmt.Errorf("access level %q", a.Level)
	}
	made := catalogue.Action{
		Service: s, Name: a.Name, Level: level,
		ConditionKeys: keyNames(a.ConditionKeys), Dependent: a.Dependent,
	}
	for _, r := range a.Resources {
		t := s.ResourceType(r.Name)
		if t == nil {
			return made, fmt.Errorf("resource type %q is not one of the service", r.Name)
		}
		made.Resources = append(made.Resources, catalogue.ActionResource{
			Type: t, Required: r.Required, ConditionKeys: keyNames(r.ConditionKeys), Dependent: r.Dependent,
		})
	}
	return made, nil
}

// keyName is the name of a condition key with its variable part written as the
// reference does for most keys.
func keyName(name string) string {
	name = strings.Replace(name, "/tag-key", "/${TagKey}", 1)
	if strings.HasSuffix(name, "ResourceTag/") {
		name += "${TagKey}"
	}
	return name
}

// keyNames are the names of condition keys.
func keyNames(names []string) []string {
	var list []string
	for _, name := range names {
		if name = keyName(name); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

var globalKey = regexp.MustCompile(`key: '([^']+)',\s+category: '[^']*',\s+type: '(\w+)'`)

// globalKeys reads the condition keys of every service. The package has them as
// JavaScript.
func globalKeys(script []byte) ([]catalogue.ConditionKey, error) {
	var keys []catalogue.ConditionKey
	for _, m := range globalKey.FindAllSubmatch(script, -1) {
		keys = append(keys, catalogue.ConditionKey{Name: keyName(string(m[1])), Type: string(m[2])})
	}
	if len(keys) < 40 {
		return nil, fmt.Errorf("only %d global condition keys: has their form changed?", len(keys))
	}
	slices.SortFunc(keys, func(a, b catalogue.ConditionKey) int { return cmp.Compare(a.Name, b.Name) })
	return keys, nil
}

// read reads a file of entries by their names in lower case.
func read[T any](files map[string][]byte, path string) (map[string]T, error) {
	content, found := files[path]
	if !found {
		return nil, fmt.Errorf("%s is not in the package", path)
	}
	var entries map[string]T
	if err := json.Unmarshal(content, &entries); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// inOrder are the entries in order of their names in lower case.
func inOrder[T any](m map[string]T) []T {
	var list []T
	for _, key := range sortedKeys(m) {
		list = append(list, m[key])
	}
	return list
}
