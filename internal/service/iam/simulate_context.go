package iam

import (
	"encoding/json"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/policy"
)

// simulatedUserID is the value of aws:userid when nobody in particular calls.
const simulatedUserID = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"

// simulatedKeys are the condition keys of a simulated request: those that the
// entries give, and what follows from who calls. Nothing of the real request
// is among them.
func simulatedKeys(entries []iamapi.ContextEntry, caller simulatedCaller) (policy.Keys, error) {
	keys := make(policy.Keys)
	for i := range entries {
		name, values, err := readEntry(&entries[i])
		if err != nil {
			return nil, err
		}
		if _, twice := keys[name]; twice {
			return nil, iamapi.ErrInvalidInput("Context key %s is given more than once.", value(entries[i].ContextKeyName))
		}
		keys[name] = values
	}
	for name, value := range caller.keys() {
		if _, given := keys[name]; !given {
			keys[name] = []string{value}
		}
	}
	return keys, nil
}

// readEntry checks one entry and gives its key in lower case.
func readEntry(e *iamapi.ContextEntry) (name string, values []string, err error) {
	name = value(e.ContextKeyName)
	if !strings.Contains(name, ":") {
		return "", nil, iamapi.ErrInvalidInput("Context key name %q has no service prefix.", name)
	}
	typ, list := strings.CutSuffix(string(e.ContextKeyType), "List")
	if typ != "" && !list && len(e.ContextKeyValues) != 1 {
		return "", nil, iamapi.ErrInvalidInput("Context key %s of type %s must have one value.", name, typ)
	}
	for _, v := range e.ContextKeyValues {
		if !validValue(typ, v) {
			return "", nil, iamapi.ErrInvalidInput("Value %q of context key %s is not of type %s.", v, name, typ)
		}
	}
	return strings.ToLower(name), e.ContextKeyValues, nil
}

// operators are the condition operators that take values of a type.
var operators = map[string]string{
	"numeric": "NumericEquals",
	"boolean": "Bool",
	"ip":      "IpAddress",
	"binary":  "BinaryEquals",
	"date":    "DateEquals",
}

// validValue reports whether a value is of a context key type, which it is
// when a policy may compare such a key with it. The document is one of the old
// version of the language, in which nothing is a variable.
func validValue(typ, value string) bool {
	operator, restricted := operators[typ]
	if !restricted {
		return true
	}
	quoted, err := json.Marshal(value)
	if err != nil {
		return false
	}
	_, err = policy.Parse(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"`+
		operator+`":{"aws:x":`+string(quoted)+`}}}}`, policy.Identity)
	return err == nil
}
