package leastprivilege

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// kms: calls bear the names of actions, but ReEncrypt, which needs one on each
// of two keys.
//
// See https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
func (m *Mapper) kms(r *Record, s *catalogue.Service) ([]Need, error) {
	if r.EventName == "ReEncrypt" {
		from, to := m.reEncrypted(r, s.Action("ReEncryptFrom"))
		return []Need{{Action: "kms:ReEncryptFrom", Targets: from}, {Action: "kms:ReEncryptTo", Targets: to}}, nil
	}
	needs, err := m.plain(r, s, r.EventName)
	if err != nil {
		return nil, err
	}
	if r.EventName == "CreateKey" && r.has("tags") {
		needs = append(needs, Need{Action: "kms:TagResource", Targets: []Target{everything}})
	}
	return needs, nil
}

// reEncrypted tells the two keys of ReEncrypt apart: the destination is in the
// request. Where it is there by an alias, both keys could be either.
func (m *Mapper) reEncrypted(r *Record, a *catalogue.Action) (from, to []Target) {
	keys := m.targets(r, a)
	destination := r.param("destinationKeyId")
	for _, k := range keys {
		if destination != "" && strings.HasSuffix(k.ARN, destination) {
			to = append(to, k)
		} else {
			from = append(from, k)
		}
	}
	switch {
	case to == nil:
		return keys, keys
	case from == nil: // from a key to itself
		return to, to
	}
	return from, to
}

// sts: a session with tags or a source identity needs more than AssumeRole.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
func (m *Mapper) sts(r *Record, s *catalogue.Service) ([]Need, error) {
	needs, err := m.plain(r, s, r.EventName)
	if err != nil {
		return nil, err
	}
	on := needs[0].Targets
	if r.has("tags") || r.has("principalTags") {
		needs = append(needs, Need{Action: "sts:TagSession", Targets: on})
	}
	if r.has("sourceIdentity") {
		needs = append(needs, Need{Action: "sts:SetSourceIdentity", Targets: on})
	}
	return needs, nil
}

// iam: what is made with tags needs the permission to tag it, and a role that
// is put into an instance profile is passed.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
// and https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
func (m *Mapper) iam(r *Record, s *catalogue.Service) ([]Need, error) {
	needs, err := m.plain(r, s, r.EventName)
	if err != nil {
		return nil, err
	}
	if what, ok := strings.CutPrefix(r.EventName, "Create"); ok && r.has("tags") {
		if a := s.Action("Tag" + what); a != nil {
			needs = append(needs, Need{Action: a.String(), Targets: needs[0].Targets})
		}
	}
	if r.EventName == "AddRoleToInstanceProfile" {
		if pass := s.Action("PassRole"); pass != nil {
			needs = append(needs, Need{Action: "iam:PassRole", Targets: m.targets(r, pass), Inferred: passRoleReason})
		}
	}
	return needs, nil
}

// ec2: what is made with tags needs ec2:CreateTags, on what is made.
//
// See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
func (m *Mapper) ec2(r *Record, s *catalogue.Service) ([]Need, error) {
	needs, err := m.plain(r, s, r.EventName)
	if err != nil || r.EventName == "CreateTags" || !r.has("tagSpecificationSet") {
		return needs, err
	}
	var on []Target
	for _, kind := range r.named("resourcetype") {
		on = append(on, Target{ARN: "arn:" + r.partition() + ":ec2:" + r.Region + ":" + r.account() + ":" + kind + "/*", Pattern: true})
	}
	return append(needs, Need{Action: "ec2:CreateTags", Targets: on}), nil
}

// lambda: a call of a function is recorded as Invoke.
func (m *Mapper) lambda(r *Record, s *catalogue.Service) ([]Need, error) {
	name := unversioned(r.EventName)
	switch name {
	case "Invoke", "InvokeWithResponseStream", "InvokeAsync":
		name = "InvokeFunction"
	}
	return m.plain(r, s, name)
}

const passRoleReason = "CloudTrail does not record iam:PassRole; the call names the role"

// passed is the permission to hand over the roles that a call names, as in
// lambda:CreateFunction. It has no event: "PassRole is not an API call".
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
func (m *Mapper) passed(r *Record, prefix string) []Need {
	if prefix == "sts" || prefix == "iam" || prefix == "kms" {
		return nil // they take roles for other purposes
	}
	var on []Target
	walk(r.params(), "", 0, func(name, value string, _ int) {
		if (strings.HasSuffix(name, "role") || strings.HasSuffix(name, "rolearn")) && isRole(value) {
			if t := (Target{ARN: value}); !slices.Contains(on, t) {
				on = append(on, t)
			}
		}
	})
	if on == nil {
		return nil
	}
	return []Need{{Action: "iam:PassRole", Targets: on, Inferred: passRoleReason}}
}

func isRole(s string) bool {
	p := strings.SplitN(s, ":", 6)
	return len(p) == 6 && p[0] == "arn" && p[2] == "iam" && strings.HasPrefix(p[5], "role/")
}
