package iam

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// samples are values for the required members of inputs, by name.
var samples = map[string]any{
	"AccessKeyId": new("AKIAAAAAAAAAAAAAAAAA"), "AccountAlias": new("alias"), "ActionNames": []string{"iam:GetUser"},
	"AWSServiceName": new("ecs.amazonaws.com"), "DeletionTaskId": new("task/aws-service-role/x/y/z"),
	"AssumeRolePolicyDocument": new(trusting(home)), "Description": new("d"),
	"NewPassword": new(goodPassword), "OldPassword": new(goodPassword), "Password": new(goodPassword),
	"PermissionsBoundary": new("arn:aws:iam::111122223333:policy/absent"), "PolicyArn": new("arn:aws:iam::111122223333:policy/absent"),
	"PolicyDocument": new(allow("a:b", "*")), "PolicyInputList": []string{allow("a:b", "*")},
	"PolicySourceArn": new("arn:aws:iam::111122223333:user/absent"),
	"Status":          iamapi.StatusTypeActive, "TagKeys": []string{"k"}, "Tags": tags("k", "v"), "VersionId": new("v1"),
}

// sample makes an input with every required member. What it names does not
// exist, unless user is given.
func sample(t *testing.T, op *api.Operation, user string) any {
	t.Helper()
	in := reflect.New(op.Input)
	for i := range op.Input.NumField() {
		f := op.Input.Field(i)
		if !slices.Contains(strings.Split(f.Tag.Get("api"), ","), "required") {
			continue
		}
		v, ok := samples[f.Name]
		switch {
		case f.Name == "UserName" && user != "":
			v = &user
		case ok:
		case strings.HasSuffix(f.Name, "Name"):
			v = new("none")
		default:
			t.Fatalf("%s: no sample for %s", op.Name, f.Name)
		}
		in.Elem().Field(i).Set(reflect.ValueOf(v))
	}
	return in.Interface()
}

func invoke(w *world, p *authz.Principal, op *api.Operation, in any) error {
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: op, Input: in}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: p, Region: "us-east-1", Time: w.time}
	_, err := w.cloud.Invoke(w.Context(), c)
	return err
}

// Nobody may do anything without being allowed to, and learns nothing by
// trying.
func TestEveryOperationIsDenied(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	eve := w.user("eve", deny("*", "*"))
	for _, op := range iamapi.Service.Operations {
		for _, p := range []*authz.Principal{bob, eve} {
			err := invoke(w, p, op, sample(t, op, p.Name))
			if code(err) != "AccessDenied" || !strings.Contains(err.Error(), "is not authorized to perform: iam:") {
				t.Errorf("%s as %s: %v", op.Name, p.Name, err)
			}
		}
	}
}

// The root user is told what does not exist, and never of a failure of ours.
func TestEveryOperationAboutNothing(t *testing.T) {
	w := newWorld(t)
	for _, op := range iamapi.Service.Operations {
		err := invoke(w, w.root, op, sample(t, op, ""))
		if strings.HasPrefix(op.Name, "Create") || err == nil {
			continue
		}
		switch c := code(err); c {
		case "NoSuchEntity", "ValidationError", "ReportNotPresent", "InvalidUserType", "NotImplemented":
		case "AccessDenied":
			if op != &iamapi.OpGetAccessKeyLastUsed.Operation {
				t.Errorf("%s: %v", op.Name, err)
			}
		default:
			t.Errorf("%s: %v", op.Name, err)
		}
	}
}
