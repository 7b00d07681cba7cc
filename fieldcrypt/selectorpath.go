package fieldcrypt

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// parseJSONPath reads the part of RFC 9535 that selects by place: names,
// indexes from 0, wildcards and descent.
func parseJSONPath(text string) ([]body.Step, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, errors.New("a JSON path begins with $")
	}
	var steps []body.Step
	for rest != "" {
		var step body.Step
		var err error
		switch {
		case strings.HasPrefix(rest, ".."):
			steps = append(steps, body.Step{Kind: body.Descend})
			if rest = rest[2:]; strings.HasPrefix(rest, "[") {
				step, rest, err = jsonBracket(rest)
			} else {
				step, rest, err = jsonWord(rest)
			}
		case rest[0] == '.':
			step, rest, err = jsonWord(rest[1:])
		case rest[0] == '[':
			step, rest, err = jsonBracket(rest)
		default:
			err = fmt.Errorf("%q is not a step of a path", rest)
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// jsonWord reads a name or a wildcard after a dot.
func jsonWord(text string) (body.Step, string, error) {
	end := strings.IndexAny(text, ".[")
	if end < 0 {
		end = len(text)
	}
	word, rest := text[:end], text[end:]
	if word == "*" {
		return body.Step{Kind: body.Any}, rest, nil
	}
	if strings.ContainsAny(word, "*]'\"?()@ ") {
		return body.Step{}, "", fmt.Errorf("name %q has to stand in brackets and quotes", word)
	}
	return body.Step{Name: word}, rest, checkStep(word)
}

// jsonBracket reads an index, a wildcard or a quoted name in brackets.
func jsonBracket(text string) (body.Step, string, error) {
	if len(text) > 1 && (text[1] == '\'' || text[1] == '"') {
		name, rest, ok := strings.Cut(text[2:], text[1:2]+"]")
		if !ok || strings.ContainsAny(name, `\`) {
			return body.Step{}, "", fmt.Errorf("%q does not end with %c], or has an escape", text, text[1])
		}
		return body.Step{Name: name}, rest, checkStep(name)
	}
	inner, rest, ok := strings.Cut(text[1:], "]")
	if !ok {
		return body.Step{}, "", fmt.Errorf("%q has no closing bracket", text)
	}
	if inner == "*" {
		return body.Step{Kind: body.Any}, rest, nil
	}
	n, err := strconv.ParseUint(inner, 10, 31)
	if err != nil {
		return body.Step{}, "", fmt.Errorf("[%s] is not an index, [*] or ['name']", inner)
	}
	return body.Step{Kind: body.Index, Index: int(n)}, rest, nil
}

// checkStep refuses names that would be alike with all, or are not text.
func checkStep(name string) error {
	if !utf8.ValidString(name) || len(body.AppendFold(nil, []byte(name))) == 0 {
		return fmt.Errorf("name %q has no letters or digits", name)
	}
	return nil
}

// parseXMLPath reads the part of XPath that selects by place.
func parseXMLPath(text string) ([]body.Step, error) {
	if !strings.HasPrefix(text, "/") {
		return nil, errors.New("an XML path begins with / or //")
	}
	var steps []body.Step
	for rest := text; rest != ""; {
		if strings.HasPrefix(rest, "//") {
			steps = append(steps, body.Step{Kind: body.Descend})
			rest = rest[1:]
		}
		name := rest[1:]
		if i := strings.IndexByte(name, '/'); i >= 0 {
			name = name[:i]
		}
		rest = rest[1+len(name):]
		step, err := xmlStep(name, rest == "")
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// xmlStep reads one name. An attribute has to be the last.
func xmlStep(name string, last bool) (body.Step, error) {
	if name == "*" {
		return body.Step{Kind: body.AnyElement}, nil
	}
	local, attribute := strings.CutPrefix(name, "@")
	switch {
	case attribute && !last:
		return body.Step{}, fmt.Errorf("attribute %s has nothing in it", name)
	case strings.Contains(local, ":"):
		return body.Step{}, fmt.Errorf("name %q: names are compared without prefixes", name)
	case local == "" || strings.ContainsAny(local, "@*[]()'\"=| "):
		return body.Step{}, fmt.Errorf("%q is not a name", name)
	}
	return body.Step{Name: name}, checkStep(local)
}
