package iam

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateAccessKey makes an access key for a user, by default the caller. Its
// secret is in this answer and never again in any other.
func (s *Service) CreateAccessKey(ctx context.Context, in *iamapi.CreateAccessKeyInput) (*iamapi.CreateAccessKeyOutput, error) {
	if isRoot(ctx, in.UserName) {
		return nil, rootKeyIsFixed(ctx)
	}
	name, err := callerName(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	account := cloud.From(ctx).Account()
	secret := ids.Secret()
	k := &AccessKey{ID: ids.AccessKey("AKIA", account), Account: account, Created: cloud.From(ctx).Time.UTC()}
	k.Secret = s.keyring.Seal(secretPurpose, []byte(secret), []byte(k.ID))
	out := new(iamapi.CreateAccessKeyOutput)
	err = s.update(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, name)
		if err != nil {
			return err
		}
		if err := accessKeysPerUser.check(count(accessKeysByUser.Scan(tx, u.ID, "")) + 1); err != nil {
			return err
		}
		k.UserID = u.ID
		accessKeys.Put(tx, k.ID, k)
		out.AccessKey = &iamapi.AccessKey{
			UserName:        new(u.Name),
			AccessKeyId:     new(k.ID),
			Status:          k.status(),
			SecretAccessKey: new(secret),
			CreateDate:      new(k.Created.Truncate(time.Second)),
		}
		return nil
	})
	return out, err
}

func (k *AccessKey) status() iamapi.StatusType {
	if k.Inactive {
		return iamapi.StatusTypeInactive
	}
	return iamapi.StatusTypeActive
}

// ListAccessKeys lists the access keys of a user, by default the caller.
func (s *Service) ListAccessKeys(ctx context.Context, in *iamapi.ListAccessKeysInput) (*iamapi.ListAccessKeysOutput, error) {
	if isRoot(ctx, in.UserName) {
		return s.listRootKeys(ctx)
	}
	name, err := callerName(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListAccessKeysOutput{AccessKeyMetadata: []iamapi.AccessKeyMetadata{}}
	err = s.view(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, name)
		if err != nil {
			return err
		}
		p, err := newPage(in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		for id, k := range accessKeysByUser.Scan(tx, u.ID, p.after) {
			if !p.add(id) {
				break
			}
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, iamapi.AccessKeyMetadata{
				UserName:    new(u.Name),
				AccessKeyId: new(k.ID),
				Status:      k.status(),
				CreateDate:  new(k.Created.Truncate(time.Second)),
			})
		}
		out.IsTruncated, out.Marker = p.end()
		return nil
	})
	return out, err
}

// UpdateAccessKey activates or deactivates an access key.
func (s *Service) UpdateAccessKey(ctx context.Context, in *iamapi.UpdateAccessKeyInput) (*iamapi.UpdateAccessKeyOutput, error) {
	return &iamapi.UpdateAccessKeyOutput{}, s.changeKey(ctx, in.UserName, *in.AccessKeyId, func(tx *store.Tx, k *AccessKey) error {
		switch in.Status {
		case iamapi.StatusTypeActive, iamapi.StatusTypeInactive:
		default:
			return iamapi.ErrInvalidInput("Status %s is not allowed for an access key.", in.Status)
		}
		changed := new(*k)
		changed.Inactive = in.Status == iamapi.StatusTypeInactive
		accessKeys.Put(tx, k.ID, changed)
		return nil
	})
}

// DeleteAccessKey deletes an access key.
func (s *Service) DeleteAccessKey(ctx context.Context, in *iamapi.DeleteAccessKeyInput) (*iamapi.DeleteAccessKeyOutput, error) {
	return &iamapi.DeleteAccessKeyOutput{}, s.changeKey(ctx, in.UserName, *in.AccessKeyId, func(tx *store.Tx, k *AccessKey) error {
		accessKeys.Delete(tx, k.ID)
		s.forgetUse(tx, k.ID)
		tx.OnCommit(func() { s.keys.drop(k.ID) }) // with its secret
		return nil
	})
}

