// Package fortlet puts a whole cloud together: the data folder, the walls, the
// services and the door. The command and the test library both start here.
package fortlet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
	"github.com/fortlet/fortlet/internal/version"
)

// The defaults of a new Fortlet.
const (
	DefaultAccount     = "111122223333"
	DefaultAccountName = "main"
	DefaultRegion      = "us-east-1"
)

// memoryRecords is how many audit records a cloud that keeps nothing on disk
// remembers.
const memoryRecords = 10_000

// Config says what a Fortlet shall be.
type Config struct {
	Dir        string           // data folder; empty keeps nothing on disk
	Account    string           // id of the first account
	RootKey    accounts.RootKey // of the first account at first start; empty makes one
	Region     string           // of what names none
	Passphrase []byte           // that seals the keyring; empty for a file of mode 0600
	Log        *slog.Logger
	Now        func() time.Time // the cloud's clock, time.Now when nil
	Signed     func() time.Time // the clients' clock, Now when nil
	NoSigV2    bool             // refuse Signature Version 2
}

// Fortlet is a running cloud without a listener.
type Fortlet struct {
	Cloud   *cloud.Cloud
	Handler http.Handler
	Account *accounts.Account // the management account
	RootKey accounts.RootKey  // of the management account
	Region  string

	// Work runs what the services do without being asked.
	Work *work.Scheduler

	blobs   *blob.Store
	closers []func() error
}

// Open starts a cloud on its data folder, and makes what a new one needs.
func Open(ctx context.Context, cfg Config) (f *Fortlet, err error) {
	f = &Fortlet{Region: cfg.Region}
	if f.Region == "" {
		f.Region = DefaultRegion
	}
	opened := f // a failing return sets f to nil
	defer func() {
		if err != nil {
			opened.Close()
		}
	}()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Signed == nil {
		cfg.Signed = cfg.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if f.Cloud, err = f.walls(cfg); err != nil {
		return nil, err
	}
	if err := f.firstAccount(ctx, cfg); err != nil {
		return nil, err
	}
	f.Work = work.New(f.Cloud.Store, cfg.Now, cfg.Log)
	closeServices, err := f.addServices()
	if err != nil {
		return nil, err
	}
	f.closers = append(f.closers, closeServices)
	if err := f.Work.Start(ctx); err != nil {
		return nil, err
	}
	f.closers = append(f.closers, f.stopWork)
	f.Handler = gateway.New(f.Cloud, version.String(), append(cfg.gateway(), gateway.WithWork(f.Work))...)
	return f, nil
}

// stopTime is how long a stop waits for background work, which has been told
// to end.
const stopTime = 10 * time.Second

func (f *Fortlet) stopWork() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	return f.Work.Stop(ctx)
}

func (cfg Config) gateway() (options []gateway.Option) {
	if cfg.NoSigV2 {
		options = append(options, gateway.WithoutV2())
	}
	return options
}

// walls opens what all services stand on.
func (f *Fortlet) walls(cfg Config) (*cloud.Cloud, error) {
	c := &cloud.Cloud{Region: f.Region, Log: cfg.Log, Now: cfg.Now, Signed: cfg.Signed}
	if cfg.Dir == "" {
		c.Store, c.Keyring, c.Audit = store.Memory(), keyring.Memory(), audit.Memory(memoryRecords)
		f.blobs = blob.Memory(c.Store)
		f.closers = append(f.closers, f.blobs.Close)
	} else if err := f.openDir(c, cfg); err != nil {
		return nil, err
	}
	c.Accounts = accounts.New(c.Store, c.Keyring, cfg.Now)
	c.Authorizer = &authz.Authorizer{Closings: c.Accounts}
	c.Credentials = &credentials.Authority{Accounts: c.Accounts, Keyring: c.Keyring}
	return c, nil
}

// ErrNoKeyring says that there is data but not the key to it.
var ErrNoKeyring = errors.New("it has data but no keyring to open it")

