package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/fortlet"
	"github.com/spf13/cobra"
)

// The environment variables that fortlet up reads.
const (
	rootKeyIDVariable  = "FORTLET_ROOT_ACCESS_KEY_ID"
	rootSecretVariable = "FORTLET_ROOT_SECRET_ACCESS_KEY"
)

const defaultListen = "127.0.0.1:4566"

type upOptions struct {
	listen, data, account, region string
	passphraseFile                string
	ephemeral, noSigV2            bool
	logLevel                      string
}

func newUp(s *streams) *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the cloud",
		Long: `Start the cloud and serve until SIGTERM or an interrupt.

The first line on stdout says that it accepts requests, and where:

  fortlet ready http://127.0.0.1:4566 account=111122223333

Logs go to stderr. At first start the first account is made with its root
access key, which fortlet env prints. ` + rootKeyIDVariable + ` and
` + rootSecretVariable + `, when set at first start, become that
key.`,
		Example: `  fortlet up
  fortlet up --listen 127.0.0.1:0 --ephemeral
  fortlet up --data ./cloud --account 123456789012 --region eu-west-1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return up(cmd.Context(), s, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", defaultListen, "`address` to listen on; port 0 chooses one")
	f.StringVar(&o.data, "data", defaultDataDir(), "data `folder`")
	f.StringVar(&o.account, "account", "", "`id` of the first account (default "+fortlet.DefaultAccount+")")
	f.StringVar(&o.region, "region", fortlet.DefaultRegion, "`Region` that fortlet env names")
	f.BoolVar(&o.ephemeral, "ephemeral", false, "keep nothing on disk")
	f.BoolVar(&o.noSigV2, "no-sigv2", false, "refuse Signature Version 2, with which some SDKs presign URLs of S3")
	passphraseFlag(cmd, &o.passphraseFile)
	f.StringVar(&o.logLevel, "log-level", "info", "debug (a line per request), info, warn or error")
	cmd.MarkFlagsMutuallyExclusive("data", "ephemeral")
	return cmd
}

// shutdownTime bounds how long running requests are waited for.
const shutdownTime = 10 * time.Second

// gcPercent lets the heap grow further between collections than Go's 100: it
// is so small that it would be collected all the time. GOGC overrides it.
const gcPercent = 400

func up(ctx context.Context, s *streams, o upOptions) (err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	cfg, err := o.config(s)
	if err != nil {
		return err
	}
	f, err := fortlet.Open(ctx, cfg)
	if err != nil {
		return hintOpen(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return hinted{err, "choose another address with --listen"}
	}
	defer listener.Close()
	r := running{Endpoint: "http://" + listener.Addr().String(), Region: f.Region, PID: os.Getpid()}
	if cfg.Dir != "" {
		if err := r.write(cfg.Dir); err != nil {
			return err
		}
		defer os.Remove(runningFile(cfg.Dir))
	}
	announce(s, f, r, cfg)
	return serve(ctx, listener, f.Handler, cfg.Log)
}

func (o upOptions) config(s *streams) (fortlet.Config, error) {
	cfg := fortlet.Config{
		Dir:     o.data,
		Account: o.account,
		Region:  o.region,
		RootKey: accounts.RootKey{ID: os.Getenv(rootKeyIDVariable), Secret: os.Getenv(rootSecretVariable)},
		NoSigV2: o.noSigV2,
	}
	if o.ephemeral {
		cfg.Dir = ""
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil {
		return cfg, usageError{fmt.Errorf("--log-level: %w", err)}
	}
	cfg.Log = slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
	var err error
	cfg.Passphrase, err = readPassphrase(o.passphraseFile)
	return cfg, err
}

// passphraseFlag adds --passphrase-file.
func passphraseFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "passphrase-file", "", "`file` with the passphrase that seals the keyring")
}

// readPassphrase reads a passphrase; no file is no passphrase.
func readPassphrase(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	// An empty one would leave a new keyring unsealed.
	passphrase := trimNewline(data)
	if len(passphrase) == 0 {
		return nil, fmt.Errorf("%s: the passphrase is empty", file)
	}
	return passphrase, nil
}

func trimNewline(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

// hintOpen says in the same line what to do about a folder that is refused.
func hintOpen(err error) error {
	switch {
	case errors.Is(err, store.ErrLocked):
		return fmt.Errorf("%w: stop the other fortlet up, or choose another folder with --data", err)
	case errors.Is(err, store.ErrNewer):
		return fmt.Errorf("%w: use the newer fortlet, or choose another folder with --data", err)
	case errors.Is(err, fortlet.ErrNoKeyring):
		return fmt.Errorf("%w: put keyring.json back from a backup, or choose another folder with --data", err)
	}
	return err
}

// announce says that requests are accepted. The root key of a cloud that
// keeps nothing on disk can be had nowhere else, so it follows, unless it was
// given.
func announce(s *streams, f *fortlet.Fortlet, r running, cfg fortlet.Config) {
	fmt.Fprintf(s.out, "fortlet ready %s account=%s\n", r.Endpoint, f.Account.ID)
	if cfg.Dir == "" && cfg.RootKey.ID == "" {
		e := environment{r.Endpoint, f.RootKey.ID, f.RootKey.Secret, r.Region}
		e.writeShell(s.out)
	}
}

// serve serves until the context ends, then finishes what runs.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := gateway.NewServer(handler, log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	return server.Shutdown(finish)
}
