// Package fieldkeys holds the keys that fields are sealed and opened with, as
// the configurations of fortlet edge and fortlet fields name them.
//
// [New] makes a [Set] of keys that opens: KMS is asked then, in the caller's
// name, and key policies decide. To seal, [Set.Load] has to load the public half
// of every key first, from a PEM file or from KMS; it fails unless it has them
// all. After that it refreshes them: what cannot be loaded then stays as it was,
// so that sealing goes on while KMS is away.
package fieldkeys

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/fieldcrypt"
	"golang.org/x/sync/errgroup"
)

// KMS is what is asked of AWS KMS; *kms.Client does it.
type KMS interface {
	GenerateDataKey(context.Context, *kms.GenerateDataKeyInput, ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error)
	Encrypt(context.Context, *kms.EncryptInput, ...func(*kms.Options)) (*kms.EncryptOutput, error)
	Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error)
	GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error)
}

// Options say where keys come from.
type Options struct {
	// Dir is what the names of PEM files are relative to.
	Dir string
	// AWS is the configuration of KMS clients. The Region is each key's own.
	AWS aws.Config
	// Client makes the client of a KMS; nil makes one of AWS.
	Client func(region, endpoint string) KMS
	// Now is the time; nil is time.Now.
	Now func() time.Time
}

// ErrNoKey says that the configuration has no such key.
var ErrNoKey = errors.New("no such key")

// Set is a set of keys. Several goroutines may use it at once.
type Set struct {
	options Options
	entries []*entry
	openers fieldcrypt.Openers
	finder  *fieldcrypt.Finder
}

// openEntries is how many data keys a Set keeps for opening.
const openEntries = 1000

// New makes a set of keys. Its error joins the *KeyError of every problem.
func New(keys []Key, o Options) (*Set, error) {
	if err := errors.Join(Validate(keys)...); err != nil {
		return nil, err
	}
	s := &Set{options: o, openers: fieldcrypt.Openers{}}
	if s.options.Now == nil {
		s.options.Now = time.Now
	}
	if s.options.Client == nil {
		s.options.Client = s.options.newClient
	}
	var markers []fieldcrypt.Marker
	cache := esdk.NewCache(openEntries)
	clients := map[[2]string]KMS{}
	for i, k := range keys {
		e := &entry{key: k.withDefaults()}
		e.client = s.client(&e.key, clients)
		opener, err := e.opener(cache)
		if err != nil {
			return nil, &KeyError{i, e.key.Marker().String(), err}
		}
		if opener != nil {
			s.openers[e.key.Marker().String()] = opener
		}
		s.entries = append(s.entries, e)
		markers = append(markers, e.key.Marker())
	}
	var err error
	s.finder, err = fieldcrypt.NewFinder(markers...)
	return s, err
}

// client is the client of a key's KMS, one for each Region and endpoint.
func (s *Set) client(k *Key, clients map[[2]string]KMS) KMS {
	a, err := arn.Parse(k.KMS)
	if err != nil {
		return nil // the key is in a PEM file alone
	}
	id := [2]string{a.Region, k.Endpoint}
	if clients[id] == nil {
		clients[id] = s.options.Client(a.Region, k.Endpoint)
	}
	return clients[id]
}

func (o *Options) newClient(region, endpoint string) KMS {
	return kms.NewFromConfig(o.AWS, func(k *kms.Options) {
		k.Region = region
		if endpoint != "" {
			k.BaseEndpoint = &endpoint
		}
	})
}

// Load loads the public halves of the named keys, or loads them anew: those
// that Sealer is to seal with. Its error joins one *KeyError for each that could
// not be loaded. If it was loaded before it stays as it was.
func (s *Set) Load(ctx context.Context, names ...string) error {
	problems := make([]error, len(names))
	var g errgroup.Group
	g.SetLimit(8)
	for i, name := range names {
		g.Go(func() error {
			e, err := s.find(name)
			if err == nil {
				err = e.load(ctx, s.options.Dir, s.options.Now)
			}
			if err != nil {
				problems[i] = &KeyError{s.index(e), name, err}
			}
			return nil
		})
	}
	_ = g.Wait() // no function fails: the problems tell
	return errors.Join(problems...)
}

// Sealer seals with the highest version of a key, "ssn", or with the version
// that is named, "ssn.2". It must have been loaded, and follows further loads.
func (s *Set) Sealer(name string) (fieldcrypt.Sealer, error) {
	e, err := s.find(name)
	if err != nil {
		return nil, err
	}
	if e.current.Load() == nil {
		return nil, fmt.Errorf("the public half of key %s is not loaded", name)
	}
	return following{e}, nil
}

// find finds a key by its name, in its highest version, or by name and version.
func (s *Set) find(name string) (*entry, error) {
	var found *entry
	for _, e := range s.entries {
		switch {
		case e.key.Marker().String() == name:
			return e, nil
		case e.key.Name == name && (found == nil || e.key.Version > found.key.Version):
			found = e
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w as %q: there are %s", ErrNoKey, name, cmp.Or(strings.Join(s.Keys(), ", "), "none"))
	}
	return found, nil
}

// index is the place of a key in the configuration, -1 of none.
func (s *Set) index(e *entry) int {
	for i := range s.entries {
		if s.entries[i] == e {
			return i
		}
	}
	return -1
}

// Keys are the names of all keys with their versions: "ssn.1", "ssn.2".
func (s *Set) Keys() []string {
	var names []string
	for _, e := range s.entries {
		names = append(names, e.key.Marker().String())
	}
	return names
}

// Opener opens what any of the keys has sealed.
func (s *Set) Opener() fieldcrypt.Opener { return s.openers }

// Finder finds the markers of all keys.
func (s *Set) Finder() *fieldcrypt.Finder { return s.finder }

// Status tells of every key that was loaded, or could not be, when its public
// half was last loaded.
func (s *Set) Status() []Status {
	var all []Status
	for _, e := range s.entries {
		if st := e.status(); !st.Loaded.IsZero() || st.Err != nil {
			all = append(all, st)
		}
	}
	return all
}

// Status is what is known of the public half of one key.
type Status struct {
	Key    string    // "ssn.2"
	Loaded time.Time // when it was last loaded, zero: never
	Err    error     // of the last try, nil where it succeeded
}
