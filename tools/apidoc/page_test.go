package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
)

const committed = "../../docs/reference/operations.md"

// TestPageIsUpToDate compares the committed page with what the services say now.
func TestPageIsUpToDate(t *testing.T) {
	have, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, page(services)) {
		t.Error("docs/reference/operations.md is not up to date: run make api")
	}
}

// TestEveryServiceIsOnThePage counts the folders of internal/api, so that a
// new service is not forgotten here.
func TestEveryServiceIsOnThePage(t *testing.T) {
	generated, err := filepath.Glob("../../internal/api/*/service.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]bool)
	for _, s := range services {
		listed[strings.ReplaceAll(s.Name, "-", "")] = true
	}
	for _, file := range generated {
		if name := filepath.Base(filepath.Dir(file)); !listed[name] {
			t.Errorf("service %s is not on the page", name)
		}
	}
	if len(generated) != len(services) {
		t.Errorf("%d services are generated, %d are on the page", len(generated), len(services))
	}
}

func TestPageOfOneService(t *testing.T) {
	s := &api.Service{
		Name: "demo", ID: "Demo Service", SigningName: "demo", Version: "2026-11-22",
		Protocol: api.JSON10, TargetPrefix: "Demo", Global: true,
		Operations: []*api.Operation{{Name: "PutThing"}, {Name: "GetThing", ReadOnly: true}},
		Unbuilt:    []string{"MoveThing"},
	}
	got := string(page([]*api.Service{s}))
	for _, want := range []string{
		"| [Demo Service](#demo-service) | 2 | 1 | 3 |\n| all | 2 | 1 | 3 |\n",
		"## Demo Service\n\nAPI version 2026-11-22, AWS JSON 1.0 under the target prefix `Demo`. Signed as `demo`, recorded as `demo.amazonaws.com`; one endpoint for all Regions.\n2 of 3 operations are built.\n",
		"| GetThing | built | read |\n| MoveThing | answers NotImplemented |  |\n| PutThing | built | write |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks\n%s\nin\n%s", want, got)
		}
	}
}
