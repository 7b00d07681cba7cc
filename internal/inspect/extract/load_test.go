package extract_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/extract"
)

func identify(t *testing.T, cfg aws.Config) extract.Identity {
	t.Helper()
	who, err := extract.Identify(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// Every way in which a profile may come to its credentials leads there.
func TestProfilesOfEveryKind(t *testing.T) {
	cloud := fortlettest.New(t, fortlettest.WithAccount("123456789012"))
	qa := cloud.NewAccount("qa")
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}`
	role := qa.Role("reader", trust, trustless("iam:*"))
	alice := cloud.User("alice", trustless("sts:AssumeRole"))
	k, err := qa.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	process := filepath.Join(t.TempDir(), "process")
	script := fmt.Sprintf("#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}'\n", k.AccessKeyID, k.SecretAccessKey)
	if err := os.WriteFile(process, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	profiles(t, section(t, "keys", cloud.Endpoint, qa.Config())+section(t, "alice", cloud.Endpoint, alice)+
		"[profile role]\nendpoint_url = "+cloud.Endpoint+"\nrole_arn = "+role+"\nsource_profile = alice\nrole_session_name = session\n"+
		"[profile process]\nendpoint_url = "+cloud.Endpoint+"\ncredential_process = "+process+"\n")
	root := extract.Identity{Account: qa.ID, ARN: "arn:aws:iam::" + qa.ID + ":root"}
	for profile, want := range map[string]extract.Identity{
		"keys":    root,
		"process": root,
		"alice":   {Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/alice"},
		"role":    {Account: qa.ID, ARN: "arn:aws:sts::" + qa.ID + ":assumed-role/reader/session"},
	} {
		if got := identify(t, load(t, profile)); got != want {
			t.Errorf("%s: %+v, want %+v", profile, got, want)
		}
	}

	// An endpoint of STS alone is one that the SDK reads in time.
	t.Setenv("AWS_ENDPOINT_URL_STS", cloud.Endpoint)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	if got := identify(t, load(t, "role")); got.Account != qa.ID {
		t.Errorf("by AWS_ENDPOINT_URL_STS: %+v", got)
	}
	t.Setenv("AWS_ENDPOINT_URL_STS", "")

	// Without a profile the environment says who.
	for name, value := range cloud.Environment() {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	cfg := load(t, "")
	if got := identify(t, cfg); got.ARN != "arn:aws:iam::123456789012:root" || cfg.Region != "us-east-1" {
		t.Errorf("of the environment: %+v in %s", got, cfg.Region)
	}
	if got := identify(t, load(t, "keys")); got != root {
		t.Errorf("a profile that is named goes before the environment: %+v", got)
	}
	if cfg, err := extract.Load(t.Context(), "keys", "us-west-2"); err != nil || cfg.Region != "us-west-2" {
		t.Errorf("--region: %s, %v", cfg.Region, err)
	}
}

// A profile with an MFA device asks for its code, and can be read with it.
func TestProfileWithMFA(t *testing.T) {
	const device = "arn:aws:iam::123456789012:mfa/alice"
	iam := answers{"AssumeRole": func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("SerialNumber") != device || r.FormValue("TokenCode") != "123456" {
			failure(w, http.StatusForbidden, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
			return
		}
		result(w, "AssumeRole", "<Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"+
			"<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>")
	}}.serve(t)
	profiles(t, section(t, "alice", *iam.BaseEndpoint, iam)+
		"[profile role]\nendpoint_url = "+*iam.BaseEndpoint+"\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = alice\nmfa_serial = "+device+"\n")
	code := func(code string) func(*config.LoadOptions) error {
		return config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
			o.TokenProvider = func() (string, error) { return code, nil }
		})
	}
	cfg, err := extract.Load(t.Context(), "role", "", code("123456"))
	if err != nil {
		t.Fatal(err)
	}
	if who := identify(t, cfg); who.Account != "123456789012" {
		t.Errorf("%+v", who)
	}
	cfg, err = extract.Load(t.Context(), "role", "", code("654321"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := extract.Identify(t.Context(), cfg); !errors.Is(err, extract.ErrCredentials) || !strings.Contains(err.Error(), "invalid MFA") {
		t.Errorf("with a wrong code: %v", err)
	}
	if _, err := extract.Load(t.Context(), "role", ""); !errors.Is(err, extract.ErrCredentials) || !strings.Contains(err.Error(), "needs an MFA code") {
		t.Errorf("with nobody to ask: %v", err)
	}
}

func wantNotLoaded(t *testing.T, profile string, kind error, parts ...string) {
	t.Helper()
	cfg, err := extract.Load(t.Context(), profile, "")
	if err == nil {
		_, err = extract.Identify(t.Context(), cfg)
	}
	var e *extract.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) {
		t.Fatalf("%s: %v, want %v", profile, err, kind)
	}
	for _, part := range parts {
		if !strings.Contains(e.Error()+"\n"+e.Hint, part) {
			t.Errorf("%q is not in %q, hint %q", part, e.Error(), e.Hint)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	profiles(t, `[profile empty]
region = eu-central-1
[profile half]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
[profile loop]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = nobody
[profile process]
credential_process = /no/such/program
[profile attempts]
max_attempts = many
`)
	wantNotLoaded(t, "qa-profle", extract.ErrUnknownProfile, "no such profile: qa-profle", "fortlet iam listprofiles")
	wantNotLoaded(t, "empty", extract.ErrCredentials, "listprofiles")
	wantNotLoaded(t, "half", extract.ErrConfiguration, "partial credentials")
	wantNotLoaded(t, "loop", extract.ErrUnknownProfile, "nobody")
	wantNotLoaded(t, "process", extract.ErrCredentials, "credential_process")
	wantNotLoaded(t, "attempts", extract.ErrConfiguration, "max_attempts")
}

func TestLoadMalformed(t *testing.T) {
	for _, text := range []string{"[profile p\nregion = x\n", "\x00\xff[[profile p]]\n= =\n", strings.Repeat("[", 1<<16), "region = x\n"} {
		profiles(t, text)
		if _, err := extract.Load(t.Context(), "p", ""); err == nil {
			t.Errorf("%.20q is a configuration with a profile p", text)
		}
	}
}

func TestLoadCancelled(t *testing.T) {
	cloud := fortlettest.New(t)
	profiles(t, section(t, "p", cloud.Endpoint, cloud.Config()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cfg, err := extract.Load(ctx, "p", "")
	if err == nil {
		_, err = extract.Account(ctx, cfg, extract.Options{})
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