// changeKey finds an access key of a user, by default the caller.
func (s *Service) changeKey(ctx context.Context, userName *string, id string, change func(*store.Tx, *AccessKey) error) error {
	if isRoot(ctx, userName) {
		return rootKeyIsFixed(ctx)
	}
	name, err := callerName(ctx, userName)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, name)
		if err != nil {
			return err
		}
		k := accessKeys.Get(tx, id)
		if k == nil || k.UserID != u.ID {
			return errNoKey(id)
		}
		return change(tx, k)
	})
}

// GetAccessKeyLastUsed tells when an access key of the account last signed a
// request, and whose it is.
func (s *Service) GetAccessKeyLastUsed(ctx context.Context, in *iamapi.GetAccessKeyLastUsedInput) (*iamapi.GetAccessKeyLastUsedOutput, error) {
	out := new(iamapi.GetAccessKeyLastUsedOutput)
	err := s.view(ctx, func(tx *store.Tx) error {
		var u *User
		k := accessKeys.Get(tx, *in.AccessKeyId)
		if k != nil && k.Account == cloud.From(ctx).Account() {
			u = usersByID.Get(tx, k.UserID)
		}
		r := authz.Request{Resource: "access key " + *in.AccessKeyId}
		if u != nil {
			r = about(u)
		}
		if err := check(ctx, r); err != nil {
			return err
		}
		if u == nil {
			return errUnknownKey(ctx, *in.AccessKeyId)
		}
		out.UserName = new(u.Name)
		out.AccessKeyLastUsed = lastUsedOut(s.lastUse(tx, k.ID))
		return nil
	})
	return out, err
}

// errUnknownKey is the answer about a key that the account does not have, even
// to those who may ask about every key: IAM does not tell whether another
// account has it.
func errUnknownKey(ctx context.Context, id string) error {
	return api.Errorf("AccessDenied", 403, "User: %s is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key %s",
		cloud.From(ctx).Principal.ARN, id)
}

func lastUsedOut(last *LastUse) *iamapi.AccessKeyLastUsed {
	if last == nil {
		return &iamapi.AccessKeyLastUsed{ServiceName: new("N/A"), Region: new("N/A")}
	}
	return &iamapi.AccessKeyLastUsed{LastUsedDate: new(last.At), ServiceName: new(last.Service), Region: new(last.Region)}
}

func errNoKey(id string) error {
	return iamapi.ErrNoSuchEntity("The Access Key with id %s cannot be found.", id)
}

// listRootKeys lists the access key of the root user, which is the account's.
func (s *Service) listRootKeys(ctx context.Context) (*iamapi.ListAccessKeysOutput, error) {
	if err := checkRoot(ctx); err != nil {
		return nil, err
	}
	account, err := s.cloud.Accounts.Get(ctx, cloud.From(ctx).Account())
	if err != nil {
		return nil, err
	}
	return &iamapi.ListAccessKeysOutput{
		IsTruncated: new(false),
		AccessKeyMetadata: []iamapi.AccessKeyMetadata{{
			AccessKeyId: new(account.RootKeyID),
			Status:      iamapi.StatusTypeActive,
			CreateDate:  new(account.Created.Truncate(time.Second)),
		}},
	}, nil
}

// rootKeyIsFixed is the answer to who would change the root user's access key.
// An account has one for as long as it lives, so that nobody is locked out.
func rootKeyIsFixed(ctx context.Context) error {
	if err := checkRoot(ctx); err != nil {
		return err
	}
	return api.Errorf("NotImplemented", 501, "Changing the access keys of the root user is not built in Fortlet.")
}

func checkRoot(ctx context.Context) error {
	return check(ctx, authz.Request{Resource: cloud.From(ctx).Principal.ARN})
}
