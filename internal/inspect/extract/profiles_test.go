package extract_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/extract"
)

func profileNames(t *testing.T) []string {
	t.Helper()
	list, err := extract.Profiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, p := range list {
		names = append(names, p.Name)
	}
	return names
}

func TestProfiles(t *testing.T) {
	for text, want := range map[string][]string{
		"":            {},
		"region = x":  {},
		"[default]\n": {"default"},
		"[default]\r\nregion = x\r\n[profile b]\r\n[profile a]":                     {"a", "b", "default"},
		"[profile a\n[profile ]\n [ profile\ta ] #x\n#[profile c]\n[profile d] x\n": {"a"},
		"[profile a] ; comment\n[profile a]\n":                                      {"a"},
		"[sso-session s]\n[services s]\n[a]\n[]\n":                                  {},
	} {
		profiles(t, text)
		if got := profileNames(t); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A profile may be in both files; those of the credentials file are not marked.
func TestProfilesOfBothFiles(t *testing.T) {
	profiles(t, "[profile a]\nregion = eu-central-1\n[profile b]\n")
	text := "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n[c]\n[profile d]\n"
	if err := os.WriteFile(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := profileNames(t); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("profiles %q", got)
	}
	list, err := extract.Profiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (extract.Profile{Name: "a", Region: "eu-central-1", Credentials: "access key"}); list[0] != want {
		t.Errorf("%+v, want %+v", list[0], want)
	}
}

// Whatever is in the file, the profiles that are listed are those that the SDK
// finds.
func FuzzProfiles(f *testing.F) {
	f.Add("[default]\nregion = x\n[profile a]\nrole_arn = r\nsource_profile = default\n")
	f.Add("[profile a b]\n[profile  c]\n[ default ]\n[profile\td]\n[PROFILE e]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_CONFIG_FILE", file)
		t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file+".none")
		list, err := extract.Profiles(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			var e *extract.Error
			if p.Err != nil && !errors.As(p.Err, &e) {
				t.Errorf("%q: %v", p.Name, p.Err)
			}
			if errors.Is(p.Err, extract.ErrUnknownProfile) && p.Err.Error() == "no such profile: "+p.Name {
				t.Errorf("profile %q of %q is none for the SDK", p.Name, text)
			}
		}
	})
}
