package read

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// Organization reads the place of an account in its organization, and the
// policies that bind it there. What could not be read is told by the notes;
// the Organization is nil when nothing could.
func Organization(ctx context.Context, cfg aws.Config, account string) (o *reach.Organization, notes []string) {
	r := &organizationReader{client: organizations.NewFromConfig(cfg), account: account, documents: make(map[string]authz.Document)}
	out, err := r.client.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	switch {
	case code(err) == "AWSOrganizationsNotInUseException":
		return &reach.Organization{Account: account, PoliciesRead: true}, nil
	case err != nil:
		return nil, []string{"the organization was not considered: organizations:DescribeOrganization: " + told(err)}
	}
	m := &authz.Membership{
		OrgID:      aws.ToString(out.Organization.Id),
		Management: aws.ToString(out.Organization.MasterAccountId) == account,
	}
	o = &reach.Organization{Membership: m, Account: account}
	if err := r.read(ctx, m); err != nil {
		m.Paths, m.Levels, m.SCPs, m.RCPs = nil, nil, nil, nil
		if o.PoliciesRead = m.Management; o.PoliciesRead {
			return o, nil // they do not bind the management account
		}
		return o, []string{"the organization's policies (SCPs, RCPs) were not considered: " + err.Error()}
	}
	o.PoliciesRead = true
	return o, nil
}

// organizationReader reads the policies of an account and of what is above it.
type organizationReader struct {
	client    *organizations.Client
	account   string
	documents map[string]authz.Document // by policy id
}

// callError is an error with the call that answered it.
type callError struct {
	call string
	err  error
}

func (e *callError) Error() string { return "organizations:" + e.call + ": " + told(e.err) }
func (e *callError) Unwrap() error { return e.err }

// read fills a membership: the path to the account and the policies on it, root
// first.
func (r *organizationReader) read(ctx context.Context, m *authz.Membership) error {
	targets, err := r.path(ctx)
	if err != nil {
		return err
	}
	m.Levels = targets
	m.Paths = []string{m.OrgID + "/" + strings.Join(targets[:len(targets)-1], "/") + "/"}
	scp, rcp, err := r.enabled(ctx, targets[0])
	if err != nil {
		return err
	}
	if scp {
		m.SCPs, err = r.levels(ctx, targets, types.PolicyTypeServiceControlPolicy)
	}
	if err == nil && rcp {
		m.RCPs, err = r.levels(ctx, targets, types.PolicyTypeResourceControlPolicy)
	}
	return err
}

// path lists the root, the units and the account.
func (r *organizationReader) path(ctx context.Context) ([]string, error) {
	targets := []string{r.account}
	for {
		out, err := r.client.ListParents(ctx, &organizations.ListParentsInput{ChildId: &targets[0]})
		switch {
		case err != nil:
			return nil, &callError{"ListParents", err}
		case len(out.Parents) != 1:
			return nil, &callError{"ListParents", errors.New("no parent of " + targets[0])}
		}
		targets = slices.Insert(targets, 0, aws.ToString(out.Parents[0].Id))
		if out.Parents[0].Type == types.ParentTypeRoot {
			return targets, nil
		}
	}
}

// enabled tells which types of policies are in force below the root.
func (r *organizationReader) enabled(ctx context.Context, root string) (scp, rcp bool, err error) {
	pages := organizations.NewListRootsPaginator(r.client, &organizations.ListRootsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, false, &callError{"ListRoots", err}
		}
		for _, found := range page.Roots {
			for _, t := range found.PolicyTypes {
				on := aws.ToString(found.Id) == root && t.Status == types.PolicyTypeStatusEnabled
				scp = scp || on && t.Type == types.PolicyTypeServiceControlPolicy
				rcp = rcp || on && t.Type == types.PolicyTypeResourceControlPolicy
			}
		}
	}
	return scp, rcp, nil
}

// levels reads the policies of a type that are attached to each target.
func (r *organizationReader) levels(ctx context.Context, targets []string, t types.PolicyType) ([][]authz.Document, error) {
	levels := make([][]authz.Document, len(targets))
	for i, target := range targets {
		pages := organizations.NewListPoliciesForTargetPaginator(r.client, &organizations.ListPoliciesForTargetInput{TargetId: &target, Filter: t})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, &callError{"ListPoliciesForTarget", err}
			}
			for _, p := range page.Policies {
				doc, err := r.document(ctx, &p)
				if err != nil {
					return nil, err
				}
				doc.Level = target
				levels[i] = append(levels[i], doc)
			}
		}
	}
	return levels, nil
}

// document reads a policy, once.
func (r *organizationReader) document(ctx context.Context, p *types.PolicySummary) (authz.Document, error) {
	id := aws.ToString(p.Id)
	if doc, ok := r.documents[id]; ok {
		return doc, nil
	}
	out, err := r.client.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: p.Id})
	if err != nil {
		return authz.Document{}, &callError{"DescribePolicy", err}
	}
	doc := authz.Document{Type: authz.ServiceControl, ID: aws.ToString(p.Name) + " (" + id + ")"}
	kind := policy.SCP
	if p.Type == types.PolicyTypeResourceControlPolicy {
		doc.Type, kind = authz.ResourceControl, policy.RCP
	}
	var unread string
	if doc.Policy, unread = parse(aws.ToString(out.Policy.Content), kind); unread != "" {
		return doc, &callError{"DescribePolicy", errors.New("policy " + doc.ID + ": " + unread)}
	}
	r.documents[id] = doc
	return doc, nil
}
