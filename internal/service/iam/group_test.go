package iam

import (
	"fmt"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

func TestGroups(t *testing.T) {
	w := newWorld(t)
	g := do(w, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: new("Devs"), Path: new("/x/")}).Group
	if *g.Arn != "arn:aws:iam::111122223333:group/x/Devs" || (*g.GroupId)[:4] != "AGPA" {
		t.Errorf("created %+v", g)
	}
	refused(w, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: new("DEVS")}, "EntityAlreadyExists: Group with name DEVS already exists.")
	refused(w, iamapi.OpGetGroup, iamapi.GetGroupInput{GroupName: new("none")}, "NoSuchEntity: The group with name none cannot be found.")
	w.group("ops")
	do(w, iamapi.OpUpdateGroup, iamapi.UpdateGroupInput{GroupName: new("devs"), NewGroupName: new("Coders"), NewPath: new("/")})
	list := do(w, iamapi.OpListGroups, iamapi.ListGroupsInput{}).Groups
	if len(list) != 2 || *list[0].GroupName != "Coders" || *list[0].GroupId != *g.GroupId || *list[0].Arn != "arn:aws:iam::111122223333:group/Coders" {
		t.Errorf("list %+v", list)
	}
	refused(w, iamapi.OpUpdateGroup, iamapi.UpdateGroupInput{GroupName: new("ops"), NewGroupName: new("coders")}, "EntityAlreadyExists")

	bob := w.user("bob", allow("iam:ListGroups", "arn:aws:iam::111122223333:group/x/*"))
	refusedAs(w, bob, iamapi.OpListGroups, iamapi.ListGroupsInput{}, "AccessDenied")
	as(w, bob, iamapi.OpListGroups, iamapi.ListGroupsInput{PathPrefix: new("/x/")})
	refusedAs(w, bob, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: new("y")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpGetGroup, iamapi.GetGroupInput{GroupName: new("ops")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpDeleteGroup, iamapi.DeleteGroupInput{GroupName: new("ops")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpUpdateGroup, iamapi.UpdateGroupInput{GroupName: new("ops")}, "AccessDenied")
}

func TestMembership(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	w.group("g")
	do(w, iamapi.OpPutGroupPolicy, iamapi.PutGroupPolicyInput{GroupName: new("g"), PolicyName: new("p"), PolicyDocument: new(allow("iam:GetUser", "*"))})

	refusedAs(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{}, "AccessDenied")
	add := iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: new("bob")}
	do(w, iamapi.OpAddUserToGroup, add)
	do(w, iamapi.OpAddUserToGroup, add)
	as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})
	refused(w, iamapi.OpDeleteGroup, iamapi.DeleteGroupInput{GroupName: new("g")}, "DeleteConflict: Cannot delete entity, must delete policies first.")
	do(w, iamapi.OpDeleteGroupPolicy, iamapi.DeleteGroupPolicyInput{GroupName: new("g"), PolicyName: new("p")})
	refused(w, iamapi.OpDeleteGroup, iamapi.DeleteGroupInput{GroupName: new("g")}, "DeleteConflict: Cannot delete entity, must remove users from group first.")

	remove := iamapi.RemoveUserFromGroupInput{GroupName: new("g"), UserName: new("bob")}
	do(w, iamapi.OpRemoveUserFromGroup, remove)
	do(w, iamapi.OpRemoveUserFromGroup, remove)
	refusedAs(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{}, "AccessDenied")
	do(w, iamapi.OpDeleteGroup, iamapi.DeleteGroupInput{GroupName: new("g")})

	refused(w, iamapi.OpAddUserToGroup, add, "NoSuchEntity: The group with name g cannot be found.")
	w.group("g")
	refused(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: new("eve")}, "NoSuchEntity: The user with name eve cannot be found.")
}

func TestMembershipIsAboutTheGroup(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:*User*Group", "arn:aws:iam::111122223333:group/g"))
	w.group("g")
	w.group("admins")
	as(w, bob, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: new("bob")})
	as(w, bob, iamapi.OpRemoveUserFromGroup, iamapi.RemoveUserFromGroupInput{GroupName: new("g"), UserName: new("bob")})
	refusedAs(w, bob, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("admins"), UserName: new("bob")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpRemoveUserFromGroup, iamapi.RemoveUserFromGroupInput{GroupName: new("admins"), UserName: new("bob")}, "AccessDenied")
}

func TestGroupsPerUser(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:ListGroupsForUser", "arn:aws:iam::*:user/bob"))
	for i := range 11 {
		w.group(fmt.Sprintf("g%02d", i))
	}
	for i := range 10 {
		do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new(fmt.Sprintf("g%02d", 9-i)), UserName: new("bob")})
	}
	refused(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g10"), UserName: new("bob")}, "LimitExceeded: Cannot exceed quota for GroupsPerUser: 10")

	first := as(w, bob, iamapi.OpListGroupsForUser, iamapi.ListGroupsForUserInput{UserName: new("bob"), MaxItems: new(int32(7))})
	if len(first.Groups) != 7 || !*first.IsTruncated || *first.Groups[0].GroupName != "g00" {
		t.Fatalf("first page %+v", first)
	}
	rest := as(w, bob, iamapi.OpListGroupsForUser, iamapi.ListGroupsForUserInput{UserName: new("bob"), Marker: first.Marker})
	if len(rest.Groups) != 3 || *rest.IsTruncated || *rest.Groups[2].GroupName != "g09" {
		t.Fatalf("second page %+v", rest)
	}
	refusedAs(w, bob, iamapi.OpListGroupsForUser, iamapi.ListGroupsForUserInput{UserName: new("eve")}, "AccessDenied")
}

func TestGetGroupPages(t *testing.T) {
	w := newWorld(t)
	w.group("g")
	for i := range 5 {
		name := fmt.Sprintf("u%d", i)
		do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: &name})
		do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: &name})
	}
	first := do(w, iamapi.OpGetGroup, iamapi.GetGroupInput{GroupName: new("g"), MaxItems: new(int32(3))})
	rest := do(w, iamapi.OpGetGroup, iamapi.GetGroupInput{GroupName: new("g"), Marker: first.Marker})
	if len(first.Users) != 3 || !*first.IsTruncated || len(rest.Users) != 2 || *rest.Users[0].UserName != "u3" {
		t.Errorf("pages %+v and %+v", first.Users, rest.Users)
	}
}
