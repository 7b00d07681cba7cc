package organizations

import (
	"cmp"
	"context"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Values that rows hold.
const (
	created = string(orgapi.AccountJoinedMethodCreated)
	invited = string(orgapi.AccountJoinedMethodInvited)

	allFeatures = string(orgapi.OrganizationFeatureSetAll)
)

// CreateOrganization makes an organization that the caller's account manages. No
// policy type is enabled in its root, whatever the reference says: programs for
// AWS enable service control policies themselves, and would fail if they were
// enabled already.
//
// See https://github.com/hashicorp/terraform-provider-aws/issues/4545 and
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1901
func (s *Service) CreateOrganization(ctx context.Context, in *orgapi.CreateOrganizationInput) (*orgapi.CreateOrganizationOutput, error) {
	out := new(orgapi.CreateOrganizationOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st := s.seat(ctx, tx)
		if err := st.ask(ctx, need{}, st.account, nil); err != nil {
			return err
		}
		if st.Organization != nil {
			return orgapi.ErrAlreadyInOrganizationException("The AWS account is already a member of an organization.")
		}
		features := cmp.Or(string(in.FeatureSet), allFeatures)
		st.Organization = found(tx, Organization{Management: st.account, Features: features, Plain: true, Created: st.now})
		out.Organization = st.show()
		return nil
	})
}

// found makes an organization. The first one of an account has the ids that
// older programs gave the account's organization before it had one in truth, so
// that policies that name them go on to be true; ids of an organization that was
// deleted are not used again.
func found(tx *store.Tx, o Organization) *Organization {
	id := random(14)
	if founders.Get(tx, o.Management) == nil {
		id = accounts.In(tx, o.Management).CanonicalID[:14]
	}
	o.ID, o.Root = "o-"+id[:10], "r-"+id[10:]
	organizations.Put(tx, o.ID, &o)
	founders.Put(tx, o.Management, &Founder{o.Management})
	members.Put(tx, o.Management, &Member{Account: o.Management, Org: o.ID, Method: invited, Joined: o.Created})
	return &o
}

// DescribeOrganization describes the organization of the caller's account.
func (s *Service) DescribeOrganization(ctx context.Context, _ *orgapi.DescribeOrganizationInput) (*orgapi.DescribeOrganizationOutput, error) {
	out := new(orgapi.DescribeOrganizationOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: everyone})
		if err == nil {
			out.Organization = st.show()
		}
		return err
	})
}

// DeleteOrganization deletes an organization that has no members but the
// management account.
func (s *Service) DeleteOrganization(ctx context.Context, _ *orgapi.DeleteOrganizationInput) (*orgapi.DeleteOrganizationOutput, error) {
	return new(orgapi.DeleteOrganizationOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: managers})
		if err != nil {
			return err
		}
		if len(st.members()) > 1 {
			return orgapi.ErrOrganizationNotEmptyException("To delete an organization you must first remove all member accounts (except the master).")
		}
		st.dissolve()
		return nil
	})
}

// dissolve deletes everything of an organization. What is left of members are
// accounts that were closed long ago.
func (st *seat) dissolve() {
	tx, of := st.tx, store.Prefix(st.ID)
	for _, m := range membersByOrg.Scan(tx, st.ID, "") {
		members.Delete(tx, m.Account)
		places.Delete(tx, m.Account)
	}
	for _, h := range handshakesByOrg.Scan(tx, st.ID, "") {
		handshakes.Delete(tx, h.ID)
	}
	deleteAll(tx, units, of)
	deleteAll(tx, policies, of)
	deleteAll(tx, attachments, of)
	deleteAll(tx, tagged, of)
	deleteAll(tx, requests, of)
	deleteAll(tx, delegates, of)
	settings.Delete(tx, st.ID)
	organizations.Delete(tx, st.ID)
}

func deleteAll[T any](tx *store.Tx, t *store.Table[T], prefix string) {
	for key := range t.Scan(tx, prefix, "") {
		t.Delete(tx, key)
	}
}

// show is the organization as answers show it.
func (st *seat) show() *orgapi.Organization {
	o := &orgapi.Organization{
		Id:               &st.ID,
		Arn:              new(st.arn("organization/" + st.ID)),
		FeatureSet:       orgapi.OrganizationFeatureSet(st.Features),
		MasterAccountId:  &st.Management,
		MasterAccountArn: new(st.accountARN(st.Management)),
		// AWS shows no more than this of the types, whatever is enabled: "do not
		// use", says the reference.
		AvailablePolicyTypes: []orgapi.PolicyTypeSummary{},
	}
	if a := accounts.In(st.tx, st.Management); a != nil {
		o.MasterAccountEmail = new(a.Email())
	}
	if st.allFeatures() {
		o.AvailablePolicyTypes = append(o.AvailablePolicyTypes, orgapi.PolicyTypeSummary{
			Type: orgapi.PolicyTypeServiceControlPolicy, Status: orgapi.PolicyTypeStatusEnabled,
		})
	}
	return o
}

// ListRoots lists the root with the policy types that are enabled in it.
func (s *Service) ListRoots(ctx context.Context, in *orgapi.ListRootsInput) (*orgapi.ListRootsOutput, error) {
	out := new(orgapi.ListRootsOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		out.Roots, out.NextToken, err = paged([]orgapi.Root{*st.showRoot()}, func(r *orgapi.Root) string { return *r.Id }, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

const rootName = "Root"

func (st *seat) showRoot() *orgapi.Root {
	r := &orgapi.Root{Id: &st.Root, Arn: new(st.rootARN()), Name: new(rootName), PolicyTypes: []orgapi.PolicyTypeSummary{}}
	for _, t := range st.settings().Types {
		r.PolicyTypes = append(r.PolicyTypes, orgapi.PolicyTypeSummary{Type: orgapi.PolicyType(t), Status: orgapi.PolicyTypeStatusEnabled})
	}
	return r
}
