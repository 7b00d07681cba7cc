package api_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/api/sts"
)

func TestServices(t *testing.T) {
	for _, svc := range []*api.Service{&sts.Service, &iam.Service, &kms.Service} {
		var names []string
		for _, op := range svc.Operations {
			names = append(names, op.Name)
			if op.Service != svc {
				t.Errorf("%s.%s belongs to %s", svc.Name, op.Name, op.Service.Name)
			}
			if op.Input.Name() != op.Name+"Input" || op.Output.Name() != op.Name+"Output" {
				t.Errorf("%s.%s takes %s and returns %s", svc.Name, op.Name, op.Input, op.Output)
			}
			checkTags(t, op.Input, map[reflect.Type]bool{})
			checkTags(t, op.Output, map[reflect.Type]bool{})
		}
		if !slices.IsSorted(names) || !slices.IsSorted(svc.Unbuilt) {
			t.Errorf("%s: operations are not sorted", svc.Name)
		}
		for _, name := range svc.Unbuilt {
			if slices.Contains(names, name) {
				t.Errorf("%s.%s is both built and unbuilt", svc.Name, name)
			}
		}
	}
}

// checkTags makes sure that what the generator wrote can be read.
func checkTags(t *testing.T, typ reflect.Type, seen map[reflect.Type]bool) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() || seen[typ] {
		return
	}
	seen[typ] = true
	for i := range typ.NumField() {
		f := typ.Field(i)
		for _, key := range []string{api.TagMember, api.TagElem, api.TagKey} {
			tag, err := api.ParseTag(f.Tag.Get(key))
			if err != nil {
				t.Errorf("%s.%s: %v", typ, f.Name, err)
			}
			if tag.Pattern != "" {
				if _, err := api.CompilePattern(tag.Pattern); err != nil {
					t.Errorf("%s.%s: %v", typ, f.Name, err)
				}
			}
		}
		if name, _, _ := strings.Cut(f.Tag.Get(api.TagMember), ","); name == "" {
			t.Errorf("%s.%s has no wire name", typ, f.Name)
		}
		checkTags(t, f.Type, seen)
	}
}

// What CloudTrail records as read-only is not what the verb says, everywhere:
// https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html.
func TestReadOnly(t *testing.T) {
	for op, want := range map[*api.Operation]bool{
		&sts.OpAssumeRole.Operation:               true,
		&sts.OpGetCallerIdentity.Operation:        true,
		&iam.OpListUsers.Operation:                true,
		&iam.OpSimulateCustomPolicy.Operation:     true,
		&iam.OpCreateUser.Operation:               false,
		&iam.OpGenerateCredentialReport.Operation: false,
		&kms.OpEncrypt.Operation:                  true,
		&kms.OpReEncrypt.Operation:                true,
		&kms.OpGenerateRandom.Operation:           true,
		&kms.OpVerifyMac.Operation:                true,
		&kms.OpCreateGrant.Operation:              false,
		&kms.OpRetireGrant.Operation:              false,
		&kms.OpScheduleKeyDeletion.Operation:      false,
	} {
		if op.ReadOnly != want {
			t.Errorf("%s: readOnly is %v", op.Action(), op.ReadOnly)
		}
	}
}
