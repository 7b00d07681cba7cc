package leastprivilege

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// text is a JSON value as a policy would compare it, "" where it is no scalar.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	case []any: // CloudTrail has the query parameters of S3 as lists of one
		if len(v) == 1 {
			return text(v[0])
		}
	}
	return ""
}

// walk goes through the texts of a JSON value, each with the name of the
// nearest member that it is in, in lower case, and how deep that is.
func walk(v any, name string, depth int, visit func(name, value string, depth int)) {
	switch v := v.(type) {
	case string:
		visit(name, v, depth)
	case []any:
		for _, e := range v {
			walk(e, name, depth, visit)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(v[k], strings.ToLower(k), depth+1, visit)
		}
	}
}

// named are the values of a member, wherever it is. One with a name that could
// mean anything counts only at the top.
func (r *Record) named(member string) (values []string) {
	walk(r.params(), "", 0, func(name, value string, depth int) {
		if name == member && (depth == 1 || !vague[member]) && value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	})
	return values
}

var vague = map[string]bool{"name": true, "names": true, "id": true, "ids": true, "type": true, "key": true, "value": true, "path": true}

// arns are the ARNs that a record names: as its resources, and in its
// parameters.
func (r *Record) arns() (list []string) {
	add := func(arn string) {
		if strings.HasPrefix(arn, "arn:") && !slices.Contains(list, arn) {
			list = append(list, arn)
		}
	}
	for _, res := range r.Resources {
		add(res.ARN)
	}
	walk(r.params(), "", 0, func(_, value string, _ int) { add(value) })
	return list
}

// made reports an ARN whose last part the call itself has made: it stands in
// the answer and not in the request. The next such call makes another one.
func (r *Record) made(arn string) bool {
	id := arn[strings.LastIndexAny(arn, ":/")+1:]
	return id != "" && !contains(r.RequestParameters, id) && contains(r.ResponseElements, id)
}

func contains(raw []byte, s string) bool { return containsBytes(raw, []byte(s)) }
