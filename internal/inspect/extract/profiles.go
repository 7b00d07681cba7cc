package extract

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Profile is a named profile of the shared AWS configuration.
type Profile struct {
	Name     string
	Region   string // empty when it has none
	Endpoint string // its own endpoint_url; empty for AWS's
	// Credentials is where they come from, in a few words; empty when the
	// profile names no source.
	Credentials string
	// Err is why the profile cannot be used as it stands.
	Err error
}

// Profiles lists the profiles of the configuration and credentials files, by
// name. No file is an empty one.
func Profiles(ctx context.Context) ([]Profile, error) {
	names, err := profileNames()
	if err != nil {
		return nil, &Error{Err: &cause{ErrConfiguration, err.Error(), err}}
	}
	var profiles []Profile
	for _, name := range names {
		profiles = append(profiles, readProfile(ctx, name))
	}
	return profiles, nil
}

func readProfile(ctx context.Context, name string) Profile {
	c, err := config.LoadSharedConfigProfile(ctx, name, func(o *config.LoadSharedConfigOptions) {
		o.ConfigFiles, o.CredentialsFiles = []string{configFile()}, []string{credentialsFile()}
	})
	if err != nil {
		return Profile{Name: name, Err: notLoaded(ctx, err)}
	}
	return Profile{Name: name, Region: c.Region, Endpoint: c.BaseEndpoint, Credentials: source(&c)}
}

// source tells where a profile's credentials come from, in the order in which
// the SDK looks.
func source(c *config.SharedConfig) string {
	from := ""
	switch {
	case c.Source != nil:
		from = "profile " + c.SourceProfileName
	case c.Credentials.HasKeys():
		from = "access key"
	case c.CredentialSource != "":
		from = c.CredentialSource
	case c.WebIdentityTokenFile != "":
		return "web identity, role " + c.RoleARN
	case c.SSOSessionName != "" || c.SSOStartURL != "":
		from = "SSO " + strings.Trim(c.SSOAccountID+"/"+c.SSORoleName, "/")
	case c.LoginSession != "":
		from = "login"
	case c.CredentialProcess != "":
		from = "credential process"
	}
	if c.RoleARN != "" {
		return "role " + c.RoleARN + " by " + cmp.Or(from, "nothing")
	}
	return from
}

func configFile() string {
	return cmp.Or(os.Getenv("AWS_CONFIG_FILE"), config.DefaultSharedConfigFilename())
}

func credentialsFile() string {
	return cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), config.DefaultSharedCredentialsFilename())
}

// profileNames are the names in both files. In the configuration file they are
// marked as profiles, for it has other sections, too; in the credentials file
// every section is one (AWS SDKs and Tools Reference, "Shared config and
// credentials files").
func profileNames() ([]string, error) {
	names := make(map[string]bool)
	marked, err := sections(configFile())
	for _, s := range marked {
		if s.kind == "profile" || s == (section{"", "default"}) {
			names[s.name] = true
		}
	}
	plain, plainErr := sections(credentialsFile())
	for _, s := range plain {
		if s.kind == "" {
			names[s.name] = true
		}
	}
	delete(names, "")
	return slices.Sorted(maps.Keys(names)), errors.Join(err, plainErr)
}

// section is the head of a section, "[kind name]" or "[name]".
type section struct{ kind, name string }

// sections reads the heads in a file as the SDK does. It has no function that
// lists them.
func sections(file string) ([]section, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []section
	for line := range strings.SplitSeq(string(text), "\n") {
		if i := strings.IndexAny(line, "#;"); i >= 0 { // a comment
			line = line[:i]
		}
		line, opened := strings.CutPrefix(strings.TrimSpace(line), "[")
		line, closed := strings.CutSuffix(line, "]")
		if opened && closed {
			found = append(found, head(strings.TrimSpace(line)))
		}
	}
	return found, nil
}

func head(text string) section {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return section{"", text}
	}
	return section{text[:i], strings.TrimLeft(text[i:], " \t")}
}
