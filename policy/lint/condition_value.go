package lint

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/policy/catalogue"
)

var (
	typeMismatch             = define(Warning, "TYPE_MISMATCH", "Use the operator type %s instead of operator %s for the condition key %s.")
	stringLikeWithARN        = define(SecurityWarning, "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", "Use the operator type %s instead of operator %s for the condition key %s.")
	typeMismatchBoolean      = define(Warning, "TYPE_MISMATCH_BOOLEAN", "Add a valid Boolean value (true or false) for the condition operator %s.")
	typeMismatchDate         = define(Warning, "TYPE_MISMATCH_DATE", "The date condition operator is used with an invalid value. Specify a valid date using YYYY-MM-DD or other ISO 8601 date/time format.")
	typeMismatchNumber       = define(Warning, "TYPE_MISMATCH_NUMBER", "Add a valid numeric value for the condition operator %s.")
	typeMismatchString       = define(Warning, "TYPE_MISMATCH_STRING", "Add a valid base64-encoded string value for the condition operator %s.")
	invalidDateValue         = define(Warning, "INVALID_DATE_VALUE", "The date %s might not resolve as expected. We recommend that you use the YYYY-MM-DD format.")
	invalidMultipleBoolean   = define(Error, "INVALID_CONDITION_MULTIPLE_BOOLEAN", "The condition key does not support multiple Boolean values. Use a single Boolean value.")
	wildcardWithoutLike      = define(Warning, "WILDCARD_WITHOUT_LIKE_OPERATOR", "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator to include Like.")
	invalidRegion            = define(Error, "INVALID_REGION", "The Region %s is not valid. Update the condition value to a supported Region.")
	invalidVPCFormat         = define(Error, "INVALID_VPC_FORMAT", "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters.")
	invalidVPCEFormat        = define(Error, "INVALID_VPCE_FORMAT", "The VPCE identifier in the condition key value is not valid.  Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters.")
	invalidKMSKeyValue       = define(Error, "INVALID_KMS_KEY_VALUE", "The %s condition key value must be a valid KMS key ARN.")
	redundantConditionNumber = define(Suggestion, "REDUNDANT_CONDITION_VALUE_NUM", "Multiple values in %s are redundant. Replace with the %s single value for %s.")
)

// checkValues looks at what a key is compared with.
func (l *linter) checkValues(s *statement, c *condition, key *catalogue.ConditionKey) {
	l.checkFamily(c, key)
	for _, v := range c.values {
		if !variable(v.text) {
			l.checkValue(c, v)
		}
	}
	if boolean := c.operator.family == boolFamily || c.operator.family == nullFamily; boolean && len(c.values) > 1 {
		l.report(invalidMultipleBoolean, c.place)
	}
	l.checkNumbers(c)
	l.checkAddresses(c)
	l.checkWildcards(s, c)
}

// checkFamily compares the operator's type with the key's.
func (l *linter) checkFamily(c *condition, key *catalogue.ConditionKey) {
	wanted := familyOf(key)
	clock := c.is("aws:EpochTime") && c.operator.family == numericFamily // seconds, or a date
	if strings.Contains(key.Name, "${") && c.operator.family == arnFamily {
		return // kms:EncryptionContext:… may well be an ARN
	}
	if wanted == "" || c.operator.family == wanted || c.operator.family == nullFamily || clock {
		return
	}
	if wanted == arnFamily && c.operator.family == stringFamily && c.operator.like {
		l.report(stringLikeWithARN, c.keyPlace, "ArnLike", c.name, c.key)
		return
	}
	l.report(typeMismatch, c.keyPlace, wanted, c.name, c.key)
}

// familyOf is the type of operators for a key, nothing where any will do.
func familyOf(key *catalogue.ConditionKey) family {
	switch strings.TrimPrefix(key.Type, "ArrayOf") {
	case "String":
		return stringFamily
	case "ARN":
		return arnFamily
	case "Bool":
		return boolFamily
	case "Numeric":
		return numericFamily
	case "Date":
		return dateFamily
	case "IPAddress":
		return ipFamily
	}
	return ""
}

