package reach

import (
	"fmt"
	"strings"
)

// ResourceError says what is wrong with the name of a resource.
type ResourceError struct{ Name, Problem, Hint string }

func (e *ResourceError) Error() string { return fmt.Sprintf("%s: %s", e.Name, e.Problem) }

// Spelled takes s3://bucket/key for the ARN that it means.
func Spelled(action, name string) string {
	path, ok := strings.CutPrefix(name, "s3://")
	if service, _, _ := strings.Cut(action, ":"); !ok || !strings.EqualFold(service, "s3") {
		return name
	}
	return "arn:aws:s3:::" + strings.TrimSuffix(path, "/")
}

// CheckResource refuses what is not the name of one resource: "*" where the
// action has none, or an ARN.
func CheckResource(name string) error {
	parts := strings.SplitN(name, ":", 6)
	switch {
	case name == "*":
		return nil
	case len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "":
		return &ResourceError{name, "not an ARN", "an ARN has the form arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"}
	case parts[4] != "" && !isAccount(parts[4]) && parts[4] != "aws":
		return &ResourceError{name, "the account in the ARN is not one", "an account has 12 digits"}
	case strings.ContainsAny(name, "*?"):
		return &ResourceError{name, "wildcards stand for many resources, and the answer can differ", "name one, such as one object of the bucket"}
	}
	return nil
}

// Resource is what the snapshot tells of a resource: the trust policy of a
// role of the account. Of all others the policy is not known; package read
// reads those of S3 and KMS.
func (w *World) Resource(action, arn string) *Resource {
	r := &Resource{ARN: arn}
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	switch {
	case service == "sts" && arn != "*":
		return w.trusted(arn)
	case service == "kms" && strings.Contains(arn, ":key/"):
		r.Gate = true
		r.Unread = "it was not read"
	case service == "s3" && arn != "*":
		r.Unread = "it was not read"
	case arn == "*":
	case service == "iam":
		w.ofIAM(r)
	default:
		r.Notes = []string{"the policy of " + arn + ", if it has one, was not read: --resource-policy takes it from a file"}
	}
	if r.owner(w.account) != w.account && r.Unread == "" && service != "iam" && arn != "*" {
		r.Unread = "it is of another account" // without it nobody is let in
	}
	return r
}

// ofIAM adds the tags of a user or role, which have no policy that iam actions
// ask.
func (w *World) ofIAM(r *Resource) {
	ref, ok := parseARN(r.ARN)
	if !ok || ref.account != w.account {
		return
	}
	if id := w.lookUp(ref.account, ref.kind, ref.name); id != nil && id.ARN == r.ARN {
		r.Tags, r.TagsKnown = id.Tags, true
	}
}

// trusted is a role as what is assumed.
func (w *World) trusted(arn string) *Resource {
	r := &Resource{ARN: arn, Gate: true}
	ref, ok := parseARN(arn)
	switch {
	case !ok || ref.kind != "role":
		r.Gate = false
		return r
	case ref.account != w.account:
		r.Unread = "the role is of another account"
		return r
	}
	role := w.byName[nameKey("role", ref.name)]
	if role == nil || role.identity.ARN != arn {
		r.Notes = []string{"the account has no role " + arn}
		return r
	}
	return w.roleResource(role)
}

func (w *World) roleResource(role *Principal) *Resource {
	r := &Resource{ARN: role.identity.ARN, Owner: w.account, Gate: true, Policy: role.identity.Trust, Tags: role.identity.Tags, TagsKnown: true}
	if role.trustUnread {
		r.Unread = "the trust policy does not parse"
	}
	return r
}

// Trusted reports a role as what is assumed, whose policy is a trust policy.
func (r *Resource) Trusted() bool { return strings.Contains(r.ARN, ":role/") && r.Gate }

// Replaced notes that Policy was put in the place of the resource's own.
func (r *Resource) Replaced() {
	r.Unread, r.Restricted = "", false
	r.Notes = append(r.Notes[:len(r.Notes):len(r.Notes)], "the resource's policy was taken from a file")
}
