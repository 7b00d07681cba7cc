package crypt_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/crypt"
)

// world is a cloud and its configuration.
type world struct {
	t      *testing.T
	config aws.Config
	loaded []string // profile/region
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Chdir(t.TempDir())
	w := &world{t: t}
	w.config = fortlettest.New(t).NewStandaloneAccount("crypt").Config()
	return w
}

func (w *world) key(multiRegion bool) string {
	w.t.Helper()
	out, err := kms.NewFromConfig(w.config).CreateKey(w.t.Context(), &kms.CreateKeyInput{MultiRegion: &multiRegion})
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

// load gives every profile the same configuration.
func (w *world) load(_ context.Context, profile, region string) (aws.Config, error) {
	w.loaded = append(w.loaded, profile+"/"+region)
	cfg := w.config.Copy()
	if region != "" {
		cfg.Region = region
	}
	return cfg, nil
}

// run encrypts or decrypts, with what each --wrapping-keys has.
func (w *world) run(mode crypt.Mode, from, to string, wrappingKeys ...string) error {
	w.t.Helper()
	var groups []crypt.WrappingKeys
	for _, attributes := range wrappingKeys {
		g, err := crypt.ParseWrappingKeys(mode, strings.Fields(attributes))
		if err != nil {
			w.t.Fatal(err)
		}
		groups = append(groups, g)
	}
	m, err := crypt.NewManager(w.t.Context(), w.load, groups, nil)
	if err != nil {
		return err
	}
	return (&crypt.Job{Mode: mode, Manager: m, Input: from, Output: to}).Run(w.t.Context())
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) attempts(err error) int {
	w.t.Helper()
	refused, ok := errors.AsType[*esdk.UnwrapError](err)
	if !ok {
		w.t.Fatalf("error %v, want an UnwrapError", err)
	}
	return len(refused.Attempts)
}

func replicate(w *world, arn, region string) string {
	w.t.Helper()
	out, err := kms.NewFromConfig(w.config).ReplicateKey(w.t.Context(), &kms.ReplicateKeyInput{KeyId: &arn, ReplicaRegion: &region})
	w.must(err)
	return *out.ReplicaKeyMetadata.Arn
}

// Any key of any group opens what all of them sealed.
func TestGroups(t *testing.T) {
	w := newWorld(t)
	one, two, three := w.key(false), w.key(false), w.key(false)
	w.must(os.WriteFile("plain", []byte("content"), 0o600))
	w.must(w.run(crypt.Encrypt, "plain", "sealed", "key="+one+" key="+two+" profile=ops", "key="+three+" region=us-east-1"))
	if got := strings.Join(w.loaded, " "); got != "ops/ /us-east-1" {
		t.Errorf("loaded %q", got)
	}
	for _, key := range []string{one, two, three} {
		w.must(w.run(crypt.Decrypt, "sealed", "opened", "key="+key))
	}
	w.must(w.run(crypt.Decrypt, "sealed", "opened", "key="+w.key(false), "key="+two))
	if n := w.attempts(w.run(crypt.Decrypt, "sealed", "none", "key="+w.key(false))); n != 0 {
		t.Errorf("%d attempts with a key that the message does not name", n)
	}
}

// Discovery tries each data key once: those of multi-Region keys with the
// replica in its Region, others where they are.
func TestDiscovery(t *testing.T) {
	w := newWorld(t)
	w.must(os.WriteFile("plain", []byte("content"), 0o600))
	single, multi := w.key(false), w.key(true)
	w.must(w.run(crypt.Encrypt, "plain", "sealed", "key="+single+" key="+multi))
	w.must(w.run(crypt.Decrypt, "sealed", "opened", "discovery=true"))
	replicate(w, multi, "eu-west-1")

	w.must(w.run(crypt.Encrypt, "plain", "far", "key="+multi))
	w.must(w.run(crypt.Decrypt, "far", "opened", "discovery=true region=eu-west-1"))
	if n := w.attempts(w.run(crypt.Decrypt, "far", "none", "discovery=true region=eu-central-1")); n != 1 {
		t.Errorf("%d attempts where there is no replica, want 1", n)
	}
	for _, key := range []string{single, multi} {
		_, err := kms.NewFromConfig(w.config).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key})
		w.must(err)
	}
	if n := w.attempts(w.run(crypt.Decrypt, "sealed", "none", "discovery=true")); n != 2 {
		t.Errorf("%d attempts with two disabled keys, want 2", n)
	}
	// Nobody of another account or partition is even asked.
	for _, filter := range []string{"discovery-partition=aws discovery-account=111122223333", "discovery-partition=aws-cn discovery-account=" + strings.Split(single, ":")[4]} {
		if n := w.attempts(w.run(crypt.Decrypt, "sealed", "none", "discovery=true "+filter)); n != 0 {
			t.Errorf("%d attempts with %s", n, filter)
		}
	}
}

// A key and its replica are one too many.
func TestReplicasTogether(t *testing.T) {
	w := newWorld(t)
	multi := w.key(true)
	replica := replicate(w, multi, "eu-west-1")
	w.must(os.WriteFile("plain", nil, 0o600))
	if err := w.run(crypt.Encrypt, "plain", "sealed", "key="+multi+" key="+replica); err == nil || !strings.Contains(err.Error(), "replicas of the same") {
		t.Errorf("error %v", err)
	}
	w.must(w.run(crypt.Encrypt, "plain", "sealed", "key="+replica))
	w.must(w.run(crypt.Decrypt, "sealed", "opened", "key="+multi))
}
