package wire

import (
	"reflect"

	"github.com/fortlet/fortlet/internal/api"
)

// AWS Organizations has no ValidationException. What breaks the model is an
// InvalidInputException with the reason for it, of those that the reference
// lists, and says so in a sentence that tells neither member nor value.
//
// See https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html#API_CreatePolicy_Errors

func invalidInput(reason, message string) *api.Error {
	e := api.Errorf("InvalidInputException", 400, "%s", message)
	e.Fields = map[string]any{"Reason": reason}
	return e
}

// validateOrganizations checks an input and tells the first thing that is wrong.
func validateOrganizations(plan *structure, in reflect.Value) error {
	if e := faultOrganizations(plan, in); e != nil {
		return e
	}
	return nil
}

func faultOrganizations(plan *structure, v reflect.Value) *api.Error {
	for _, i := range plan.checks {
		m := &plan.members[i]
		f := v.Field(m.index)
		if m.absent(f) {
			if m.tag.Required {
				return invalidInput("INPUT_REQUIRED", "You must include a value for all required parameters.")
			}
			continue
		}
		if e := valueFaultOrganizations(m.name, &m.shape, m.deref(f)); e != nil {
			return e
		}
	}
	return nil
}

func valueFaultOrganizations(name string, s *shape, v reflect.Value) *api.Error {
	switch {
	case s.kind == kindStruct:
		return faultOrganizations(s.fields, v)
	case len(s.broken(v, true)) > 0:
		return s.faultOrganizations(name, v)
	case s.kind == kindList && s.checked:
		for i := range v.Len() {
			if s.elem.kind != kindStruct && len(s.elem.broken(v.Index(i), true)) > 0 {
				return invalidInput("INVALID_LIST_MEMBER", "You provided a list to a parameter that contains at least one invalid value.")
			}
			if e := valueFaultOrganizations(name, s.elem, v.Index(i)); e != nil {
				return e
			}
		}
	}
	return nil
}

// faultOrganizations names what a value breaks.
func (s *shape) faultOrganizations(name string, v reflect.Value) *api.Error {
	number := s.kind == kindInt || s.kind == kindFloat
	size := s.size
	switch {
	case s.kind == kindEnum && (name == "PolicyType" || name == "Type" || name == "Filter"):
		return invalidInput("INVALID_ENUM_POLICY_TYPE", "You specified an invalid value.")
	case s.kind == kindEnum:
		return invalidInput("INVALID_ENUM", "You specified an invalid value.")
	case s.tag.Max != nil && size(v) > *s.tag.Max && number:
		return invalidInput("MAX_VALUE_EXCEEDED", "You provided a numeric parameter that has a larger value than allowed.")
	case s.tag.Max != nil && size(v) > *s.tag.Max:
		return invalidInput("MAX_LENGTH_EXCEEDED", "You provided a string parameter that is longer than allowed.")
	case s.tag.Min != nil && size(v) < *s.tag.Min && number:
		return invalidInput("MIN_VALUE_EXCEEDED", "You provided a numeric parameter that has a smaller value than allowed.")
	case s.tag.Min != nil && size(v) < *s.tag.Min:
		return invalidInput("MIN_LENGTH_EXCEEDED", "You provided a string parameter that is shorter than allowed.")
	case name == "TargetId":
		return invalidInput("INVALID_PATTERN_TARGET_ID", "You specified a policy target ID that does not match the required pattern.")
	}
	return invalidInput("INVALID_PATTERN", "You provided a value that does not match the required pattern.")
}
