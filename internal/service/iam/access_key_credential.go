package iam

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// secretPurpose is what users' secret keys are sealed for. The key's id is the
// additional data, so that a secret cannot be moved to another key.
const secretPurpose = "user-access-key"

// AccessKey implements credentials.UserKeys.
func (s *Service) AccessKey(id string) *credentials.Credential {
	m := s.memory.Load()
	if c, ok := m.keys.get(id); ok {
		return c
	}
	var c *credentials.Credential
	err := s.view(context.Background(), func(tx *store.Tx) (err error) {
		c, err = s.credential(tx, accessKeys.Get(tx, id))
		return err
	})
	if err != nil {
		s.log.Error("access key not read", "key", id, "cause", err)
		return nil
	}
	return remember(&m.keys, id, s.unchanged(id, c))
}

// credential is what a key stands for; nil when for nobody.
func (s *Service) credential(tx *store.Tx, k *AccessKey) (*credentials.Credential, error) {
	if k == nil || k.Inactive {
		return nil, nil
	}
	u := usersByID.Get(tx, k.UserID)
	if u == nil {
		return nil, nil
	}
	secret, err := s.keyring.Open(secretPurpose, k.Secret, []byte(k.ID))
	if err != nil {
		return nil, err
	}
	return &credentials.Credential{
		Principal: &authz.Principal{
			Principal: policy.Principal{
				Type:    policy.User,
				Account: u.Account,
				ARN:     arnOf(u),
				ID:      u.ID,
			},
			Name:        u.Name,
			AccessKeyID: k.ID,
		},
		Secret:   string(secret),
		LongTerm: true,
	}, nil
}

// unchanged gives the credential that the key had before, if it still is the
// same: what others have derived from it then stays right.
func (s *Service) unchanged(id string, c *credentials.Credential) *credentials.Credential {
	if c == nil {
		s.keys.drop(id)
		return nil
	}
	before, ok := s.keys.get(id)
	if ok && before.Secret == c.Secret && before.Principal.Principal == c.Principal.Principal {
		return before
	}
	s.keys.put(id, c)
	return c
}
