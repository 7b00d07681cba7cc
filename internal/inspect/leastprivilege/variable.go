package leastprivilege

import (
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// values are what a record has for a variable of an ARN's pattern, none where
// it does not tell. The variable is in lower case.
func (f *filler) values(variable string) []Target {
	r := f.record
	switch variable {
	case "partition":
		return []Target{{ARN: r.partition()}}
	case "region":
		return literals(r.Region)
	case "account":
		return literals(r.account())
	case "rolenamewithpath", "usernamewithpath", "groupnamewithpath", "policynamewithpath", "instanceprofilenamewithpath":
		return f.pathed(strings.TrimSuffix(variable, "withpath"))
	case "id":
		return nil // of a stack or an execution: made by the service
	}
	var list []Target
	for _, name := range parameters(variable, r) {
		for _, v := range r.named(name) {
			if t, ok := f.value(variable, v); ok {
				list = append(list, t)
			}
		}
	}
	return list
}

func literals(s string) []Target {
	if s == "" {
		return nil
	}
	return []Target{{ARN: s}}
}

// parameters are the parameters that fill in a variable: that of its name, and
// those that a service calls otherwise.
func parameters(variable string, r *Record) []string {
	list := append([]string{variable}, aliases[variable]...)
	// CreateTopic and CreateStateMachine call the name of what they make "name".
	if what, ok := strings.CutSuffix(variable, "name"); ok && what != "" && strings.Contains(strings.ToLower(r.EventName), what) {
		list = append(list, "name")
	}
	return list
}

var aliases = map[string][]string{
	"securitygroupid":                  {"groupid"},
	"keypairname":                      {"keyname"},
	"alias":                            {"aliasname"},
	"queuename":                        {"queueurl"},
	"federatedusername":                {"name"},
	"trailname":                        {"name"},
	"parameternamewithoutleadingslash": {"name", "names"},
}

// value turns a parameter into the part of the ARN that it stands for.
func (f *filler) value(variable, v string) (t Target, ok bool) {
	if strings.HasPrefix(v, "arn:") {
		return t, false // of another type, or it would have been taken whole
	}
	switch variable {
	case "alias":
		v = strings.TrimPrefix(v, "alias/")
	case "queuename":
		v = v[strings.LastIndexByte(v, '/')+1:]
	case "parameternamewithoutleadingslash":
		v = strings.TrimPrefix(v, "/")
	case "functionname":
		// 123456789012:function:name:qualifier is a function's name, too.
		if _, name, ok := strings.Cut(v, "function:"); ok {
			v = name
		}
	case "secretid":
		// A secret's ARN ends with six characters that its name does not have.
		// See https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
		return Target{ARN: escape(v) + "-??????", Pattern: true}, true
	case "keyid":
		if strings.HasPrefix(v, "alias/") {
			return t, false // which key that was is not told
		}
	}
	return Target{ARN: v}, v != ""
}

// pathed finds what IAM calls by name, with its path: from the account if that
// is known, from the request that makes it, or else under any path.
func (f *filler) pathed(parameter string) []Target {
	r := f.record
	name := r.param(camel[parameter])
	if name == "" {
		return f.caller(parameter)
	}
	if arn := f.mapper.find(parameter, name); arn != "" {
		_, rest, _ := strings.Cut(arn, "/")
		return literals(rest)
	}
	if path := r.param("path"); strings.HasPrefix(r.EventName, "Create") {
		return literals(strings.TrimPrefix(path, "/") + name)
	}
	return []Target{{ARN: name, Either: true}, {ARN: "*/" + escape(name), Pattern: true, Either: true}}
}

var camel = map[string]string{
	"rolename": "roleName", "username": "userName", "groupname": "groupName", "policyname": "policyName",
	"instanceprofilename": "instanceProfileName",
}

// caller is who is meant where a user's name is left out.
func (f *filler) caller(parameter string) []Target {
	u := &f.record.UserIdentity
	if parameter != "username" || u.Type != "IAMUser" {
		return nil
	}
	_, name, _ := strings.Cut(u.ARN, ":user/")
	return literals(name)
}

// find is the ARN of what the account has under a name, "" if that is not
// known.
func (m *Mapper) find(parameter, name string) string {
	if m.Account == nil {
		return ""
	}
	switch parameter {
	case "rolename":
		if r := m.Account.Role(name); r != nil {
			return r.ARN
		}
	case "username":
		if u := m.Account.User(name); u != nil {
			return u.ARN
		}
	case "groupname":
		if g := m.Account.Group(name); g != nil {
			return g.ARN
		}
	case "policyname":
		return policyNamed(m.Account.Policies, name)
	}
	return ""
}

func policyNamed(policies []snapshot.ManagedPolicy, name string) string {
	for i := range policies {
		if policies[i].Name == name && !strings.Contains(policies[i].ARN, ":aws:policy/") {
			return policies[i].ARN
		}
	}
	return ""
}
