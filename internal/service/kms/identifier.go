package kms

import (
	"strings"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
)

// identifier is a key identifier of a request, in any of its four forms.
type identifier struct {
	account, region string
	key             string // the key id; empty when an alias identifies the key
	alias           string // "alias/…"
	arn             bool   // it was an ARN
}

// String is the identifier as an ARN.
func (id identifier) String() string {
	if id.alias != "" {
		return aliasARN(id.region, id.account, id.alias)
	}
	return keyARN(id.region, id.account, id.key)
}

func aliasARN(region, account, name string) string {
	return cloud.ARN("kms", region, account, name)
}

const (
	aliasPrefix    = "alias/"
	reservedPrefix = "alias/aws/"
)

// parseIdentifier reads a key identifier. Operations that take no aliases refuse
// them by name, whether or not there is such an alias.
func parseIdentifier(call *cloud.Call, text string, aliases bool) (identifier, error) {
	id := identifier{account: call.Account(), region: call.Region}
	resource := text
	if strings.HasPrefix(text, "arn:") {
		var err error
		if id, resource, err = parseARN(call, text); err != nil {
			return id, err
		}
	}
	switch {
	case strings.HasPrefix(resource, aliasPrefix) && !aliases:
		return id, kmsapi.ErrInvalidArnException("Key Aliases are not supported for this operation.")
	case strings.HasPrefix(resource, aliasPrefix) && len(resource) > len(aliasPrefix):
		id.alias = resource
	case isKeyID(resource):
		id.key = resource
	default:
		return id, kmsapi.ErrNotFoundException("Invalid keyId '%s'", text)
	}
	return id, nil
}

// parseARN splits the ARN of a key or alias. The resource that it gives is
// what could have been in the ARN's place: a key id or an alias name.
func parseARN(call *cloud.Call, text string) (id identifier, resource string, err error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[1] != cloud.Partition || parts[2] != "kms" || !isAccountID(parts[4]) {
		return id, "", kmsapi.ErrInvalidArnException("Invalid arn %s", text)
	}
	if parts[3] != call.Region {
		return id, "", kmsapi.ErrNotFoundException("Invalid arn %s", parts[3])
	}
	resource, isKey := strings.CutPrefix(parts[5], "key/")
	if !isKey && !strings.HasPrefix(resource, aliasPrefix) || isKey && !isKeyID(resource) {
		return id, "", kmsapi.ErrInvalidArnException("Invalid arn %s", text)
	}
	return identifier{account: parts[4], region: parts[3], arn: true}, resource, nil
}

func isAccountID(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// isKeyID reports a UUID or the id of a multi-Region key.
func isKeyID(s string) bool {
	if digits, ok := strings.CutPrefix(s, "mrk-"); ok {
		return len(digits) == 32 && isHex(digits)
	}
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && !isHex(s[i:i+1]) {
			return false
		}
	}
	return true
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
