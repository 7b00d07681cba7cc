package iam

import (
	"fmt"
	"strings"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

func TestCreateUser(t *testing.T) {
	w := newWorld(t)
	u := do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("Bob"), Path: new("/div/sub/"), Tags: tags("z", "1", "A", "2")}).User
	if *u.Arn != "arn:aws:iam::111122223333:user/div/sub/Bob" || !strings.HasPrefix(*u.UserId, "AIDA") || len(*u.UserId) != 21 {
		t.Errorf("created %s with id %s", *u.Arn, *u.UserId)
	}
	if !u.CreateDate.Equal(w.time) || *u.Path != "/div/sub/" {
		t.Errorf("created %v at path %s", u.CreateDate, *u.Path)
	}
	got := do(w, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("bOB")}).User
	if *got.UserName != "Bob" || *got.UserId != *u.UserId || len(got.Tags) != 2 || *got.Tags[0].Key != "A" {
		t.Errorf("got %+v", got)
	}
	// Names are unique without regard to case and to path.
	refused(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")}, "EntityAlreadyExists: User with name bob already exists.")
	// Another account is another world.
	as(w, w.stranger, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")})
	refusedAs(w, w.stranger, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("alice")}, "NoSuchEntity: The user with name alice cannot be found.")
}

func TestCreateUserRefuses(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		in   iamapi.CreateUserInput
		want string
	}{
		{iamapi.CreateUserInput{UserName: new("a b")}, "ValidationError"},
		{iamapi.CreateUserInput{UserName: new(strings.Repeat("a", 65))}, "ValidationError"},
		{iamapi.CreateUserInput{UserName: new("a"), Path: new("div")}, "ValidationError"},
		{iamapi.CreateUserInput{UserName: new("a"), Tags: tags("Team", "1", "team", "2")}, "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."},
		{iamapi.CreateUserInput{UserName: new("a"), Tags: tags("AWS:x", "1")}, "InvalidInput"},
		{iamapi.CreateUserInput{UserName: new("a"), PermissionsBoundary: new("arn:aws:iam::111122223333:policy/none")}, "NoSuchEntity: Scope ARN: arn:aws:iam::111122223333:policy/none does not exist or is not attachable."},
		{iamapi.CreateUserInput{UserName: new("a"), PermissionsBoundary: new("arn:aws:iam::111122223333:role/none")}, "InvalidInput: ARN arn:aws:iam::111122223333:role/none is not valid."},
	} {
		refused(w, iamapi.OpCreateUser, c.in, c.want)
	}
	if n := do(w, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}).SummaryMap[iamapi.SummaryKeyTypeUsers]; n != 0 {
		t.Errorf("%d users after refusals", n)
	}
}

func TestUserIsDenied(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:GetUser", "arn:aws:iam::111122223333:user/bob"))
	as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})
	// Whether alice exists is not for bob to know.
	const want = "AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:GetUser on resource: arn:aws:iam::111122223333:user/alice because no identity-based policy allows the iam:GetUser action"
	refusedAs(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("alice")}, want)
	w.user("alice", "")
	refusedAs(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("alice")}, want)
	refusedAs(w, bob, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("carol"), Path: new("/x/")},
		"iam:CreateUser on resource: arn:aws:iam::111122223333:user/x/carol because")
	refusedAs(w, bob, iamapi.OpListUsers, iamapi.ListUsersInput{PathPrefix: new("/x")},
		"iam:ListUsers on resource: arn:aws:iam::111122223333:user/x because")
	refusedAs(w, bob, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: new("alice")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("alice"), NewUserName: new("bob2")}, "AccessDenied")
}

func TestGetUserWithoutName(t *testing.T) {
	w := newWorld(t)
	root := do(w, iamapi.OpGetUser, iamapi.GetUserInput{}).User
	if *root.Arn != "arn:aws:iam::111122223333:root" || *root.UserId != home || root.UserName != nil {
		t.Errorf("root is %+v", root)
	}
	refusedAs(w, w.session("r"), iamapi.OpGetUser, iamapi.GetUserInput{}, "ValidationError: Must specify userName when calling with non-User credentials")
}

func TestUpdateUser(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:GetUser", "*"))
	w.user("alice", "")
	w.group("g")
	do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: new("bob")})
	refused(w, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("bob"), NewUserName: new("ALICE")}, "EntityAlreadyExists")

	do(w, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("bob"), NewUserName: new("rob"), NewPath: new("/x/")})
	u := do(w, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("rob")}).User
	if *u.Arn != "arn:aws:iam::111122223333:user/x/rob" || *u.UserId != bob.ID {
		t.Errorf("renamed to %s with id %s, was %s", *u.Arn, *u.UserId, bob.ID)
	}
	refused(w, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("bob")}, "NoSuchEntity")
	// Policies, keys and memberships follow.
	rob := w.iam.AccessKey(bob.AccessKeyID).Principal
	if rob.Name != "rob" || rob.ARN != *u.Arn || rob.ID != bob.ID {
		t.Errorf("the key now stands for %+v", rob)
	}
	as(w, rob, iamapi.OpGetUser, iamapi.GetUserInput{})
	if members := do(w, iamapi.OpGetGroup, iamapi.GetGroupInput{GroupName: new("g")}).Users; len(members) != 1 || *members[0].UserName != "rob" {
		t.Errorf("members %+v", members)
	}
	// Only the case may change, and nothing may change.
	do(w, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("rob"), NewUserName: new("Rob")})
	do(w, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("rob")})
	if n := do(w, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}).SummaryMap[iamapi.SummaryKeyTypeUsers]; n != 2 {
		t.Errorf("%d users", n)
	}
}

