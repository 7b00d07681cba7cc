package iam

import (
	"bytes"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const goodPassword = "Correct-horse-7"

func TestLoginProfile(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	refused(w, iamapi.OpGetLoginProfile, iamapi.GetLoginProfileInput{UserName: new("bob")}, "NoSuchEntity: Login Profile for User bob cannot be found.")
	create := iamapi.CreateLoginProfileInput{UserName: new("bob"), Password: new(goodPassword), PasswordResetRequired: new(true)}
	if l := do(w, iamapi.OpCreateLoginProfile, create).LoginProfile; *l.UserName != "bob" || !*l.PasswordResetRequired || !l.CreateDate.Equal(w.time) {
		t.Errorf("profile %+v", l)
	}
	refused(w, iamapi.OpCreateLoginProfile, create, "EntityAlreadyExists: Login Profile for user bob already exists.")
	refused(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: new("eve"), Password: new(goodPassword)}, "NoSuchEntity: The user with name eve")
	do(w, iamapi.OpUpdateLoginProfile, iamapi.UpdateLoginProfileInput{UserName: new("bob"), PasswordResetRequired: new(false)})
	if l := do(w, iamapi.OpGetLoginProfile, iamapi.GetLoginProfileInput{UserName: new("bob")}).LoginProfile; *l.PasswordResetRequired {
		t.Errorf("profile %+v", l)
	}
	refusedAs(w, bob, iamapi.OpGetLoginProfile, iamapi.GetLoginProfileInput{}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpUpdateLoginProfile, iamapi.UpdateLoginProfileInput{UserName: new("bob"), Password: new("x")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpDeleteLoginProfile, iamapi.DeleteLoginProfileInput{UserName: new("bob")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: new("bob"), Password: new("x")}, "AccessDenied")
	do(w, iamapi.OpDeleteLoginProfile, iamapi.DeleteLoginProfileInput{UserName: new("bob")})
	refused(w, iamapi.OpUpdateLoginProfile, iamapi.UpdateLoginProfileInput{UserName: new("bob"), Password: new(goodPassword)}, "NoSuchEntity")
	refused(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: new("bob")}, "ValidationError")
}

func TestPasswordIsHashed(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	do(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: new("bob"), Password: new(goodPassword)})
	err := w.iam.view(t.Context(), func(tx *store.Tx) error {
		l := loginProfiles.Get(tx, bob.ID)
		if bytes.Contains(l.Hash.Sum, []byte("horse")) || len(l.Hash.Sum) != hashSize || len(l.Hash.Salt) != 16 {
			t.Errorf("hash %+v", l.Hash)
		}
		if !l.Hash.matches(goodPassword) || l.Hash.matches(goodPassword+"x") {
			t.Error("the hash does not tell passwords apart")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:ChangePassword", "arn:aws:iam::*:user/${aws:username}"))
	change := func(from, to string) iamapi.ChangePasswordInput {
		return iamapi.ChangePasswordInput{OldPassword: &from, NewPassword: &to}
	}
	refusedAs(w, bob, iamapi.OpChangePassword, change("x", goodPassword), "NoSuchEntity")
	do(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: new("bob"), Password: new(goodPassword), PasswordResetRequired: new(true)})
	refusedAs(w, bob, iamapi.OpChangePassword, change("wrong", "Another-horse-8"), "AccessDenied: The old password was incorrect.")
	refusedAs(w, bob, iamapi.OpChangePassword, change(goodPassword, "short"), "PasswordPolicyViolation: Password should have a minimum length of 8")
	as(w, bob, iamapi.OpChangePassword, change(goodPassword, "Another-horse-8"))
	if l := do(w, iamapi.OpGetLoginProfile, iamapi.GetLoginProfileInput{UserName: new("bob")}).LoginProfile; *l.PasswordResetRequired {
		t.Error("a reset is still required")
	}
	refusedAs(w, bob, iamapi.OpChangePassword, change(goodPassword, "Third-horse-9"), "AccessDenied")
	refused(w, iamapi.OpChangePassword, change("a", "b"), "InvalidUserType: Only IAM Users can change their own password")
	refusedAs(w, w.session("r"), iamapi.OpChangePassword, change("a", "b"), "InvalidUserType")
}

// An account's password policy can let all users change their passwords, and a
// Deny still wins: see "Set an account password policy for IAM users".
func TestAllowUsersToChangePassword(t *testing.T) {
	w := newWorld(t)
	bob, eve := w.user("bob", ""), w.user("eve", deny("iam:ChangePassword", "*"))
	for _, name := range []string{"bob", "eve"} {
		do(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: &name, Password: new(goodPassword)})
	}
	in := iamapi.ChangePasswordInput{OldPassword: new(goodPassword), NewPassword: new("Another-horse-8")}
	refusedAs(w, bob, iamapi.OpChangePassword, in, "AccessDenied: User: ")
	do(w, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{AllowUsersToChangePassword: new(true)})
	as(w, bob, iamapi.OpChangePassword, in)
	refusedAs(w, eve, iamapi.OpChangePassword, in, "with an explicit deny in an identity-based policy")
}

func TestPasswordRules(t *testing.T) {
	all := &PasswordPolicy{MinimumLength: 10, Uppercase: true, Lowercase: true, Numbers: true, Symbols: true}
	for _, c := range []struct {
		password string
		policy   *PasswordPolicy
		want     string // "" for acceptable
	}{
		{"abcdEFG7", nil, ""},
		{"abcdef7!", nil, ""},
		{"abcdefgh", nil, "Password should meet 2 more of the following requirements: Password should have at least one uppercase letter, Password should have at least one number, Password should have at least one symbol"},
		// Seen on AWS.
		{"abcdefg7", nil, "Password should meet 1 more of the following requirements: Password should have at least one uppercase letter, Password should have at least one symbol"},
		{"aB7!", nil, "Password should have a minimum length of 8"},
		{"my-account-7", nil, "Password should not be identical to your AWS account name"},
		{"abcdEF7!xx", all, ""},
		{"éàüÉÀÜçñæø", all, "Password should have at least one uppercase letter, Password should have at least one lowercase letter, Password should have at least one number, Password should have at least one symbol"},
		{"abcdef", &PasswordPolicy{MinimumLength: 6}, ""},
		{"abcde", &PasswordPolicy{MinimumLength: 6}, "Password should have a minimum length of 6"},
	} {
		err := acceptable(c.password, c.policy, "my-account-7")
		got := ""
		if err != nil {
			if code(err) != "PasswordPolicyViolation" {
				t.Errorf("%q: %v", c.password, err)
			}
			got = err.Error()[len("PasswordPolicyViolation: "):]
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.password, got, c.want)
		}
	}
}

func TestPasswordReuse(t *testing.T) {
	w := newWorld(t)
	w.user("bob", "")
	do(w, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{PasswordReusePrevention: new(int32(2))})
	do(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: new("bob"), Password: new("first-one")})
	set := func(p string) iamapi.UpdateLoginProfileInput {
		return iamapi.UpdateLoginProfileInput{UserName: new("bob"), Password: &p}
	}
	refused(w, iamapi.OpUpdateLoginProfile, set("first-one"), "PasswordPolicyViolation")
	do(w, iamapi.OpUpdateLoginProfile, set("second-one"))
	refused(w, iamapi.OpUpdateLoginProfile, set("first-one"), "PasswordPolicyViolation")
	do(w, iamapi.OpUpdateLoginProfile, set("third-one"))
	do(w, iamapi.OpUpdateLoginProfile, set("first-one"))
}
