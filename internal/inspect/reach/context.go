package reach

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// ContextError says what is wrong with a condition key that was given.
type ContextError struct{ Given, Problem string }

func (e *ContextError) Error() string { return fmt.Sprintf("%q: %s", e.Given, e.Problem) }

// ParseContext reads condition keys of the form "aws:SourceIp=192.0.2.1". A key
// that is repeated has several values. The error is a *ContextError.
func ParseContext(given []string) (policy.Keys, error) {
	keys := make(policy.Keys)
	for _, pair := range given {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			return nil, &ContextError{pair, "not of the form key=value"}
		}
		if err := checkKey(pair, name); err != nil {
			return nil, err
		}
		if !fits(name, value) {
			return nil, &ContextError{pair, "the value is not of the type of the key"}
		}
		lower := strings.ToLower(name)
		keys[lower] = append(keys[lower], value)
	}
	return keys, nil
}

// ParseKeys reads names of condition keys.
func ParseKeys(names []string) ([]string, error) {
	var keys []string
	for _, name := range names {
		if err := checkKey(name, name); err != nil {
			return nil, err
		}
		keys = append(keys, strings.ToLower(name))
	}
	return keys, nil
}

func checkKey(given, name string) error {
	service, key, found := strings.Cut(name, ":")
	fixed, _, _ := strings.Cut(name, "/") // the key of a tag can have blanks
	if !found || service == "" || key == "" || strings.ContainsAny(fixed, " ") || strings.ContainsAny(name, "\t\r\n${}") {
		return &ContextError{given, "a condition key has the form service:name, such as aws:SourceIp"}
	}
	return nil
}

// operators are the operators that compare keys of a type of the Service
// Authorization Reference.
var operators = map[string]string{
	"bool": "Bool", "numeric": "NumericEquals", "date": "DateEquals", "ipaddress": "IpAddress", "binary": "BinaryEquals",
}

// fits reports whether a policy could compare the key with the value. Of a key
// that nobody knows every text is a value.
func fits(name, value string) bool {
	operator := ""
	if k := keyType(name); k != "" {
		operator = operators[strings.TrimPrefix(strings.ToLower(k), "arrayof")]
	}
	if operator == "" {
		return true
	}
	text, err := json.Marshal(value)
	if err != nil {
		return false
	}
	// In the first version of the language nothing is a variable.
	_, err = policy.Parse(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"`+operator+`":{"aws:x":`+string(text)+`}}}}`, policy.Identity)
	return err == nil
}

// keyType is the type of a condition key, "" for one that is not in the
// catalogue.
func keyType(name string) string {
	if strings.EqualFold(name, "aws:SourceIp") || strings.EqualFold(name, "aws:VpcSourceIp") {
		return "IPAddress"
	}
	if k := catalogue.Default().ConditionKey(name); k != nil {
		return k.Type
	}
	return ""
}

// ActionError says what is wrong with the name of an action.
type ActionError struct{ Action, Problem, Hint string }

func (e *ActionError) Error() string { return fmt.Sprintf("%s: %s", e.Action, e.Problem) }

// ParseAction gives the name of one action as the catalogue spells it; known is
// false when the catalogue does not have it. The error is an *ActionError.
func ParseAction(name string) (action string, known bool, err error) {
	service, operation, found := strings.Cut(name, ":")
	switch {
	case strings.ContainsAny(name, "*?"):
		return "", false, &ActionError{name, "wildcards stand for many actions, and the answer can differ", "fortlet iam actions '" + name + "' lists them"}
	case !found || service == "" || operation == "" || strings.ContainsAny(name, " \t\r\n\"") || strings.Contains(operation, ":"):
		return "", false, &ActionError{name, "an action has the form service:Action, such as s3:GetObject", "fortlet iam actions lists them"}
	}
	if a := catalogue.Default().Action(name); a != nil {
		return a.String(), true, nil
	}
	return name, false, nil
}

// AboutResource tells when no call asks what is asked, because the action is
// not done to such a resource; "" when it is.
func AboutResource(action, resource string) string {
	a := catalogue.Default().Action(action)
	if a == nil {
		return ""
	}
	var types []string
	for _, r := range a.Resources {
		if r.Type.Matches(resource) && resource != "*" {
			return ""
		}
		note(&types, r.Type.Name)
	}
	slices.Sort(types)
	switch list := strings.Join(types, ", "); {
	case len(types) == 0 && resource != "*":
		return action + ` is done to no resource: calls ask about "*"`
	case len(types) > 0 && resource == "*":
		return "no resource is named: only statements about all resources count, and no policy of a resource (" + action + " is done to: " + list + ")"
	case len(types) > 0:
		return action + " is done to: " + list + ". " + resource + " is none of these"
	}
	return ""
}