var (
	vpcID  = regexp.MustCompile(`^vpc-([0-9a-zA-Z]{8}|[0-9a-zA-Z]{17})$`)
	vpceID = regexp.MustCompile(`^vpce-([0-9a-zA-Z]{8}|[0-9a-zA-Z]{17})$`)
	keyARN = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$`)
	via    = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$`)
)

// checkValue looks at one value that has no variable.
func (l *linter) checkValue(c *condition, v value) {
	switch c.operator.family {
	case boolFamily, nullFamily:
		if !strings.EqualFold(v.text, "true") && !strings.EqualFold(v.text, "false") {
			l.report(typeMismatchBoolean, v.place, c.name)
		}
	case numericFamily:
		if _, err := strconv.ParseFloat(v.text, 64); err != nil {
			l.report(typeMismatchNumber, v.place, c.name)
		}
	case dateFamily:
		l.checkDate(v)
	case binaryFamily:
		if _, err := base64.StdEncoding.DecodeString(v.text); err != nil {
			l.report(typeMismatchString, v.place, c.name)
		}
	case stringFamily:
		if !c.operator.like && wildcard(v.text) {
			l.report(wildcardWithoutLike, v.place)
		} else if !wildcard(v.text) {
			l.checkText(c, v)
		}
	}
}

func (l *linter) checkDate(v value) {
	if v.text != "" && strings.Trim(v.text, "0123456789") == "" && len(v.text) != 4 {
		l.report(invalidDateValue, v.place, v.text)
		return
	}
	for _, layout := range []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"} {
		if _, err := time.Parse(layout, v.text); err == nil {
			return
		}
	}
	l.report(typeMismatchDate, v.place)
}

// checkText looks at the values of keys that only take certain ones.
func (l *linter) checkText(c *condition, v value) {
	switch {
	case c.is("aws:RequestedRegion"):
		if !slices.Contains(regions, v.text) && !strings.HasSuffix(v.text, "-global") {
			l.report(invalidRegion, v.place, v.text)
		}
	case c.is("aws:SourceVpc"):
		if !vpcID.MatchString(v.text) {
			l.report(invalidVPCFormat, v.place)
		}
	case c.is("aws:SourceVpce"):
		if !vpceID.MatchString(v.text) {
			l.report(invalidVPCEFormat, v.place)
		}
	case c.is("s3:x-amz-server-side-encryption-aws-kms-key-id"):
		if !keyARN.MatchString(v.text) {
			l.report(invalidKMSKeyValue, v.place, c.key)
		}
	case c.is("kms:ViaService"):
		if !via.MatchString(v.text) || strings.Count(v.text, ".") < 3 {
			l.report(invalidServicePrincipalFormat, v.place, "service-name.AWS_region.amazonaws.com")
		}
	case c.is("iam:PassedToService"), c.is("iam:AWSServiceName"), c.is("aws:CalledVia"), c.is("aws:CalledViaFirst"), c.is("aws:CalledViaLast"), c.is("aws:PrincipalServiceName"):
		if !servicePrincipal.MatchString(v.text) {
			l.report(invalidServicePrincipalFormat, v.place, "service-name.amazonaws.com")
		}
	}
}

// checkNumbers reports bounds of which one says what the others do.
func (l *linter) checkNumbers(c *condition) {
	if c.operator.family != numericFamily || len(c.values) < 2 {
		return
	}
	switch {
	case strings.Contains(c.operator.base, "less"):
		l.report(redundantConditionNumber, c.place, c.name, "greatest", c.key)
	case strings.Contains(c.operator.base, "greater"):
		l.report(redundantConditionNumber, c.place, c.name, "least", c.key)
	}
}
