package iam

import (
	"context"
	"maps"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

// GetAccountAuthorizationDetails shows all users, groups, roles and policies
// of the account: one list, cut into pages, that the answer sorts into four.
func (s *Service) GetAccountAuthorizationDetails(ctx context.Context, in *iamapi.GetAccountAuthorizationDetailsInput) (*iamapi.GetAccountAuthorizationDetailsOutput, error) {
	if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
		return nil, err
	}
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	d := &authorizationDetails{
		service: s,
		account: cloud.From(ctx).Account(),
		filter:  in.Filter,
		page:    p,
		out: &iamapi.GetAccountAuthorizationDetailsOutput{
			UserDetailList:  []iamapi.UserDetail{},
			GroupDetailList: []iamapi.GroupDetail{},
			RoleDetailList:  []iamapi.RoleDetail{},
			Policies:        []iamapi.ManagedPolicyDetail{},
		},
	}
	err = s.view(ctx, func(tx *store.Tx) error {
		d.tx = tx
		d.collect()
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.out.IsTruncated, d.out.Marker = p.end()
	return d.out, nil
}

// authorizationDetails is an answer in the making.
type authorizationDetails struct {
	service *Service
	tx      *store.Tx
	account string
	filter  []iamapi.EntityType
	page    *page
	out     *iamapi.GetAccountAuthorizationDetailsOutput
}

// section is a part of the list. The place of an item is the section, which
// is one character, and the item's name.
type section string

const (
	userSection        section = "1"
	groupSection       section = "2"
	roleSection        section = "3"
	localPolicySection section = "4"
	awsPolicySection   section = "5"
)

func (d *authorizationDetails) collect() {
	if d.wants(iamapi.EntityTypeUser) {
		collectRows(d, userSection, users, d.addUser)
	}
	if d.wants(iamapi.EntityTypeGroup) {
		collectRows(d, groupSection, groups, d.addGroup)
	}
	if d.wants(iamapi.EntityTypeRole) {
		collectRows(d, roleSection, roles, d.addRole)
	}
	if d.wants(iamapi.EntityTypeLocalManagedPolicy) {
		collectRows(d, localPolicySection, policies, d.addPolicy)
	}
	if d.wants(iamapi.EntityTypeAWSManagedPolicy) {
		d.collectAWSManaged()
	}
}

func (d *authorizationDetails) wants(t iamapi.EntityType) bool {
	return len(d.filter) == 0 || slices.Contains(d.filter, t)
}

// collectRows takes the rows of a table by name, from where the page begins
// to where it is full.
func collectRows[T any](d *authorizationDetails, at section, table *store.Table[T], add func(*T)) {
	after, ok := d.begin(at)
	if !ok {
		return
	}
	for name, row := range inAccount(table.Scan, d.tx, d.account, after) {
		if !d.page.add(string(at) + name) {
			return
		}
		add(row)
	}
}

// begin is the name after which the page begins in a section; ok is false when
// all of the section was shown before.
func (d *authorizationDetails) begin(at section) (after string, ok bool) {
	if d.page.after == "" {
		return "", true
	}
	switch begun := section(d.page.after[:1]); {
	case at < begun:
		return "", false
	case at == begun:
		return d.page.after[1:], true
	}
	return "", true
}

// collectAWSManaged takes the AWS managed policies that the account uses, by
// name.
func (d *authorizationDetails) collectAWSManaged() {
	after, ok := d.begin(awsPolicySection)
	if !ok {
		return
	}
	used := d.usedAWSManaged()
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if name <= after {
			continue
		}
		if !d.page.add(string(awsPolicySection) + name) {
			return
		}
		d.addAWSManaged(used[name])
	}
}

// usedAWSManaged are the AWS managed policies that are attached to a user,
// group or role or are its boundary, by name.
func (d *authorizationDetails) usedAWSManaged() map[string]*awsmanaged.Policy {
	used := make(map[string]*awsmanaged.Policy)
	note := func(h holder) {
		for _, arn := range append(slices.Clone(h.permissions().Attached), h.permissions().Boundary) {
			if p, ok := awsmanaged.Get(arn); ok {
				used[p.Name] = p
			}
		}
	}
	from := policyUse(d.account, awsmanaged.Prefix)
	to := strings.TrimSuffix(from, "/") + "0" // the byte after the slash
	noteRange(d.tx, usersByPolicy, from, to, note)
	noteRange(d.tx, usersByBound, from, to, note)
	noteRange(d.tx, groupsByPolicy, from, to, note)
	noteRange(d.tx, rolesByPolicy, from, to, note)
	noteRange(d.tx, rolesByBound, from, to, note)
	return used
}

func noteRange[T any, P interface {
	*T
	holder
}](tx *store.Tx, index *store.Index[T], from, to string, note func(holder)) {
	for _, row := range index.Range(tx, from, to) {
		note(P(row))
	}
}
