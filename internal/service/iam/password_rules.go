package iam

import (
	"fmt"
	"strings"
	"unicode/utf8"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

const (
	// maxHistory is how many passwords a policy can forbid to use again.
	maxHistory = 24
	// defaultLength and defaultKinds are AWS's policy for accounts that have
	// none of their own: eight characters of three of the four kinds.
	defaultLength = 8
	defaultKinds  = 3
	symbols       = "!@#$%^&*()_+-=[]{}|'"
)

// characterRule is a kind of character that a password may need.
type characterRule struct {
	chars string
	words string
}

var (
	upperRule  = characterRule{"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "Password should have at least one uppercase letter"}
	lowerRule  = characterRule{"abcdefghijklmnopqrstuvwxyz", "Password should have at least one lowercase letter"}
	numberRule = characterRule{"0123456789", "Password should have at least one number"}
	symbolRule = characterRule{symbols, "Password should have at least one symbol"}
)

func (r characterRule) met(password string) bool { return strings.ContainsAny(password, r.chars) }

// acceptable refuses a password that the account's password policy forbids.
// alias is the account's, which no password may equal.
func acceptable(password string, p *PasswordPolicy, alias string) error {
	var problems []string
	if p == nil {
		problems = defaultProblems(password)
	} else {
		problems = p.problems(password)
	}
	if alias != "" && strings.EqualFold(password, alias) {
		problems = append(problems, "Password should not be identical to your AWS account name")
	}
	if len(problems) > 0 {
		return iamapi.ErrPasswordPolicyViolation("%s", strings.Join(problems, ", "))
	}
	return nil
}

func (p *PasswordPolicy) problems(password string) (problems []string) {
	if utf8.RuneCountInString(password) < int(p.MinimumLength) {
		problems = append(problems, tooShort(int(p.MinimumLength)))
	}
	for _, r := range p.rules() {
		if !r.met(password) {
			problems = append(problems, r.words)
		}
	}
	return problems
}

func (p *PasswordPolicy) rules() (rules []characterRule) {
	for _, r := range []struct {
		required bool
		rule     characterRule
	}{
		{p.Uppercase, upperRule}, {p.Lowercase, lowerRule}, {p.Numbers, numberRule}, {p.Symbols, symbolRule},
	} {
		if r.required {
			rules = append(rules, r.rule)
		}
	}
	return rules
}

func defaultProblems(password string) (problems []string) {
	if utf8.RuneCountInString(password) < defaultLength {
		problems = append(problems, tooShort(defaultLength))
	}
	var unmet []string
	rules := []characterRule{upperRule, lowerRule, numberRule, symbolRule}
	for _, r := range rules {
		if !r.met(password) {
			unmet = append(unmet, r.words)
		}
	}
	if missing := defaultKinds - (len(rules) - len(unmet)); missing > 0 {
		problems = append(problems, fmt.Sprintf("Password should meet %d more of the following requirements: %s", missing, strings.Join(unmet, ", ")))
	}
	return problems
}

func tooShort(length int) string {
	return fmt.Sprintf("Password should have a minimum length of %d", length)
}

// reused reports whether the password is the current one or one of those
// before it that the policy remembers. It hashes: see exclusively.
func (l *LoginProfile) reused(password string, p *PasswordPolicy) bool {
	if p == nil || p.ReusePrevention == 0 {
		return false
	}
	hashes := append([]PasswordHash{l.Hash}, l.Previous...)
	for _, h := range hashes[:min(len(hashes), int(p.ReusePrevention))] {
		if h.matches(password) {
			return true
		}
	}
	return false
}

func errReused() error {
	return iamapi.ErrPasswordPolicyViolation("Password has been used before and cannot be used again")
}
