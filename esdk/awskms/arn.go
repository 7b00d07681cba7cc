package awskms

import (
	"errors"
	"fmt"
	"strings"
)

// An arn is the parsed ARN of a key or an alias of AWS KMS.
// Source: aws-encryption-sdk-specification, framework/aws-kms/aws-kms-key-arn.md.
type arn struct {
	partition, region, account string
	kind, id                   string // "key" or "alias", and its resource id
}

var errARN = errors.New("no ARN of an AWS KMS key or alias")

// parseARN parses an ARN. The Region becomes part of a host name, and a forger
// may have chosen it: it has to look like one.
func parseARN(s string) (arn, error) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "kms" {
		return arn{}, errARN
	}
	kind, id, ok := strings.Cut(parts[5], "/")
	a := arn{partition: parts[1], region: parts[3], account: parts[4], kind: kind, id: id}
	if !ok || kind != "key" && kind != "alias" || a.partition == "" || a.account == "" || id == "" || !isLabel(a.region) {
		return arn{}, errARN
	}
	return a, nil
}

// isLabel reports whether s can be a label of a host name.
func isLabel(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-'
}

func (a arn) String() string {
	return "arn:" + a.partition + ":kms:" + a.region + ":" + a.account + ":" + a.kind + "/" + a.id
}

// multiRegion reports whether a is the ARN of a multi-Region key. An alias may
// begin like one, and is none.
func (a arn) multiRegion() bool { return a.kind == "key" && strings.HasPrefix(a.id, "mrk-") }

// matches reports whether a message that names b can be opened with key a: they
// are the same, or replicas of one multi-Region key.
// Source: framework/aws-kms/aws-kms-mrk-match-for-decrypt.md.
func (a arn) matches(b arn) bool {
	if a.multiRegion() && b.multiRegion() {
		b.region = a.region
	}
	return a == b
}

// An identifier is what a key may be configured as: an ARN, or a key id or alias
// name of the client's account and Region.
type identifier struct {
	name string
	arn  arn // zero where name is none
}

func parseIdentifier(s string) (identifier, error) {
	if strings.HasPrefix(s, "arn:") {
		a, err := parseARN(s)
		if err != nil {
			return identifier{}, fmt.Errorf("key %q: %w", s, err)
		}
		return identifier{s, a}, nil
	}
	id := strings.TrimPrefix(s, "alias/")
	// "alias/a/b" is an alias; a key id has neither.
	if id == "" || strings.ContainsAny(s, ": \t\r\n") || id == s && strings.Contains(s, "/") {
		return identifier{}, fmt.Errorf("key %q: neither ARN nor key id nor alias", s)
	}
	return identifier{s, arn{}}, nil
}

// isKey reports whether the identifier is the ARN of a key, which answers can
// be compared with.
func (i identifier) isKey() bool { return i.arn.kind == "key" }
