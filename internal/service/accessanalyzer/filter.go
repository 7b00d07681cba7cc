package accessanalyzer

import (
	"slices"
	"strconv"
	"strings"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
)

// filter selects findings: by criteria that must all hold, by filter key.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
type filter map[string]analyzerapi.Criterion

// filterKeys are the keys besides those of principals and conditions.
var filterKeys = map[string]func(f *Finding) string{
	"id":                   func(f *Finding) string { return f.ID },
	"resource":             func(f *Finding) string { return f.Resource },
	"resourceType":         func(f *Finding) string { return string(f.ResourceType) },
	"resourceOwnerAccount": func(f *Finding) string { return f.Owner },
	"isPublic":             func(f *Finding) string { return strconv.FormatBool(f.Public) },
	"status":               func(f *Finding) string { return string(f.Status) },
	"error":                func(f *Finding) string { return f.Error },
	"findingType":          func(*Finding) string { return string(analyzerapi.FindingTypeExternalAccess) },
}

const (
	principalPrefix = "principal."
	conditionPrefix = "condition."
)

func isFilterKey(key string) bool {
	if filterKeys[key] != nil {
		return true
	}
	rest, ok := strings.CutPrefix(key, conditionPrefix)
	if !ok {
		return slices.Contains([]string{"principal.AWS", "principal.Federated", "principal.CanonicalUser"}, key)
	}
	return rest != ""
}

// checkFilter checks the filter of a request, which is its member of that name.
func checkFilter(f map[string]analyzerapi.Criterion, member string) error {
	if len(f) == 0 {
		return errField(member, "The filter has no criteria.")
	}
	return checkCriteria(f, member)
}

// checkCriteria is checkFilter for where there need not be any.
func checkCriteria(f map[string]analyzerapi.Criterion, member string) error {
	for key, c := range f {
		switch {
		case !isFilterKey(key):
			return errField(member, "The filter key %q is not valid.", key)
		case c.Eq == nil && c.Neq == nil && c.Contains == nil && c.Exists == nil:
			return errField(member, "The criterion for %q has no operator.", key)
		}
	}
	return nil
}

// matches reports whether a finding fulfils all criteria.
func (f filter) matches(finding *Finding) bool {
	for key, c := range f {
		if !holds(c, finding.value(key)) {
			return false
		}
	}
	return true
}

// holds compares a criterion with the value of its key, "" for one that is not
// there.
func holds(c analyzerapi.Criterion, value string) bool {
	if c.Exists != nil && *c.Exists != (value != "") {
		return false
	}
	if c.Eq != nil && !slices.Contains(c.Eq, value) {
		return false
	}
	if c.Neq != nil && slices.Contains(c.Neq, value) {
		return false
	}
	return c.Contains == nil || slices.ContainsFunc(c.Contains, func(part string) bool { return strings.Contains(value, part) })
}

// value is what a finding has under a filter key.
func (f *Finding) value(key string) string {
	if get := filterKeys[key]; get != nil {
		return get(f)
	}
	if kind, ok := strings.CutPrefix(key, principalPrefix); ok {
		return f.Principal[kind]
	}
	name := strings.TrimPrefix(key, conditionPrefix)
	for k, v := range f.Condition {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}
