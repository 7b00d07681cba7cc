package iam

import (
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/policy"
)

// simulatedCaller is who calls in a simulation.
type simulatedCaller struct {
	principal policy.Principal // anonymous but for its account when nobody in particular calls
	arn       string
	user      string // name, of a user
}

// anyoneOf is a caller of an account of whom nothing else is known.
func anyoneOf(account string) simulatedCaller {
	return simulatedCaller{principal: policy.Principal{Account: account}}
}

func userCaller(account, arn, name string) simulatedCaller {
	return simulatedCaller{
		principal: policy.Principal{Type: policy.User, Account: account, ARN: arn},
		arn:       arn,
		user:      name,
	}
}

// callerOf is the user or role with an ARN as caller.
func callerOf(arn string) (simulatedCaller, error) {
	ref, ok := parseSource(arn)
	switch {
	case ok && ref.kind == userKind:
		return userCaller(ref.account, arn, ref.name), nil
	case ok && ref.kind == roleKind:
		return simulatedCaller{
			principal: policy.Principal{Type: policy.AssumedRole, Account: ref.account, RoleARN: arn},
			arn:       arn,
		}, nil
	}
	return simulatedCaller{}, iamapi.ErrInvalidInput("Invalid caller - Caller must be an IAM user, role or group in this context.")
}

// keys are the condition keys that follow from the caller, in lower case.
func (c simulatedCaller) keys() map[string]string {
	keys := map[string]string{"aws:principalaccount": c.principal.Account}
	if c.arn == "" {
		keys["aws:userid"] = simulatedUserID
		return keys
	}
	keys["aws:userid"] = c.arn
	keys["aws:principalarn"] = c.arn
	if c.user != "" {
		keys["aws:username"] = c.user
	}
	return keys
}

// source is the user, group or role that a PolicySourceArn names.
type source struct {
	kind    *kind
	account string
	name    string
}

// parseSource reads the ARN of a user, group or role.
func parseSource(arn string) (source, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || !isAccount(parts[4]) {
		return source{}, false
	}
	noun, path, _ := strings.Cut(parts[5], "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	for _, k := range []*kind{userKind, groupKind, roleKind} {
		if k.resource == noun && name != "" {
			return source{k, parts[4], name}, true
		}
	}
	return source{}, false
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// accountOf is the account that an ARN names, "" when it names none.
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && isAccount(parts[4]) {
		return parts[4]
	}
	return ""
}
