package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// reworded says the same otherwise: each action in a statement of its own, the
// statements in the opposite order, and some that say again what others say.
// A comparison of texts finds it different, one of what is allowed does not.
func reworded(text string) string {
	var d struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		panic(err) // the text is ours
	}
	var split []map[string]any
	for _, s := range d.Statement {
		actions, ok := s["Action"].([]any)
		if !ok {
			actions = []any{s["Action"]}
		}
		for _, action := range actions {
			one := map[string]any{"Action": action}
			for key, value := range s {
				if key != "Action" && key != "Sid" { // a Sid is there once
					one[key] = value
				}
			}
			split = append(split, one)
			if resource, ok := one["Resource"].(string); ok && strings.HasSuffix(resource, "/*") && one["Effect"] == "Allow" {
				again := maps.Clone(one)
				again["Resource"] = strings.TrimSuffix(resource, "*") + "example/*"
				split = append(split, again)
			}
		}
	}
	slices.Reverse(split)
	d.Statement = split
	out, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return string(out)
}
