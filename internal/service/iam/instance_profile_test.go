package iam

import (
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

func TestInstanceProfiles(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	w.role("s")
	p := do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("Web"), Path: new("/x/")}).InstanceProfile
	if *p.Arn != "arn:aws:iam::111122223333:instance-profile/x/Web" || (*p.InstanceProfileId)[:4] != "AIPA" || len(p.Roles) != 0 {
		t.Errorf("created %+v", p)
	}
	refused(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("web")}, "EntityAlreadyExists: Instance Profile web already exists.")
	add := func(role string) iamapi.AddRoleToInstanceProfileInput {
		return iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("Web"), RoleName: &role}
	}
	refused(w, iamapi.OpAddRoleToInstanceProfile, add("none"), "NoSuchEntity: The role with name none cannot be found.")
	do(w, iamapi.OpAddRoleToInstanceProfile, add("r"))
	refused(w, iamapi.OpAddRoleToInstanceProfile, add("s"), "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	got := do(w, iamapi.OpGetInstanceProfile, iamapi.GetInstanceProfileInput{InstanceProfileName: new("Web")}).InstanceProfile
	if len(got.Roles) != 1 || *got.Roles[0].RoleName != "r" || got.Roles[0].AssumeRolePolicyDocument == nil {
		t.Errorf("roles %+v", got.Roles)
	}
	of := do(w, iamapi.OpListInstanceProfilesForRole, iamapi.ListInstanceProfilesForRoleInput{RoleName: new("r")}).InstanceProfiles
	if len(of) != 1 || *of[0].InstanceProfileName != "Web" {
		t.Errorf("profiles of the role %+v", of)
	}
	if list := do(w, iamapi.OpListInstanceProfiles, iamapi.ListInstanceProfilesInput{PathPrefix: new("/y")}).InstanceProfiles; len(list) != 0 {
		t.Errorf("listed %+v", list)
	}
	refused(w, iamapi.OpDeleteInstanceProfile, iamapi.DeleteInstanceProfileInput{InstanceProfileName: new("Web")}, "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.")
	remove := func(role string) iamapi.RemoveRoleFromInstanceProfileInput {
		return iamapi.RemoveRoleFromInstanceProfileInput{InstanceProfileName: new("Web"), RoleName: &role}
	}
	refused(w, iamapi.OpRemoveRoleFromInstanceProfile, remove("s"), "NoSuchEntity")
	do(w, iamapi.OpRemoveRoleFromInstanceProfile, remove("r"))
	do(w, iamapi.OpDeleteInstanceProfile, iamapi.DeleteInstanceProfileInput{InstanceProfileName: new("Web")})
	refused(w, iamapi.OpGetInstanceProfile, iamapi.GetInstanceProfileInput{InstanceProfileName: new("Web")}, "NoSuchEntity: Instance Profile Web cannot be found.")
}

// Who puts a role into an instance profile passes it on: see "Grant a user
// permissions to pass a role to an AWS service" in the IAM User Guide.
func TestAddRoleNeedsPassRole(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	w.role("admin")
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i")})
	profiles := `{"Effect":"Allow","Action":"iam:*InstanceProfile","Resource":"*"}`
	none := w.user("none", `{"Version":"2012-10-17","Statement":[`+profiles+`]}`)
	some := w.user("some", `{"Version":"2012-10-17","Statement":[`+profiles+`,{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}]}`)
	add := func(role string) iamapi.AddRoleToInstanceProfileInput {
		return iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("i"), RoleName: &role}
	}
	refusedAs(w, none, iamapi.OpAddRoleToInstanceProfile, add("r"), "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/r because")
	refusedAs(w, some, iamapi.OpAddRoleToInstanceProfile, add("admin"), "AccessDenied")
	as(w, some, iamapi.OpAddRoleToInstanceProfile, add("r"))
	bob := w.user("bob", "")
	refusedAs(w, bob, iamapi.OpRemoveRoleFromInstanceProfile, iamapi.RemoveRoleFromInstanceProfileInput{InstanceProfileName: new("i"), RoleName: new("r")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpDeleteInstanceProfile, iamapi.DeleteInstanceProfileInput{InstanceProfileName: new("i")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("j")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpListInstanceProfiles, iamapi.ListInstanceProfilesInput{}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpListInstanceProfilesForRole, iamapi.ListInstanceProfilesForRoleInput{RoleName: new("r")}, "AccessDenied")
}
