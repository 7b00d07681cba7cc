package policy_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// This file is a second evaluator, slow and obvious, written from the pages of
// the IAM reference and sharing nothing with the first but the request types:
// decoded JSON, regular expressions, package net, big rationals and package
// time. TestAgreesWithReference compares the two.
//
//	https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
//	https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
//	https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
//	https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

// oneOrMany is a string or a list of strings, numbers and booleans.
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(data []byte) error {
	var v any
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	many, ok := v.([]any)
	if !ok {
		many = []any{v}
	}
	*o = oneOrMany{}
	for _, one := range many {
		*o = append(*o, fmt.Sprint(one))
	}
	return nil
}

type refStatement struct {
	Effect                  string
	Action, NotAction       oneOrMany
	Resource, NotResource   oneOrMany
	Principal, NotPrincipal any
	Condition               map[string]map[string]oneOrMany
}

type refDocument struct {
	Version   string
	Statement []refStatement
}

// reference evaluates one document for one request.
type reference struct {
	doc     refDocument
	request *policy.Request
	keys    map[string][]string // by names in lower case
}

func newReference(doc string) reference {
	var ref reference
	if err := json.Unmarshal([]byte(doc), &ref.doc); err != nil {
		panic(err)
	}
	return ref
}

func (ref reference) evaluate(r *policy.Request) policy.Verdict {
	ref.request, ref.keys = r, map[string][]string{}
	keys, _ := r.Context.(policy.Keys)
	for k, v := range keys {
		ref.keys[strings.ToLower(k)] = v
	}
	verdict := policy.Verdict{Statement: -1}
	for i, s := range ref.doc.Statement {
		via, ok := ref.matches(s)
		switch {
		case !ok:
		case s.Effect == "Deny" && verdict.Effect != policy.Deny:
			verdict = policy.Verdict{Effect: policy.Deny, Statement: i}
		case s.Effect == "Allow" && verdict.Effect == policy.NoMatch:
			verdict = policy.Verdict{Effect: policy.Allow, Statement: i, Via: via}
		case s.Effect == "Allow" && verdict.Effect == policy.Allow:
			verdict.Via |= via
		}
	}
	return verdict
}

func (ref reference) matches(s refStatement) (policy.Via, bool) {
	action := func(pattern string) bool {
		return regexFor(markWildcards(pattern), "(?is)").MatchString(ref.request.Action)
	}
	if s.Action != nil && !slices.ContainsFunc(s.Action, action) ||
		s.NotAction != nil && slices.ContainsFunc(s.NotAction, action) {
		return 0, false
	}
	if s.Resource != nil && !ref.anyResource(s.Resource, s.Effect, false) ||
		s.NotResource != nil && !ref.anyResource(s.NotResource, s.Effect, true) {
		return 0, false
	}
	for operator, byKey := range s.Condition {
		for key, values := range byKey {
			if !ref.condition(operator, key, values, s.Effect) {
				return 0, false
			}
		}
	}
	return ref.principal(s)
}

// The wildcards of a pattern are marked by two private characters, so that the
// value of a variable can hold a literal * or ?.
const many, one = "\uE000", "\uE001"

var (
	marker   = strings.NewReplacer("*", many, "?", one)
	unmarker = strings.NewReplacer(many, ".*", one, ".")
)

func markWildcards(s string) string { return marker.Replace(s) }

var regexes = map[string]*regexp.Regexp{}

func regexFor(marked, flags string) *regexp.Regexp {
	re := regexes[flags+marked]
	if re == nil {
		re = regexp.MustCompile(flags + "^" + unmarker.Replace(regexp.QuoteMeta(marked)) + "$")
		regexes[flags+marked] = re
	}
	return re
}

var variable = regexp.MustCompile(`(?s)\$\{([^,}]*)(?:, *'(.*?)')?\}`)

// expand replaces variables by their values. Wildcards outside of them are
// marked where the operator has any.
func (ref reference) expand(s string, wildcards bool) (marked string, ok bool) {
	mark := func(s string) string {
		if wildcards {
			return markWildcards(s)
		}
		return s
	}
	if ref.doc.Version != "2012-10-17" {
		return mark(s), true
	}
	last := 0
	for _, m := range variable.FindAllStringSubmatchIndex(s, -1) {
		marked += mark(s[last:m[0]])
		last = m[1]
		key := s[m[2]:m[3]]
		values := ref.keys[strings.ToLower(key)]
		switch {
		case key == "*" || key == "?" || key == "$":
			marked += key
		case len(values) == 1:
			marked += values[0]
		case len(values) == 0 && m[4] >= 0:
			marked += s[m[4]:m[5]]
		default:
			return "", false
		}
	}
	return marked + mark(s[last:]), true
}