// Renaming asks for both names: "You must have the appropriate permissions on
// both the source object and the target object" (IAM API Reference, UpdateUser).
func TestUpdateUserAsksTwice(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:UpdateUser", "arn:aws:iam::111122223333:user/bob"))
	refusedAs(w, bob, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("bob"), NewPath: new("/admin/")},
		"iam:UpdateUser on resource: arn:aws:iam::111122223333:user/admin/bob")
}

func TestDeleteUserConflicts(t *testing.T) {
	w := newWorld(t)
	w.group("g")
	bob := w.user("bob", allow("iam:*", "*"))
	arn := w.policy("p", allow("iam:*", "*"))
	name := new("bob")
	do(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: name, PolicyArn: &arn})
	do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: name})
	do(w, iamapi.OpCreateLoginProfile, iamapi.CreateLoginProfileInput{UserName: name, Password: new("Correct-horse-7")})

	remove := func(want string) {
		t.Helper()
		refused(w, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: name}, "DeleteConflict: Cannot delete entity, must "+want)
	}
	remove("detach all policies first.")
	do(w, iamapi.OpDetachUserPolicy, iamapi.DetachUserPolicyInput{UserName: name, PolicyArn: &arn})
	remove("delete policies first.")
	do(w, iamapi.OpDeleteUserPolicy, iamapi.DeleteUserPolicyInput{UserName: name, PolicyName: new("p")})
	remove("remove users from group first.")
	do(w, iamapi.OpRemoveUserFromGroup, iamapi.RemoveUserFromGroupInput{GroupName: new("g"), UserName: name})
	remove("delete login profile first.")
	do(w, iamapi.OpDeleteLoginProfile, iamapi.DeleteLoginProfileInput{UserName: name})
	remove("delete access keys first.")
	do(w, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{UserName: name, AccessKeyId: &bob.AccessKeyID})
	do(w, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: name})
	refused(w, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: name}, "NoSuchEntity: The user with name bob cannot be found.")
	if w.iam.User(home, "bob") != nil || w.iam.ByID(bob.ID) != nil {
		t.Error("the directory still knows bob")
	}
}

func TestListUsers(t *testing.T) {
	w := newWorld(t)
	for i := range 25 {
		path := "/even/"
		if i%2 == 1 {
			path = "/odd/"
		}
		do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new(fmt.Sprintf("User%02d", i)), Path: &path, Tags: tags("a", "b")})
	}
	as(w, w.stranger, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("User99")})

	var names []string
	in := iamapi.ListUsersInput{PathPrefix: new("/ev"), MaxItems: new(int32(5))}
	pages := 0
	for {
		out := do(w, iamapi.OpListUsers, in)
		pages++
		for _, u := range out.Users {
			names = append(names, *u.UserName)
			if u.Tags != nil {
				t.Fatal("lists show no tags")
			}
		}
		if !*out.IsTruncated {
			if out.Marker != nil {
				t.Error("a marker after the last page")
			}
			break
		}
		if len(out.Users) != 5 {
			t.Fatalf("page of %d", len(out.Users))
		}
		if pages == 1 { // a marker holds though its user goes, and others come
			do(w, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: new("User08")})
			do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("a-first"), Path: new("/even/")})
		}
		in.Marker = out.Marker
	}
	if got := strings.Join(names, " "); pages != 3 || got != "User00 User02 User04 User06 User08 User10 User12 User14 User16 User18 User20 User22 User24" {
		t.Errorf("%d pages: %s", pages, got)
	}
	all := do(w, iamapi.OpListUsers, iamapi.ListUsersInput{})
	if len(all.Users) != 25 || *all.IsTruncated {
		t.Errorf("%d users", len(all.Users))
	}
	for _, marker := range []string{"not base64!", "é", "AAAA====", "nonsense", "AAAAAAAA"} {
		refused(w, iamapi.OpListUsers, iamapi.ListUsersInput{Marker: &marker}, "ValidationError: Invalid Marker.")
	}
	refused(w, iamapi.OpListUsers, iamapi.ListUsersInput{MaxItems: new(int32(1001))}, "ValidationError")
}

func TestUserQuota(t *testing.T) {
	w := newWorld(t)
	defer func(max int) { groupKind.quota.max = max }(groupKind.quota.max)
	groupKind.quota.max = 2
	w.group("a")
	w.group("b")
	refused(w, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: new("c")}, "LimitExceeded: Cannot exceed quota for GroupsPerAccount: 2")
	do(w, iamapi.OpDeleteGroup, iamapi.DeleteGroupInput{GroupName: new("a")})
	w.group("c")
}
