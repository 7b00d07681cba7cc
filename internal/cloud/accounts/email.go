package accounts

import (
	"regexp"
	"strings"
)

// The rules of AWS for the address of an account's root user: see the member
// Email of CreateAccount in the AWS Organizations API Reference.
var (
	localPart = regexp.MustCompile(`^[!#$*+\-/0-9=?@A-Z^_` + "`" + `a-z{}~][!#$*+\-./0-9=?A-Z^_` + "`" + `a-z{}~]*$`)
	domain    = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$`)
)

const (
	minEmail = 6
	maxEmail = 64
)

// ValidEmail reports an address that AWS takes for an account.
func ValidEmail(address string) bool {
	local, host, ok := strings.Cut(address, "@")
	return ok && len(address) >= minEmail && len(address) <= maxEmail && localPart.MatchString(local) &&
		!strings.Contains(local, "@") && strings.Contains(host, ".") && domain.MatchString(host)
}

// emailKey is what two spellings of one address have in common.
func emailKey(address string) string { return strings.ToLower(address) }
