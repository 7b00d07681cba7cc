package cloud

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/fortlet/fortlet/internal/cloud/authz"
)

const messagePurpose = "authorization-message"

var errMessage = errors.New("no authorization message of this account")

// EncodeMessage is the encoded authorization message of a decision, which
// only sts:DecodeAuthorizationMessage of the caller's account opens.
func (c *Cloud) EncodeMessage(d *authz.Decision) (string, error) {
	plain, err := json.Marshal(d.Message())
	if err != nil {
		return "", err
	}
	account := d.Scope.Principal.Account
	return base64.RawURLEncoding.EncodeToString(c.Keyring.Seal(messagePurpose, plain, []byte(account))), nil
}

// DecodeMessage opens an encoded authorization message.
func (c *Cloud) DecodeMessage(encoded, account string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", errMessage
	}
	plain, err := c.Keyring.Open(messagePurpose, raw, []byte(account))
	if err != nil {
		return "", errMessage
	}
	return string(plain), nil
}
