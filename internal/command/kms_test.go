package command

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestKeyAttempts: an unreachable KMS is told of within seconds, unless the user
// wants more attempts.
func TestKeyAttempts(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	t.Setenv("AWS_CONFIG_FILE", none)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_PROFILE", "")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	for variable, want := range map[string]int{"": kmsAttempts, "7": 7} {
		t.Setenv("AWS_MAX_ATTEMPTS", variable)
		cfg, err := loadKeyProfile(t.Context(), "", "us-east-1")
		if err != nil || cfg.RetryMaxAttempts != want {
			t.Errorf("AWS_MAX_ATTEMPTS=%q: %d attempts, %v", variable, cfg.RetryMaxAttempts, err)
		}
		if _, err := cfg.Credentials.Retrieve(t.Context()); !errors.Is(err, errNoCredentials) {
			t.Errorf("without credentials: %v", err)
		}
	}
}
