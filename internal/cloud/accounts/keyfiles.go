package accounts

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// KeyFiles is the folder of the root access keys, for people and programs on
// this machine: one file per account, mode 0600.
type KeyFiles string

// KeyFile is the content of one file.
type KeyFile struct {
	Account         string `json:"account"`
	Name            string `json:"name"`
	Management      bool   `json:"management"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	// Closed says that the account is closed and its key void.
	Closed bool `json:"closed,omitempty"`
}

// Write puts an account's root key into its file.
func (dir KeyFiles) Write(a *Account, key RootKey) error {
	if err := os.MkdirAll(string(dir), 0o700); err != nil {
		return err
	}
	data, err := json.MarshalIndent(KeyFile{a.ID, a.Name, a.Management, key.ID, key.Secret, !a.Closed.IsZero()}, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(string(dir), a.ID+".json"), append(data, '\n'))
}

// Has reports whether the account has a file.
func (dir KeyFiles) Has(account string) bool {
	_, err := os.Stat(filepath.Join(string(dir), account+".json"))
	return err == nil
}

// writeFile replaces a file whole: a reader sees the old content or the new.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Read finds the file of an account by id or name; "" is the management
// account. An id comes before a name.
func (dir KeyFiles) Read(nameOrID string) (*KeyFile, error) {
	files, err := dir.List()
	if err != nil {
		return nil, err
	}
	for _, is := range []func(*KeyFile) bool{
		func(f *KeyFile) bool { return f.Account == nameOrID },
		func(f *KeyFile) bool { return f.Name == nameOrID || nameOrID == "" && f.Management },
	} {
		if i := slices.IndexFunc(files, is); i >= 0 {
			return files[i], nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrUnknown, nameOrID)
}

// List reads all files, in the order of account ids.
func (dir KeyFiles) List() ([]*KeyFile, error) {
	paths, err := filepath.Glob(filepath.Join(string(dir), "*.json"))
	if err != nil {
		return nil, err
	}
	var files []*KeyFile
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f := new(KeyFile)
		if err := json.Unmarshal(data, f); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files = append(files, f)
	}
	return files, nil
}
