package keyring

import (
	"crypto/rand"
	"errors"
	"path/filepath"
)

// Options say how a keyring is kept.
type Options struct {
	// Passphrase seals the root key. Without one, the file's mode alone
	// protects it. Deriving the key takes some 0.2 s and 64 MiB, on Open,
	// Create and ChangePassphrase, and nothing afterwards.
	Passphrase []byte
}

// Create makes a keyring with a new root key in dir, which must exist. It
// never replaces one: fs.ErrExist.
func Create(dir string, opts Options) (*Keyring, error) {
	var root rootKey
	rand.Read(root[:])
	env, err := wrapperFor(opts.Passphrase).wrap(&root)
	if err != nil {
		return nil, err
	}
	if err := create(dir, env); err != nil {
		return nil, err
	}
	return newKeyring(root, filepath.Join(dir, FileName)), nil
}

// Open reads the keyring of dir. Without one, the error is fs.ErrNotExist:
// whether that means a new folder or a lost key is for the caller to know.
func Open(dir string, opts Options) (*Keyring, error) {
	path := filepath.Join(dir, FileName)
	env, err := read(path)
	if err != nil {
		return nil, err
	}
	root, err := wrapperFor(opts.Passphrase).unwrap(env)
	if err != nil {
		return nil, &FileError{path, err, reason(env, opts)}
	}
	if err := removeTemps(dir); err != nil {
		return nil, err
	}
	return newKeyring(root, path), nil
}

// reason says in which way an envelope was not opened.
func reason(env *envelope, opts Options) string {
	switch {
	case env.Wrap == wrapPassphrase && len(opts.Passphrase) == 0:
		return "it is sealed under a passphrase and none was given"
	case env.Wrap == wrapPlain && len(opts.Passphrase) != 0:
		return "a passphrase was given and it is sealed under none"
	case env.Wrap == wrapPassphrase:
		return "the passphrase is wrong or the file was changed"
	}
	return "the root key is not kept in a way known here"
}

// ChangePassphrase seals the root key under another passphrase, or under none
// if pass is empty. What has been sealed with the keyring stays as it is.
func (k *Keyring) ChangePassphrase(pass []byte) error {
	if k.path == "" {
		return errors.New("keyring is kept in memory only")
	}
	k.file.Lock()
	defer k.file.Unlock()
	env, err := wrapperFor(pass).wrap(&k.root)
	if err != nil {
		return err
	}
	return replace(filepath.Dir(k.path), env)
}
