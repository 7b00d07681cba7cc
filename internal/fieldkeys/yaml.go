package fieldkeys

import (
	"fmt"
	"regexp"
)

// What the YAML parser says of values that do not fit, which names types of Go.
var (
	unknownField = regexp.MustCompile(`field (\S+) not found in type \S+`)
	wrongValue   = regexp.MustCompile("(?s)cannot construct !!\\w+ (`.*?`)? ?into (\\S+)")
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
		kind, ok := yamlKinds[m[2]]
		switch {
		case !ok:
			kind = "what belongs here"
		case m[1] == "":
			return fmt.Sprintf("this is not %s", kind)
		}
		return fmt.Sprintf("%s is not %s", m[1], kind)
	})
}
