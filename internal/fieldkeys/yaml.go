package fieldkeys

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// What the YAML parser says of values that do not fit, which names types of Go.
var (
	unknownField = regexp.MustCompile(`field (\S+) not found in type \S+`)
	wrongValue   = regexp.MustCompile("(?s)cannot construct !!\\w+ (`.*?`)? ?into (\\S+)(?: \\(TextUnmarshaler\\))?")
)

// yamlKinds are what those types are called in a configuration.
var yamlKinds = map[string]string{
	"bool": "true or false", "string": "text", "int": "a whole number", "time.Duration": "a duration such as 30s",
}

// PlainYAML says what the YAML parser says in words for who writes the file.
func PlainYAML(message string) string {
	message = unknownField.ReplaceAllString(message, `there is no setting "$1" here`)
	return wrongValue.ReplaceAllStringFunc(message, func(s string) string {
		m := wrongValue.FindStringSubmatch(s)
		return cmp.Or(m[1], "this") + " is not " + cmp.Or(yamlKinds[m[2]], "what belongs here")
	})
}

// yamlProblems are the problems of a YAML parser's error, each with its line.
func yamlProblems(err error) []error {
	var several *yaml.LoadErrors
	if !errors.As(err, &several) {
		return []error{errors.New(PlainYAML(err.Error()))}
	}
	var problems []error
	for _, e := range several.Errors {
		problems = append(problems, fmt.Errorf("line %d: %s", e.Mark.Line, PlainYAML(e.Message)))
	}
	return problems
}
