package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// What the pages of the Service Authorization Reference say of some actions:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
// and list_awskeymanagementservice.html, list_awsidentityandaccessmanagementiam.html,
// list_amazondynamodb.html, list_amazonec2.html, list_awssecuritytokenservice.html.
func TestActions(t *testing.T) {
	for _, test := range []struct {
		action    string
		level     catalogue.Level
		resources string // in order of their names; a star marks the required ones
		keys      string // some of its condition keys
		dependent string
	}{
		{"s3:GetObject", catalogue.Read, "accesspointobject object", "s3:ExistingObjectTag/<key> s3:TlsVersion", ""},
		{"s3:ListAllMyBuckets", catalogue.List, "", "s3:signatureversion", ""},
		{"s3:ListBucket", catalogue.List, "accesspoint bucket", "s3:prefix s3:max-keys s3:delimiter", ""},
		{"s3:PutBucketPolicy", catalogue.PermissionsManagement, "bucket*", "s3:TlsVersion", ""},
		{"kms:Decrypt", catalogue.Write, "key*", "kms:ViaService kms:EncryptionContextKeys kms:RecipientAttestation:ImageSha384", ""},
		{"kms:CreateKey", catalogue.Write, "", "kms:KeySpec aws:TagKeys", "iam:CreateServiceLinkedRole kms:PutKeyPolicy kms:TagResource"},
		{"iam:PassRole", catalogue.Write, "role*", "iam:PassedToService iam:AssociatedResourceArn", ""},
		{"iam:CreateUser", catalogue.Write, "user*", "iam:PermissionsBoundary", ""},
		{"iam:AttachRolePolicy", catalogue.PermissionsManagement, "role*", "iam:PolicyARN", ""},
		{"iam:TagRole", catalogue.Tagging, "role*", "aws:TagKeys", ""},
		{"dynamodb:GetItem", catalogue.Read, "table*", "dynamodb:LeadingKeys", ""},
		{"sts:AssumeRole", catalogue.Write, "role*", "sts:ExternalId sts:RoleSessionName", ""},
		{"sts:GetCallerIdentity", catalogue.Read, "", "", ""},
	} {
		t.Run(test.action, func(t *testing.T) {
			a := catalogue.Default().Action(test.action)
			if a == nil {
				t.Fatal("not in the catalogue")
			}
			if a.String() != test.action || a.Level != test.level {
				t.Errorf("%s is %v, want %v", a, a.Level, test.level)
			}
			if got := resources(a); got != test.resources {
				t.Errorf("resources %q, want %q", got, test.resources)
			}
			for _, key := range strings.Fields(test.keys) {
				if !slices.Contains(allKeys(a), key) {
					t.Errorf("no condition key %s", key)
				}
			}
			for _, d := range strings.Fields(test.dependent) {
				if !slices.Contains(allDependent(a), d) {
					t.Errorf("%s is not a dependent action, those are %v", d, allDependent(a))
				}
			}
		})
	}
}

func resources(a *catalogue.Action) string {
	var names []string
	for _, r := range a.Resources {
		name := r.Type.Name
		if r.Required {
			name += "*"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func allKeys(a *catalogue.Action) []string {
	keys := a.ConditionKeys
	for _, r := range a.Resources {
		keys = slices.Concat(keys, r.ConditionKeys, r.Type.ConditionKeys)
	}
	return keys
}

func allDependent(a *catalogue.Action) []string {
	list := a.Dependent
	for _, r := range a.Resources {
		list = slices.Concat(list, r.Dependent)
	}
	return list
}

func TestNamesInAnyCase(t *testing.T) {
	c := catalogue.Default()
	for _, name := range []string{"s3:getobject", "S3:GETOBJECT", "s3:GetObject"} {
		if a := c.Action(name); a == nil || a.String() != "s3:GetObject" {
			t.Errorf("%s gives %v", name, a)
		}
	}
	for _, name := range []string{"", ":", "s3", "s3:", "s3:Get", "s3:GetObjects", "s3:Get*", "nosuch:GetObject", "s3:GetObject:x"} {
		if a := c.Action(name); a != nil {
			t.Errorf("%q gives %v", name, a)
		}
	}
}

// Lookups search in halves, so everything must be in order.
func TestOrder(t *testing.T) {
	c := catalogue.Default()
	actions := 0
	for i, s := range c.Services {
		if i > 0 && strings.ToLower(c.Services[i-1].Prefix) >= strings.ToLower(s.Prefix) {
			t.Errorf("%s stands before %s", c.Services[i-1].Prefix, s.Prefix)
		}
		for j := range s.Actions {
			a := &s.Actions[j]
			if c.Action(a.String()) != a {
				t.Errorf("%s is not found", a)
			}
			actions++
		}
	}
	if len(c.Services) < 400 || actions < 20000 {
		t.Errorf("%d services and %d actions are fewer than AWS has", len(c.Services), actions)
	}
	if !strings.Contains(catalogue.Version(), "iam-data") {
		t.Errorf("version %q", catalogue.Version())
	}
}

func TestConditionKey(t *testing.T) {
	c := catalogue.Default()
	for name, want := range map[string]string{
		"aws:SourceIp":              "aws:SourceIp",
		"AWS:sourceip":              "aws:SourceIp",
		"aws:PrincipalTag/team":     "aws:PrincipalTag/${TagKey}",
		"s3:prefix":                 "s3:prefix",
		"s3:ExistingObjectTag/a/b":  "s3:ExistingObjectTag/<key>",
		"kms:EncryptionContext:app": "kms:EncryptionContext:${EncryptionContextKey}",
		"saml:aud":                  "saml:aud",
		"codebuild:fileSystemLocations/one.location": "codebuild:fileSystemLocations/${identifier}.location",
		"aws:PrincipalTag/":                          "",
		"aws:NoSuchKey":                              "",
		"s3:nosuch":                                  "",
		"codebuild:fileSystemLocations/one.nosuch":   "",
		"": "",
	} {
		got := ""
		if k := c.ConditionKey(name); k != nil {
			got = k.Name
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