func (f *Fortlet) openDir(c *cloud.Cloud, cfg Config) (err error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return err
	}
	folder := Folder(cfg.Dir)
	_, statErr := os.Stat(folder.store())
	isNew := errors.Is(statErr, fs.ErrNotExist)
	// The store comes first: it locks the folder.
	if c.Store, err = store.Open(folder.store(), store.Options{Migrations: Migrations}); err != nil {
		return fmt.Errorf("data folder %s: %w", cfg.Dir, err)
	}
	f.closers = append(f.closers, c.Store.Close)
	opts := keyring.Options{Passphrase: cfg.Passphrase}
	c.Keyring, err = keyring.Open(cfg.Dir, opts)
	if errors.Is(err, fs.ErrNotExist) && (isNew || !hasAccounts(c.Store)) {
		c.Keyring, err = keyring.Create(cfg.Dir, opts)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoKeyring
	}
	if err != nil {
		return fmt.Errorf("data folder %s: %w", cfg.Dir, err)
	}
	if c.Audit, err = audit.Open(folder.Audit(), audit.Options{Now: cfg.Now}); err != nil {
		return fmt.Errorf("data folder %s: %w", cfg.Dir, err)
	}
	f.closers = append(f.closers, c.Audit.Close)
	if f.blobs, err = blob.Open(folder.blobs(), c.Store, blob.Options{Now: cfg.Now, Log: cfg.Log}); err != nil {
		return fmt.Errorf("data folder %s: %w", cfg.Dir, err)
	}
	f.closers = append(f.closers, f.blobs.Close)
	return nil
}

func hasAccounts(db *store.DB) bool {
	list, err := accounts.New(db, nil, nil).List(context.Background())
	return err != nil || len(list) > 0
}

// firstAccount finds the management account, or makes it at first start.
func (f *Fortlet) firstAccount(ctx context.Context, cfg Config) (err error) {
	registry := f.Cloud.Accounts
	if f.Account, err = registry.Management(ctx); err != nil {
		return err
	}
	if f.Account == nil {
		id := cfg.Account
		if id == "" {
			id = DefaultAccount
		}
		spec := accounts.Spec{Name: DefaultAccountName, ID: id, Key: cfg.RootKey}
		if f.Account, f.RootKey, err = registry.Create(ctx, spec); err != nil {
			return err
		}
	} else {
		if cfg.Account != "" && cfg.Account != f.Account.ID {
			return fmt.Errorf("the first account of this data folder is %s, not %s: make further ones with fortlet account create", f.Account.ID, cfg.Account)
		}
		if f.RootKey, err = registry.RootKey(f.Account); err != nil {
			return err
		}
	}
	if cfg.Dir == "" {
		return nil
	}
	return f.writeKeyFiles(ctx, Folder(cfg.Dir).KeyFiles())
}

// writeKeyFiles puts the root keys where fortlet env finds them. A file that
// is there already is left alone: its owner may have changed its mode or text.
func (f *Fortlet) writeKeyFiles(ctx context.Context, files accounts.KeyFiles) error {
	list, err := f.Cloud.Accounts.List(ctx)
	if err != nil {
		return err
	}
	for _, a := range list {
		if files.Has(a.ID) && a.Closed.IsZero() {
			continue
		}
		key, err := f.Cloud.Accounts.RootKey(a)
		if err != nil {
			return err
		}
		if err := files.Write(a, key); err != nil {
			return err
		}
	}
	f.Cloud.Accounts.Files = files
	return nil
}

// Close syncs and closes everything, last opened first.
func (f *Fortlet) Close() error {
	var errs []error
	for i := len(f.closers) - 1; i >= 0; i-- {
		errs = append(errs, f.closers[i]())
	}
	f.closers = nil
	return errors.Join(errs...)
}

// Folder is a data folder.
type Folder string

func (d Folder) store() string { return filepath.Join(string(d), "store") }

func (d Folder) blobs() string { return filepath.Join(string(d), "blobs") }

// Audit is where the audit log lies.
func (d Folder) Audit() string { return filepath.Join(string(d), "audit") }

// KeyFiles is where the root access keys lie.
func (d Folder) KeyFiles() accounts.KeyFiles {
	return accounts.KeyFiles(filepath.Join(string(d), "root-keys"))
}
