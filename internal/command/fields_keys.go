package command

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
	"github.com/spf13/cobra"
)

// fieldKeys are the flags that say which keys a command seals or opens with.
type fieldKeys struct {
	config  string
	keys    []string
	profile string
}

// flags adds the flags that name keys.
func (k *fieldKeys) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&k.config, "config", "", "YAML `file` with keys, of fortlet edge or with keys and rules alone")
	f.StringArrayVar(&k.keys, "key", nil, "`NAME[.VERSION]=ARN` of an RSA key in KMS, with further settings after commas: cipher=envelope, pem=FILE, prefix=TEXT, suffix=TEXT; may be repeated")
}

// profileFlag adds --profile, to commands that ask KMS.
func (k *fieldKeys) profileFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&k.profile, "profile", "", "`name` of a profile of the AWS configuration (default AWS_PROFILE, or else the environment's credentials)")
}

// read gives the keys of the configuration file and of the command line, and
// the rules of the file.
func (k *fieldKeys) read() (*fieldkeys.File, error) {
	file := new(fieldkeys.File)
	if k.config != "" {
		var err error
		if file, err = fieldkeys.ReadFile(k.config); err != nil {
			return nil, err
		}
	}
	for _, text := range k.keys {
		key, err := parseFieldKey(text)
		if err != nil {
			return nil, usageError{err}
		}
		file.Keys = append(file.Keys, key)
	}
	return file, nil
}

// set makes the keys of KMS clients.
func (k *fieldKeys) set(ctx context.Context, file *fieldkeys.File) (*fieldkeys.Set, error) {
	cfg, err := loadKeyProfile(ctx, k.profile, "")
	if err != nil {
		return nil, err
	}
	return fieldkeys.New(file.Keys, fieldkeys.Options{Dir: file.Dir, AWS: cfg})
}

// parseFieldKey reads the value of --key.
func parseFieldKey(text string) (fieldkeys.Key, error) {
	parts := strings.Split(text, ",")
	name, keyARN, ok := strings.Cut(parts[0], "=")
	key := fieldkeys.Key{Name: name, KMS: keyARN}
	if !ok {
		return key, fmt.Errorf("--key %q is not NAME=ARN", text)
	}
	if short, version, ok := strings.Cut(name, "."); ok {
		n, err := strconv.Atoi(version)
		if err != nil {
			return key, fmt.Errorf("--key %q: version %q is not a number", text, version)
		}
		key.Name, key.Version = short, n
	}
	for _, setting := range parts[1:] {
		if err := setFieldKey(&key, setting); err != nil {
			return key, fmt.Errorf("--key %q: %w", text, err)
		}
	}
	return key, nil
}

func setFieldKey(key *fieldkeys.Key, setting string) error {
	name, value, _ := strings.Cut(setting, "=")
	switch name {
	case "cipher":
		key.Cipher = fieldkeys.Cipher(value)
	case "prefix":
		key.Prefix = value
	case "suffix":
		key.Suffix = value
	case "pem":
		file, err := filepath.Abs(value) // not relative to the configuration file
		key.PEM = file
		return err
	default:
		return fmt.Errorf("no setting %q: there are cipher, pem, prefix and suffix", name)
	}
	return nil
}

// markersOf are what the keys' markers look like.
func markersOf(keys []fieldkeys.Key) []fieldcrypt.Marker {
	var markers []fieldcrypt.Marker
	for _, k := range keys {
		markers = append(markers, k.Marker())
	}
	return markers
}
