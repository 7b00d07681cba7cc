package walkthrough_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/walkthrough"
)

// TestWalkthroughs runs every walkthrough against a cloud in process, with the
// unmodified aws CLI, OpenSSL and curl: "make tools" installs them.
func TestWalkthroughs(t *testing.T) {
	for _, tool := range []string{"aws", "openssl", "bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: run make tools", err)
		}
	}
	fortlet := buildFortlet(t)
	for _, w := range walkthrough.List() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			cloud := fortlettest.New(t)
			var out strings.Builder
			err := w.Run(t.Context(), walkthrough.Options{
				Env:   environment(t, cloud),
				Tools: map[string]string{"fortlet": fortlet},
				Out:   &out,
			})
			if err != nil {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}

// environment is that of fortlet walk: an account of its own, in no
// organization, and the management account's key to make further ones with.
func environment(t *testing.T, cloud *fortlettest.Cloud) map[string]string {
	t.Helper()
	account := cloud.NewStandaloneAccount("walk")
	key, err := account.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	env := cloud.Environment()
	env["ACCOUNT"] = account.ID
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = key.AccessKeyID, key.SecretAccessKey
	env["AWS_SESSION_TOKEN"] = ""
	return env
}

// buildFortlet builds the command, which walkthroughs call.
func buildFortlet(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "fortlet")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../cmd/fortlet")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}
