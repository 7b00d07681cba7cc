package kms

import (
	"encoding/base64"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// grantTokenPurpose binds grant tokens, which say which grant they stand for.
const grantTokenPurpose = "kms-grant-token"

// newGrantToken makes a token of a grant, by the key of its row.
func (s *Service) newGrantToken(row string) string {
	return base64.RawURLEncoding.EncodeToString(s.cloud.Keyring.Seal(grantTokenPurpose, []byte(row), nil))
}

// openGrantToken gives the key of the row of the token's grant.
func (s *Service) openGrantToken(token string) (row string, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", kmsapi.ErrInvalidGrantTokenException("")
	}
	plain, err := s.cloud.Keyring.Open(grantTokenPurpose, sealed, nil)
	if err != nil {
		return "", kmsapi.ErrInvalidGrantTokenException("")
	}
	return string(plain), nil
}

// checkTokens refuses what is no grant token. What the tokens stand for needs
// no look: here grants hold from the moment they are made.
func (s *Service) checkTokens(tokens []string) error {
	for _, token := range tokens {
		if _, err := s.openGrantToken(token); err != nil {
			return err
		}
	}
	return nil
}
