// Package arrows tests who may import whom. The arrows of the house run down
// only: command, service → cloud → policy. See CONTRIBUTING.md.
package arrows

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/fortlet/fortlet/"

// rule forbids packages under from to import packages under to, save those
// under except.
type rule struct {
	from, to string
	except   []string
	why      string
}

var rules = []rule{
	{"policy", "", []string{"policy"}, "the policy language knows nothing of ours"},
	{"esdk", "", []string{"esdk"}, "the message format knows nothing of ours"},
	{"fieldcrypt", "", []string{"fieldcrypt", "esdk"}, "a library for anybody's proxy"},
	{"internal/api/", "internal/", []string{"internal/api"}, "generated types are data and nothing else"},
	{"internal/cloud", "internal/service/", nil, "the walls know no service"},
	{"internal/cloud", "internal/fortlet", nil, "arrows run down only"},
	{"internal/cloud", "internal/command", nil, "arrows run down only"},
	{"internal/service/", "internal/cloud/gateway", nil, "services know no HTTP"},
	{"internal/service/", "internal/cloud/wire", nil, "services know no HTTP"},
	{"internal/service/", "internal/fortlet", nil, "arrows run down only"},
	{"internal/service/", "internal/command", nil, "arrows run down only"},
	{"internal/service/", "internal/inspect", nil, "services are not their own clients"},
	{"internal/inspect", "internal/service/", nil, "what works on any AWS account calls services through the API"},
	{"internal/inspect", "internal/cloud", []string{"internal/cloud/authz"}, "what works on any AWS account needs no cloud of ours, only how a decision is made"},
	{"internal/inspect", "internal/command", nil, "arrows run down only"},
	{"internal/fortlet", "internal/command", nil, "arrows run down only"},
	{"internal/edge", "internal/cloud", nil, "the proxy works in front of any origin, with any KMS"},
	{"internal/edge", "internal/service/", nil, "the proxy works in front of any origin, with any KMS"},
	{"internal/crypt", "internal/", nil, "it works with any KMS"},
	{"internal/fieldkeys", "internal/cloud", nil, "keys come from any KMS"},
	{"fortlettest", "internal/command", nil, "a library is not a command"},
	{"walkthrough", "internal/", nil, "a walkthrough uses the cloud as anybody does"},
}

func TestArrows(t *testing.T) {
	packages := list(t)
	if len(packages) < 10 {
		t.Fatalf("only %d packages found", len(packages))
	}
	for _, p := range packages {
		from, _ := strings.CutPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			for _, r := range rules {
				if under(from, r.from) && under(to, r.to) && !slices.ContainsFunc(r.except, func(e string) bool { return under(to, e) }) && !under(to, from) {
					t.Errorf("%s imports %s: %s", from, to, r.why)
				}
			}
			if service(from) != "" && service(to) != "" && service(from) != service(to) {
				t.Errorf("%s imports %s: a service calls another through the API", from, to)
			}
		}
	}
}

// TestLibrariesStandAlone: these public packages need the standard library and
// what is named here, so that who imports them gets no cloud with them.
func TestLibrariesStandAlone(t *testing.T) {
	kms := []string{"github.com/aws/aws-sdk-go-v2/aws", "github.com/aws/aws-sdk-go-v2/service/kms", "github.com/aws/smithy-go"}
	libraries := map[string][]string{
		"policy":                 nil,
		"esdk":                   nil,
		"esdk/rawkey":            {module + "esdk"},
		"esdk/awskms":            append(kms, module+"esdk"),
		"fieldcrypt":             append(kms, module+"esdk", module+"fieldcrypt"),
		"fieldcrypt/lambdaevent": append(kms, module+"esdk", module+"fieldcrypt"),
	}
	for _, p := range list(t) {
		name, _ := strings.CutPrefix(p.ImportPath, module)
		allowed, ok := libraries[name]
		if !ok {
			continue
		}
		delete(libraries, name)
		for _, imported := range p.Imports {
			first, _, _ := strings.Cut(imported, "/")
			if strings.Contains(first, ".") && !slices.ContainsFunc(allowed, func(a string) bool { return under(imported, a) }) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
	for name := range libraries {
		t.Errorf("package %s not found", name)
	}
}

// TestNoTemplates: no package of ours imports a template package. Executing a
// template looks methods up by name, and in a program where that can happen the
// linker keeps every exported method of every reachable type: it made the binary
// a third larger. Libraries that only import such a package, as those for the
// command line and for HTML do, cost little, since the linker drops what nobody
// calls.
func TestNoTemplates(t *testing.T) {
	for _, p := range list(t) {
		for _, imported := range p.Imports {
			if imported == "text/template" || imported == "html/template" {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func under(path, prefix string) bool {
	return strings.HasPrefix(path+"/", strings.TrimSuffix(prefix, "/")+"/") || prefix == ""
}

// service is the name of the service that a package belongs to.
func service(path string) string {
	rest, ok := strings.CutPrefix(path, "internal/service/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
