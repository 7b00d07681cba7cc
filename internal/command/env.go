package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/fortlet"
	"github.com/spf13/cobra"
)

// environment is what points the AWS CLI and SDKs at a Fortlet.
type environment struct {
	Endpoint, AccessKeyID, SecretAccessKey, Region string
}

func newEnv(s *streams) *cobra.Command {
	var account, format, profile string
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Print the settings that point the AWS CLI and SDKs at the cloud",
		Long: `Print the endpoint, Region and root access key of an account, as exports for
the shell, as JSON, or as a named profile for the AWS configuration file.`,
		Example: `  eval "$(fortlet env)"
  fortlet env --account qa --format json
  fortlet env --format profile >> ~/.aws/config`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&account, "account", "", "`name or id` of the account (default the first account)")
	f.StringVar(&format, "format", "shell", "shell, json or profile")
	f.StringVar(&profile, "profile", "", "`name` of the profile (default fortlet, or fortlet- and the account's name)")
	cmd.RunE = func(*cobra.Command, []string) error {
		if !slices.Contains([]string{"shell", "json", "profile"}, format) {
			return usageError{fmt.Errorf("--format %s: not shell, json or profile", format)}
		}
		e, key, err := readEnvironment(*dir, account)
		if err != nil {
			return err
		}
		switch format {
		case "json":
			return e.writeJSON(s.out)
		case "profile":
			if profile == "" {
				profile = profileName(key)
			}
			e.writeProfile(s.out, profile)
		default:
			e.writeShell(s.out)
		}
		return nil
	}
	return cmd
}

// readEnvironment reads what the data folder tells of an account and of the
// Fortlet that runs on it.
func readEnvironment(dir, account string) (environment, *accounts.KeyFile, error) {
	key, err := fortlet.Folder(dir).KeyFiles().Read(account)
	if errors.Is(err, accounts.ErrUnknown) {
		if account == "" {
			return environment{}, nil, hinted{fmt.Errorf("data folder %s has no accounts", dir), "start the cloud once with fortlet up --data " + dir}
		}
		return environment{}, nil, hinted{err, "see fortlet account list"}
	}
	if err != nil {
		return environment{}, nil, err
	}
	if key.Closed {
		return environment{}, nil, hinted{fmt.Errorf("account %s (%s) is closed: its credentials are void", key.Account, key.Name), "see fortlet account list"}
	}
	e := environment{"http://" + defaultListen, key.AccessKeyID, key.SecretAccessKey, fortlet.DefaultRegion}
	r, err := readRunning(dir)
	if err != nil {
		return environment{}, nil, err
	}
	if r != nil {
		e.Endpoint, e.Region = r.Endpoint, r.Region
	}
	return e, key, nil
}

func profileName(key *accounts.KeyFile) string {
	if key.Management {
		return "fortlet"
	}
	return "fortlet-" + key.Name
}

// variables are the environment variables in the order they are shown.
func (e environment) variables() [][2]string {
	return [][2]string{
		{"AWS_ENDPOINT_URL", e.Endpoint},
		{"AWS_ACCESS_KEY_ID", e.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", e.SecretAccessKey},
		{"AWS_REGION", e.Region},
		{"AWS_DEFAULT_REGION", e.Region},
	}
}

func (e environment) writeShell(w io.Writer) {
	for _, v := range e.variables() {
		fmt.Fprintf(w, "export %s=%s\n", v[0], shellQuote(v[1]))
	}
}

// shellQuote quotes what a POSIX shell would read otherwise.
func shellQuote(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+=@,"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (e environment) writeJSON(w io.Writer) error {
	m := make(map[string]string)
	for _, v := range e.variables() {
		m[v[0]] = v[1]
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(m)
}

func (e environment) writeProfile(w io.Writer, name string) {
	fmt.Fprintf(w, "[profile %s]\nendpoint_url = %s\nregion = %s\naws_access_key_id = %s\naws_secret_access_key = %s\n",
		name, e.Endpoint, e.Region, e.AccessKeyID, e.SecretAccessKey)
}
