package crypt

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/esdk/awskms"
)

// WrappingKeys are the wrapping keys of one --wrapping-keys: those that are
// named, or, with discovery, those of a filter.
type WrappingKeys struct {
	Keys            []string
	Discovery       bool
	Filter          *awskms.Filter // of discovery; nil trusts everybody
	Region, Profile string
}

// providers are the names of the one provider there is.
var providers = []string{"aws-kms", "aws-encryption-sdk-cli::aws-kms"}

// ParseWrappingKeys parses the attributes of one --wrapping-keys, each of the
// form name=value. One that is not known is an error: were it passed over,
// discovery=true discovery-acount=111122223333 would trust the world.
func ParseWrappingKeys(mode Mode, attributes []string) (WrappingKeys, error) {
	values, err := parsePairs(attributes)
	if err != nil {
		return WrappingKeys{}, err
	}
	var k WrappingKeys
	for name, v := range values {
		switch name {
		case "key":
			k.Keys = v
		case "provider":
			err = oneOf(v, providers)
		case "region":
			k.Region, err = only(name, v)
		case "profile":
			k.Profile, err = only(name, v)
		case "discovery":
			k.Discovery, err = parseBool(v)
		case "discovery-account", "discovery-partition":
		default:
			err = fmt.Errorf("wrapping keys have no attribute %q: there are key, region, profile, provider, discovery, discovery-account and discovery-partition", name)
		}
		if err != nil {
			return WrappingKeys{}, err
		}
	}
	if k.Filter, err = parseFilter(values["discovery-partition"], values["discovery-account"]); err != nil {
		return WrappingKeys{}, err
	}
	return k, k.check(mode)
}

func (k *WrappingKeys) check(mode Mode) error {
	switch {
	case mode == Encrypt && (k.Discovery || k.Filter != nil):
		return errors.New("discovery is for decryption only: name a key to encrypt under")
	case k.Filter != nil && !k.Discovery:
		return errors.New("discovery-account and discovery-partition need discovery=true")
	case k.Discovery && len(k.Keys) > 0:
		return errors.New("discovery=true takes the keys that messages name: no key can be given with it")
	case !k.Discovery && len(k.Keys) == 0:
		return errors.New("no wrapping key: give key=ARN")
	}
	if mode == Encrypt {
		return nil
	}
	for _, key := range k.Keys {
		if !isKeyARN(key) {
			return fmt.Errorf("key %q is no key ARN: messages name keys by their ARNs, so nothing else decrypts", key)
		}
	}
	return nil
}

func isKeyARN(s string) bool {
	parts := strings.SplitN(s, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[2] == "kms" && strings.HasPrefix(parts[5], "key/")
}

// parseFilter makes the filter of a partition and accounts, of which neither is
// given without the other.
func parseFilter(partitions, accounts []string) (*awskms.Filter, error) {
	switch {
	case len(partitions) == 0 && len(accounts) == 0:
		return nil, nil
	case len(partitions) == 0:
		return nil, errors.New("discovery-account needs discovery-partition")
	case len(accounts) == 0:
		return nil, errors.New("discovery-partition needs discovery-account")
	}
	partition, err := only("discovery-partition", partitions)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if !isAccountID(a) {
			return nil, fmt.Errorf("discovery-account %q is not an account id of 12 digits", a)
		}
	}
	return &awskms.Filter{Partition: partition, Accounts: accounts}, nil
}

func isAccountID(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// ParseContext parses an encryption context of the form name=value. For
// decryption, names alone may be among them: those must be there with any value.
func ParseContext(mode Mode, pairs []string) (context map[string]string, names []string, err error) {
	if mode != Encrypt {
		pairs = slices.Clone(pairs)
		for _, p := range pairs {
			if !strings.Contains(p, "=") && p != "" {
				names = append(names, p)
			}
		}
		pairs = slices.DeleteFunc(pairs, func(p string) bool { return p != "" && !strings.Contains(p, "=") })
	}
	values, err := parsePairs(pairs)
	if err != nil {
		return nil, nil, err
	}
	context = make(map[string]string, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if context[name], err = only(name, values[name]); err != nil {
			return nil, nil, err
		}
	}
	return context, names, nil
}

// parsePairs parses arguments of the form name=value.
func parsePairs(arguments []string) (map[string][]string, error) {
	values := map[string][]string{}
	for _, a := range arguments {
		name, value, _ := strings.Cut(a, "=")
		if name == "" || value == "" {
			return nil, fmt.Errorf("%q is not of the form name=value", a)
		}
		values[name] = append(values[name], value)
	}
	return values, nil
}

func only(name string, values []string) (string, error) {
	if len(values) != 1 {
		return "", fmt.Errorf("%s is given %d times", name, len(values))
	}
	return values[0], nil
}

func oneOf(values, known []string) error {
	name, err := only("provider", values)
	if err == nil && !slices.Contains(known, name) {
		err = fmt.Errorf("provider %q is not known: there is %s", name, known[0])
	}
	return err
}

// parseBool parses what the AWS Encryption CLI takes for true and false.
func parseBool(values []string) (bool, error) {
	value, err := only("discovery", values)
	if err != nil {
		return false, err
	}
	switch strings.ToLower(value) {
	case "true", "t", "1", "yes", "y":
		return true, nil
	case "false", "f", "0", "no", "n":
		return false, nil
	}
	return false, fmt.Errorf("discovery=%s is neither true nor false", value)
}
