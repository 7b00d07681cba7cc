package cloudtrail

import (
	"slices"
	"strconv"
	"strings"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// maxConditions is the quota of values in all the advanced selectors of a trail.
const maxConditions = 500

// The fields of events that advanced selectors ask for.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
const (
	fieldCategory     = "eventCategory"
	fieldReadOnly     = "readOnly"
	fieldName         = "eventName"
	fieldSource       = "eventSource"
	fieldType         = "eventType"
	fieldResourceType = "resources.type"
	fieldResourceARN  = "resources.ARN"
	fieldUser         = "userIdentity.arn"
	fieldConsole      = "sessionCredentialFromConsole"
)

// categoryFields are the fields that a selector may and must have besides the
// category.
var categoryFields = map[string]struct{ may, must []string }{
	audit.Management: {may: []string{fieldSource, fieldReadOnly, fieldName, fieldType, fieldUser, fieldConsole}},
	audit.Data: {
		may:  []string{fieldReadOnly, fieldName, fieldSource, fieldType, fieldResourceARN, fieldUser, fieldConsole},
		must: []string{fieldResourceType},
	},
}

// network is the category of events of VPC endpoints, of which there are none.
const network = "NetworkActivity"

// equalsOnly are the fields that know no operator but Equals.
var equalsOnly = []string{fieldCategory, fieldReadOnly, fieldResourceType}

func checkAdvanced(call *cloud.Call, list []cloudtrailapi.AdvancedEventSelector) error {
	values := 0
	for _, sel := range list {
		n, err := checkAdvancedSelector(call, sel)
		if err != nil {
			return err
		}
		values += n
	}
	if values > maxConditions {
		return errSelectors("The number of values for all conditions is %d. A trail can have up to %d.", values, maxConditions)
	}
	return nil
}

// checkAdvancedSelector checks one selector and counts its values.
func checkAdvancedSelector(call *cloud.Call, sel cloudtrailapi.AdvancedEventSelector) (values int, err error) {
	fields := map[string]*cloudtrailapi.AdvancedFieldSelector{}
	for i := range sel.FieldSelectors {
		f := &sel.FieldSelectors[i]
		if fields[*f.Field] != nil {
			return 0, errSelectors("The field %s is specified more than once.", *f.Field)
		}
		fields[*f.Field] = f
		n, err := checkField(f)
		if err != nil {
			return 0, err
		}
		values += n
	}
	if fields[fieldCategory] == nil {
		return 0, errSelectors("The field eventCategory is required.")
	}
	category := fields[fieldCategory].Equals[0]
	if category == network {
		return 0, notBuilt(call.Operation.Name + " with network activity events")
	}
	allowed, ok := categoryFields[category]
	if !ok {
		return 0, errSelectors("The value %s for eventCategory is not valid.", category)
	}
	for name := range fields {
		if name != fieldCategory && !slices.Contains(allowed.may, name) && !slices.Contains(allowed.must, name) {
			return 0, errSelectors("The field %s is not valid for the event category %s.", name, category)
		}
	}
	for _, name := range allowed.must {
		if fields[name] == nil {
			return 0, errSelectors("The field %s is required for the event category %s.", name, category)
		}
	}
	return values, nil
}

// checkField checks the operators of one field and counts its values.
func checkField(f *cloudtrailapi.AdvancedFieldSelector) (values int, err error) {
	for _, list := range [][]string{f.Equals, f.StartsWith, f.EndsWith, f.NotEquals, f.NotStartsWith, f.NotEndsWith} {
		values += len(list)
	}
	switch {
	case values == 0:
		return 0, errSelectors("The field %s has no operator.", *f.Field)
	case slices.Contains(equalsOnly, *f.Field) && (len(f.Equals) != 1 || values != 1):
		return 0, errSelectors("The field %s takes Equals with one value only.", *f.Field)
	case *f.Field == fieldReadOnly && f.Equals[0] != "true" && f.Equals[0] != "false":
		return 0, errSelectors("The value %s for readOnly is not valid.", f.Equals[0])
	}
	return values, nil
}

// selectsAdvanced reports whether an advanced selector chooses an event: whether
// the event meets every one of its fields.
func selectsAdvanced(sel *cloudtrailapi.AdvancedEventSelector, r *audit.Record) bool {
	for i := range sel.FieldSelectors {
		f := &sel.FieldSelectors[i]
		if !meets(f, fieldOf(*f.Field, sel, r)) {
			return false
		}
	}
	return true
}

// fieldOf are the values that a field has in an event. There is more than one
// where the event names several resources.
func fieldOf(name string, sel *cloudtrailapi.AdvancedEventSelector, r *audit.Record) []string {
	switch name {
	case fieldCategory:
		return []string{r.EventCategory}
	case fieldReadOnly:
		return []string{strconv.FormatBool(r.ReadOnly)}
	case fieldName:
		return []string{r.EventName}
	case fieldSource:
		return []string{r.EventSource}
	case fieldType:
		return []string{r.EventType}
	case fieldUser:
		return []string{r.UserIdentity.ARN}
	case fieldConsole:
		return []string{"false"} // there is no console to sign in to
	}
	return resourceField(name, sel, r)
}

// resourceField are the types of an event's resources, or the ARNs of those that
// have the type which the selector asks for.
func resourceField(name string, sel *cloudtrailapi.AdvancedEventSelector, r *audit.Record) (values []string) {
	wanted := ""
	for _, f := range sel.FieldSelectors {
		if *f.Field == fieldResourceType {
			wanted = f.Equals[0]
		}
	}
	for i := range r.Resources {
		res := &r.Resources[i]
		switch {
		case name == fieldResourceType:
			values = append(values, res.Type)
		case res.Type == wanted:
			values = append(values, nameOf(res))
		}
	}
	return values
}

// meets reports whether values meet the operators of a field: one of them one of
// the positive operators, if there are any, and none of them a negative one.
func meets(f *cloudtrailapi.AdvancedFieldSelector, values []string) bool {
	found := len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) == 0
	for _, v := range values {
		if oneOf(f.NotEquals, v, equals) || oneOf(f.NotStartsWith, v, strings.HasPrefix) || oneOf(f.NotEndsWith, v, strings.HasSuffix) {
			return false
		}
		found = found || oneOf(f.Equals, v, equals) || oneOf(f.StartsWith, v, strings.HasPrefix) || oneOf(f.EndsWith, v, strings.HasSuffix)
	}
	return found
}

func equals(a, b string) bool { return a == b }

// oneOf reports whether a value is in some relation to one of a list.
func oneOf(list []string, value string, is func(value, of string) bool) bool {
	return slices.ContainsFunc(list, func(of string) bool { return is(value, of) })
}
