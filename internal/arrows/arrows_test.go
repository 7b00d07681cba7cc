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

// TestPolicyStandsAlone: the policy package needs the standard library only.
func TestPolicyStandsAlone(t *testing.T) {
	for _, p := range list(t) {
		if p.ImportPath != module+"policy" {
			continue
		}
		for _, imported := range p.Imports {
			if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
				t.Errorf("policy imports %s", imported)
			}
		}
		return
	}
	t.Fatal("package policy not found")
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
