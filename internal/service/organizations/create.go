package organizations

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// The states of a request for an account.
const (
	inProgress = string(orgapi.CreateAccountStateInProgress)
	succeeded  = string(orgapi.CreateAccountStateSucceeded)
	failed     = string(orgapi.CreateAccountStateFailed)
)

const serviceLinkedName = "AWSServiceRoleFor"

// CreateAccount makes an account of the organization. As on AWS the answer only
// says that the request was taken; what came of it is for
// DescribeCreateAccountStatus to tell. (Here it is done by then.)
func (s *Service) CreateAccount(ctx context.Context, in *orgapi.CreateAccountInput) (*orgapi.CreateAccountOutput, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	r := &Request{
		ID:      newRequestID(),
		Account: ids.Account(),
		Name:    *in.AccountName,
		Email:   *in.Email,
		Role:    defaultRole,
		Tags:    tags,
		State:   inProgress,
	}
	if in.RoleName != nil {
		r.Role = cmp.Or(*in.RoleName, defaultRole)
	}
	err = s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: managers, tags: tags})
		if err != nil {
			return err
		}
		if err := st.checkRequest(r); err != nil {
			return err
		}
		r.Org, r.Requested = st.ID, st.now
		requests.Put(tx, r.key(), r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &orgapi.CreateAccountOutput{CreateAccountStatus: r.show()}
	// Whoever asked for it may have gone; the request was taken.
	return out, s.complete(context.WithoutCancel(ctx), r)
}

func (st *seat) checkRequest(r *Request) error {
	switch {
	case strings.HasPrefix(r.Role, serviceLinkedName):
		return errInput("INVALID_ROLE_NAME", "You provided a role name that isn't valid. A role name can't begin with the reserved prefix AWSServiceRoleFor.")
	case len(st.members()) >= maxAccounts:
		return errConstraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS Accounts.")
	}
	return nil
}

// complete does what a request asks for, and keeps what came of it. Done twice,
// after a stop in between, it does the rest.
func (s *Service) complete(ctx context.Context, r *Request) error {
	return s.settle(r, s.fulfil(ctx, r))
}

// settle keeps what came of a request.
func (s *Service) settle(r *Request, err error) error {
	done := *r
	done.State, done.Failure = succeeded, ""
	if err != nil {
		done.State, done.Failure = failed, failureOf(err)
		if done.Failure == internalFailure {
			s.log.Error("account not created", "request", r.ID, "cause", err)
		}
	}
	done.Completed = s.cloud.Now().UTC()
	var o *Organization
	err = s.update(context.Background(), func(tx *store.Tx) error {
		if o = organizations.Get(tx, r.Org); o != nil && requests.Get(tx, r.key()) != nil {
			requests.Put(tx, done.key(), &done)
		}
		return nil
	})
	if err != nil || o == nil {
		return err
	}
	return s.announceCreation(o, &done)
}

func (s *Service) fulfil(ctx context.Context, r *Request) error {
	if !accounts.ValidEmail(r.Email) {
		return errEmail
	}
	a, err := s.cloud.Accounts.Get(ctx, r.Account)
	if err != nil {
		return err
	}
	if a == nil {
		a, _, err = s.cloud.Accounts.Create(ctx, accounts.Spec{Name: nameFrom(r.Name, r.Account), Title: r.Name, ID: r.Account, Email: r.Email})
		if err != nil {
			return err
		}
	}
	return s.join(ctx, a, r)
}

var errEmail = errors.New("email address is not valid")

const internalFailure = string(orgapi.CreateAccountFailureReasonInternalFailure)

// failureOf is what a request shows of the reason for which it failed.
func failureOf(err error) string {
	switch {
	case errors.Is(err, accounts.ErrEmail):
		return string(orgapi.CreateAccountFailureReasonEmailAlreadyExists)
	case errors.Is(err, errEmail):
		return string(orgapi.CreateAccountFailureReasonInvalidEmail)
	}
	return internalFailure
}

// nameFrom makes a name that people can give on a command line of one that may
// be any text.
func nameFrom(title, id string) string {
	const longest = 50
	name := strings.Trim(unfit.ReplaceAllString(title, "-"), "-")
	name = name[:min(len(name), longest)]
	if name == "" || isAccount(name) {
		return "account-" + id
	}
	return name
}

var unfit = regexp.MustCompile(`[^\w+=,.@-]+`)

// DescribeCreateAccountStatus tells what became of a request.
func (s *Service) DescribeCreateAccountStatus(ctx context.Context, in *orgapi.DescribeCreateAccountStatusInput) (*orgapi.DescribeCreateAccountStatusOutput, error) {
	out := new(orgapi.DescribeCreateAccountStatusOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		r := requests.Get(tx, requestKey(st.ID, *in.CreateAccountRequestId))
		if r == nil {
			return errRequestNotFound()
		}
		out.CreateAccountStatus = r.show()
		return nil
	})
}

func errRequestNotFound() *api.Error {
	return orgapi.ErrCreateAccountStatusNotFoundException("You specified a create account request that doesn't exist.")
}

// ListCreateAccountStatus lists requests, of all states or of some.
func (s *Service) ListCreateAccountStatus(ctx context.Context, in *orgapi.ListCreateAccountStatusInput) (*orgapi.ListCreateAccountStatusOutput, error) {
	out := new(orgapi.ListCreateAccountStatusOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		var all []orgapi.CreateAccountStatus
		for _, r := range requests.Scan(tx, store.Prefix(st.ID), "") {
			if len(in.States) == 0 || slices.Contains(in.States, orgapi.CreateAccountState(r.State)) {
				all = append(all, *r.show())
			}
		}
		out.CreateAccountStatuses, out.NextToken, err = paged(all, func(s *orgapi.CreateAccountStatus) string { return *s.Id }, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

func (r *Request) show() *orgapi.CreateAccountStatus {
	s := &orgapi.CreateAccountStatus{
		Id:                 &r.ID,
		AccountName:        &r.Name,
		State:              orgapi.CreateAccountState(r.State),
		RequestedTimestamp: &r.Requested,
		FailureReason:      orgapi.CreateAccountFailureReason(r.Failure),
	}
	if !r.Completed.IsZero() {
		s.CompletedTimestamp = &r.Completed
	}
	if r.State == succeeded {
		s.AccountId = &r.Account
	}
	return s
}

// join makes a new account a member, with the role by which the management
// account gets in. The role comes first, while nothing of the organization binds
// the account.
func (s *Service) join(ctx context.Context, a *accounts.Account, r *Request) error {
	var o *Organization
	err := s.view(ctx, func(tx *store.Tx) error {
		o = organizations.Get(tx, r.Org)
		return nil
	})
	if err != nil {
		return err
	}
	if o == nil {
		return errors.New("the organization is gone")
	}
	if err := s.furnish(ctx, a, o.Management, r.Role); err != nil {
		return err
	}
	return s.update(ctx, func(tx *store.Tx) error {
		if members.Get(tx, a.ID) != nil {
			return nil
		}
		st := &seat{Organization: organizations.Get(tx, r.Org), service: s, tx: tx, now: s.cloud.Now().UTC()}
		if st.Organization == nil {
			return errors.New("the organization is gone")
		}
		members.Put(tx, a.ID, &Member{Account: a.ID, Org: st.ID, Method: created, Joined: st.now, Role: r.Role})
		st.setTags(a.ID, r.Tags)
		if st.unit(r.Unit) != nil {
			st.place(a.ID, r.Unit)
		}
		return nil
	})
}
