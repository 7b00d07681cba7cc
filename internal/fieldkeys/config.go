package fieldkeys

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/fortlet/fortlet/fieldcrypt"
)

// Key is one version of one key in a configuration. Of keys with one name the
// highest version seals; all of them open.
type Key struct {
	Name    string `yaml:"name"`
	Version int    `yaml:"version"` // default 1
	Cipher  Cipher `yaml:"cipher"`  // default rsa
	// KMS is the ARN of the RSA key. Its public half is fetched from KMS unless
	// PEM is given.
	KMS string `yaml:"kms"`
	// PEM is a file with the public key, for who may not ask KMS, or must start
	// without it.
	PEM      string `yaml:"pem"`
	Endpoint string `yaml:"endpoint"` // of KMS, default what the AWS configuration says
	// Prefix and Suffix are literal, in the place of #name.version# and
	// #version.name#.
	Prefix string `yaml:"prefix"`
	Suffix string `yaml:"suffix"`
	Reuse  Reuse  `yaml:"reuse"`
}

// Cipher is how a key seals values.
type Cipher string

// The ciphers.
const (
	RSA      Cipher = "rsa"      // RSAES_OAEP_SHA_256 of the value
	Envelope Cipher = "envelope" // an Encryption SDK message under the key
)

// Reuse limits how long the envelope cipher uses one data key, for sealing and
// for opening.
type Reuse struct {
	Messages int64         `yaml:"messages"` // values sealed, default 10,000
	Bytes    Size          `yaml:"bytes"`    // of plaintext, default 64MiB
	Age      time.Duration `yaml:"age"`      // default 5m
}

// The defaults of Reuse.
const (
	DefaultMessages = 10_000
	DefaultBytes    = 64 << 20
	DefaultAge      = 5 * time.Minute
)

// Marker is what brackets the key's ciphertexts.
func (k *Key) Marker() fieldcrypt.Marker {
	return fieldcrypt.Marker{Key: k.Name, Version: cmp.Or(k.Version, 1), Prefix: k.Prefix, Suffix: k.Suffix}
}

// withDefaults fills in what was not said.
func (k Key) withDefaults() Key {
	k.Version = cmp.Or(k.Version, 1)
	k.Cipher = cmp.Or(k.Cipher, RSA)
	k.Reuse.Messages = cmp.Or(k.Reuse.Messages, DefaultMessages)
	k.Reuse.Bytes = cmp.Or(k.Reuse.Bytes, DefaultBytes)
	k.Reuse.Age = cmp.Or(k.Reuse.Age, DefaultAge)
	return k
}

// Validate tells everything that is wrong with the keys of a configuration, one
// error each. The errors are *KeyError.
func Validate(keys []Key) []error {
	var problems []error
	seen := map[string]bool{}
	var markers []fieldcrypt.Marker
	for i, k := range keys {
		k = k.withDefaults()
		for _, err := range k.check() {
			problems = append(problems, &KeyError{i, k.Marker().String(), err})
		}
		if k.Marker().Validate() != nil {
			continue
		}
		if seen[k.Marker().String()] {
			problems = append(problems, &KeyError{i, k.Marker().String(), errors.New("the key is there twice")})
		}
		seen[k.Marker().String()] = true
		if _, err := fieldcrypt.NewFinder(append(markers, k.Marker())...); err != nil {
			problems = append(problems, &KeyError{i, k.Marker().String(), err})
			continue
		}
		markers = append(markers, k.Marker())
	}
	return problems
}

// check tells what is wrong with a key by itself.
func (k *Key) check() (problems []error) {
	note := func(err error) { problems = append(problems, err) }
	if err := k.Marker().Validate(); err != nil {
		note(err)
	}
	if k.Cipher != RSA && k.Cipher != Envelope {
		note(fmt.Errorf("cipher %q is neither rsa nor envelope", k.Cipher))
	}
	if k.KMS == "" && k.PEM == "" {
		note(errors.New("neither kms nor pem is given"))
	}
	if k.KMS != "" && !isKeyARN(k.KMS) {
		note(fmt.Errorf("kms %q is not the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID)", k.KMS))
	}
	if k.KMS == "" && k.Cipher == Envelope {
		note(errors.New("the envelope cipher needs kms: messages name the ARN of the key that opens them"))
	}
	if k.Reuse.Messages < 0 || k.Reuse.Bytes < 0 || k.Reuse.Age < 0 {
		note(errors.New("a limit of reuse is negative"))
	}
	return problems
}

// isKeyARN wants a key and not an alias: an alias can be pointed at another key,
// of which neither markers nor messages would know.
func isKeyARN(s string) bool {
	a, err := arn.Parse(s)
	return err == nil && a.Service == "kms" && a.Region != "" && a.AccountID != "" && strings.HasPrefix(a.Resource, "key/") && len(a.Resource) > len("key/")
}

// A KeyError is a problem of one key of a configuration.
type KeyError struct {
	Index int    // in the list of keys
	Key   string // "ssn.2"
	Err   error
}

func (e *KeyError) Error() string { return "key " + e.Key + ": " + e.Err.Error() }

// Unwrap gives the problem.
func (e *KeyError) Unwrap() error { return e.Err }

// Size is a number of bytes, written as 64MiB, 10KiB or 4096.
type Size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	number, shift := strings.TrimSuffix(string(text), "B"), 0
	for i, unit := range []string{"Ki", "Mi", "Gi"} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, shift = rest, 10*(i+1)
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return fmt.Errorf("%q is not a number of bytes such as 4096, 64KiB or 1GiB", text)
	}
	*s = Size(n << shift)
	return nil
}