func (ref reference) hasVariable(s string) bool {
	return ref.doc.Version == "2012-10-17" && slices.ContainsFunc(variable.FindAllStringSubmatch(s, -1), func(m []string) bool {
		return !slices.Contains([]string{"*", "?", "$"}, m[1])
	})
}

// anyResource reports whether a Resource element, or a NotResource element if
// negated, is fulfilled.
func (ref reference) anyResource(patterns []string, effect string, negated bool) bool {
	unresolved := false
	for _, p := range patterns {
		parts := strings.SplitN(p, ":", 6)
		if len(parts) < 6 {
			marked := markWildcards(p)
			if !strings.HasSuffix(p, "*") {
				marked += ":" + many
			}
			if regexFor(marked, "(?s)").MatchString(ref.request.Resource) {
				return !negated
			}
			continue
		}
		last, ok := ref.expand(parts[5], true)
		if !ok {
			unresolved = true
			continue
		}
		for i := range 5 {
			parts[i] = markWildcards(parts[i])
		}
		parts[5] = last
		if arnMatches(parts, ref.request.Resource) {
			return !negated
		}
	}
	return negated && (!unresolved || effect == "Deny")
}

// arnMatches compares the parts of a pattern with those of an ARN; a pattern of
// fewer parts has the rest of the ARN as its last.
func arnMatches(marked []string, arn string) bool {
	parts := strings.SplitN(arn, ":", len(marked))
	if len(parts) != len(marked) {
		return false
	}
	for i := range parts {
		if !regexFor(marked[i], "(?s)").MatchString(parts[i]) {
			return false
		}
	}
	return true
}

func (ref reference) condition(operator, key string, policyValues []string, effect string) bool {
	name := strings.ToLower(operator)
	name, forAll := strings.CutPrefix(name, "forallvalues:")
	name, forAny := strings.CutPrefix(name, "foranyvalue:")
	name, ifExists := strings.CutSuffix(name, "ifexists")
	values, present := ref.keys[strings.ToLower(key)]
	if name == "null" {
		isNull := len(values) == 0
		return slices.ContainsFunc(policyValues, func(v string) bool {
			return strings.EqualFold(v, fmt.Sprint(isNull))
		})
	}
	if ifExists && !present {
		return true
	}
	negated := strings.Contains(name, "not")
	holds := func(value string) bool {
		unresolved := false
		for _, p := range policyValues {
			equal, ok := ref.compare(strings.Replace(name, "not", "", 1), p, value)
			if equal {
				return !negated
			}
			unresolved = unresolved || !ok
		}
		return negated && (!unresolved || effect == "Deny")
	}
	trues := 0
	for _, v := range values {
		if holds(v) {
			trues++
		}
	}
	if forAll || !forAny && negated {
		return trues == len(values)
	}
	return trues > 0
}

// compare answers whether an operator, without its negation, accepts one value
// of the policy with one of the request; not ok if a variable has no value.
func (ref reference) compare(name, policyValue, value string) (equal, ok bool) {
	switch {
	case name == "binaryequals":
		data, _ := base64.StdEncoding.DecodeString(policyValue)
		return base64.StdEncoding.EncodeToString(data) == value, true
	case name == "ipaddress":
		return addressIn(policyValue, value), true
	case strings.HasPrefix(name, "numeric"):
		p, _ := rational(policyValue)
		v, isNumber := rational(value)
		return isNumber && ordered(strings.TrimPrefix(name, "numeric"), v.Cmp(p)), true
	case strings.HasPrefix(name, "date"):
		p, _ := date(policyValue)
		v, isDate := date(value)
		return isDate && ordered(strings.TrimPrefix(name, "date"), v.Compare(p)), true
	}
	wildcards := name == "stringlike" || strings.HasPrefix(name, "arn")
	marked, ok := ref.expand(policyValue, wildcards)
	if !ok {
		return false, name == "bool" && !isBool(value)
	}
	switch name {
	case "stringequals":
		return marked == value, true
	case "stringequalsignorecase":
		return strings.EqualFold(marked, value), true
	case "bool":
		return isBool(value) && strings.EqualFold(marked, value), true
	case "stringlike":
		return regexFor(marked, "(?s)").MatchString(value), true
	}
	parts := strings.SplitN(marked, ":", 6)
	if len(parts) < 6 && (!strings.HasSuffix(policyValue, "*") || ref.hasVariable(policyValue)) {
		return strings.Count(value, ":") == len(parts)-1 && arnMatches(parts, value), true
	}
	return arnMatches(parts, value), true
}

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

