package diff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// WriteReference writes a catalogue in the form of the file that iamctl init
// makes of the AWS Policy Generator's: serviceMap, by the services' names, with
// StringPrefix, Actions, ARNFormat and ARNRegex.
func WriteReference(c *catalogue.Catalogue) ([]byte, error) {
	type entry struct {
		StringPrefix string
		Actions      []string
		ARNFormat    string `json:",omitempty"`
		ARNRegex     string `json:",omitempty"`
		HasResource  bool
	}
	services := make(map[string]entry)
	for _, s := range c.Services {
		e := entry{StringPrefix: s.Prefix, Actions: []string{}, HasResource: len(s.ResourceTypes) > 0}
		for i := range s.Actions {
			e.Actions = append(e.Actions, s.Actions[i].Name)
		}
		e.ARNFormat, e.ARNRegex = arnsOf(s)
		name := s.Name
		if _, taken := services[name]; taken {
			name = fmt.Sprintf("%s (%s)", s.Name, s.Prefix)
		}
		services[name] = e
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(map[string]any{"serviceMap": services})
	return b.Bytes(), err
}

// arnsOf is the ARN of a service's first resource type, and the expression for
// all of its ARNs. Some services act on resources of others: Systems Manager on
// instances of EC2.
func arnsOf(s *catalogue.Service) (format, regex string) {
	var segments []string
	for i := range s.ResourceTypes {
		for _, arn := range s.ResourceTypes[i].ARNs {
			parts := strings.SplitN(arn, ":", 4)
			if len(parts) < 4 || strings.ContainsAny(parts[2], "$*?") {
				continue
			}
			if format == "" {
				format = arn
			}
			if !slices.Contains(segments, parts[2]) {
				segments = append(segments, parts[2])
			}
		}
	}
	switch len(segments) {
	case 0:
		return "", ""
	case 1:
		return format, "^arn:[a-z*-]+:" + segments[0] + ":.+"
	}
	slices.Sort(segments)
	return format, "^arn:[a-z*-]+:(?:" + strings.Join(segments, "|") + "):.+"
}