func ordered(relation string, cmp int) bool {
	switch relation {
	case "equals":
		return cmp == 0
	case "lessthan":
		return cmp < 0
	case "lessthanequals":
		return cmp <= 0
	case "greaterthan":
		return cmp > 0
	case "greaterthanequals":
		return cmp >= 0
	}
	panic(relation)
}

var decimalForm = regexp.MustCompile(`^[+-]?\d+(\.\d+)?$`)

func rational(s string) (*big.Rat, bool) {
	if !decimalForm.MatchString(s) {
		return new(big.Rat), false
	}
	return new(big.Rat).SetString(s)
}

// date reads the forms that the generator writes.
func date(s string) (time.Time, bool) {
	if decimalForm.MatchString(s) && !strings.ContainsAny(s, ".+-") {
		seconds, err := strconv.ParseInt(s, 10, 64)
		return time.Unix(seconds, 0), err == nil
	}
	if year, err := strconv.Atoi(s); err == nil && year < 0 {
		return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02", "2006-01",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func addressIn(block, address string) bool {
	ip := net.ParseIP(address)
	if ip == nil {
		return false
	}
	if !strings.Contains(block, "/") {
		return net.ParseIP(block).Equal(ip)
	}
	_, network, err := net.ParseCIDR(block)
	return err == nil && network.Contains(ip) && (ip.To4() != nil) == (network.IP.To4() != nil)
}

func (ref reference) principal(s refStatement) (policy.Via, bool) {
	switch {
	case s.Principal != nil:
		via := ref.named(s.Principal)
		return via, via != 0
	case s.NotPrincipal == nil:
		return policy.ViaNone, true
	}
	via := ref.named(s.NotPrincipal)
	if s.Effect == "Allow" {
		return policy.ViaAnyone, via == 0
	}
	// Everything that the caller acts through must be listed to be spared:
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
	var chain []policy.Via
	if ref.request.Principal.Bounded {
		return 0, true // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
	}
	switch ref.request.Principal.Type {
	case policy.Root:
		chain = []policy.Via{policy.ViaAccount}
	case policy.User:
		chain = []policy.Via{policy.ViaAccount, policy.ViaUser}
	case policy.AssumedRole:
		chain = []policy.Via{policy.ViaAccount, policy.ViaRole, policy.ViaSession}
	case policy.FederatedUser:
		chain = []policy.Via{policy.ViaAccount, policy.ViaSession}
	case policy.ServicePrincipal:
		chain = []policy.Via{policy.ViaService}
	case policy.Federated:
		chain = []policy.Via{policy.ViaFederated}
	case policy.CanonicalUser:
		chain = []policy.Via{policy.ViaCanonical}
	default:
		chain = []policy.Via{policy.ViaAnyone}
	}
	for _, link := range chain {
		named := via&link != 0 || via&policy.ViaAnyone != 0 || link == policy.ViaAccount && via&policy.ViaCanonical != 0
		if !named {
			return 0, true
		}
	}
	return 0, false
}

// named collects how an element names the caller.
func (ref reference) named(element any) (via policy.Via) {
	byKind, ok := element.(map[string]any)
	if !ok {
		return policy.ViaAnyone
	}
	for kind, values := range byKind {
		list, ok := values.([]any)
		if !ok {
			list = []any{values}
		}
		for _, v := range list {
			via |= ref.namedBy(kind, v.(string))
		}
	}
	return via
}

func (ref reference) namedBy(kind, v string) policy.Via {
	p := ref.request.Principal
	ofAccount := slices.Contains([]policy.PrincipalType{policy.Root, policy.User, policy.AssumedRole, policy.FederatedUser}, p.Type)
	switch {
	case kind == "AWS" && v == "*":
		return policy.ViaAnyone
	case kind == "AWS" && ofAccount && (v == p.Account || v == "arn:aws:iam::"+p.Account+":root"):
		return policy.ViaAccount
	case kind == "AWS" && p.Type == policy.User && (v == p.ARN || v == p.ID),
		kind == "AWS" && p.Type == policy.FederatedUser && (v == p.UserARN || v == p.UserID):
		return policy.ViaUser
	case kind == "AWS" && p.Type == policy.AssumedRole && (v == p.RoleARN || v == strings.Split(p.ID, ":")[0]):
		return policy.ViaRole
	case kind == "AWS" && (p.Type == policy.AssumedRole || p.Type == policy.FederatedUser) && (v == p.ARN || v == p.ID):
		return policy.ViaSession
	case kind == "Service" && p.Type == policy.ServicePrincipal && (v == p.Service || v == "*"):
		return policy.ViaService
	case kind == "Federated" && p.Type == policy.Federated && v == p.Federated:
		return policy.ViaFederated
	case kind == "CanonicalUser" && v == p.CanonicalUser:
		return policy.ViaCanonical
	}
	return 0
}
