package awskms_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
)

func TestDiscovery(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, &awskms.Options{Keys: []string{keyB, attacker}}, keyA), esdk.Context{"who": "me"})
	f.took()
	filter := &awskms.Filter{Partition: "aws", Accounts: []string{"777788889999", "111122223333"}}
	for _, c := range []struct {
		name   string
		filter *awskms.Filter
		o      *awskms.DiscoveryOptions
		call   string
	}{
		{"no filter", nil, nil, "Decrypt us-west-2 " + keyA},
		{"filter", filter, nil, "Decrypt us-west-2 " + keyA},
		{"Region", filter, &awskms.DiscoveryOptions{Regions: []string{"eu-west-1"}}, "Decrypt eu-west-1 " + keyB},
		{"account", &awskms.Filter{Partition: "aws", Accounts: []string{"444455556666"}}, nil, "Decrypt us-west-2 " + attacker},
	} {
		k, err := awskms.NewDiscovery(f.clients, c.filter, c.o)
		if err != nil {
			t.Fatal(err)
		}
		opens(t, k, m)
		f.expect(t, c.call)
	}
	k, err := awskms.NewDiscovery(f.clients, filter, &awskms.DiscoveryOptions{Regions: []string{"us-east-1"}, GrantTokens: []string{"token"}})
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, k, m, 0)
	f.expect(t)
}

func TestDiscoveryGoesOn(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, &awskms.Options{Keys: []string{keyB}}, keyA), nil)
	f.took()
	away := errors.New("this Region is away")
	k, err := awskms.NewDiscovery(func(region string) (awskms.Client, error) {
		if region == "us-west-2" {
			return nil, away
		}
		return f.clients(region)
	}, nil, &awskms.DiscoveryOptions{GrantTokens: []string{"token"}})
	if err != nil {
		t.Fatal(err)
	}
	opens(t, k, m)
	if calls := f.took(); len(calls) != 1 || calls[0].key != keyB || calls[0].tokens[0] != "token" {
		t.Errorf("calls %v", calls)
	}
	m.EncryptedDataKeys = m.EncryptedDataKeys[:1]
	if err := refuses(t, k, m, 1); !errors.Is(err, away) {
		t.Errorf("error %v, want %v", err, away)
	}
}

// framework/aws-kms/aws-kms-mrk-discovery-keyring.md, "OnDecrypt".
func TestMultiRegionDiscovery(t *testing.T) {
	f := newFake()
	west, eu := wrap(t, f.keyring(t, nil, mrkWest), nil), wrap(t, f.keyring(t, nil, mrkEU), nil)
	onlyWest, onlyEU := wrap(t, f.keyring(t, nil, keyA), nil), wrap(t, f.keyring(t, nil, keyB), nil)
	f.took()
	for _, filter := range []*awskms.Filter{nil, {Partition: "aws", Accounts: []string{"111122223333"}}} {
		k, err := awskms.NewMultiRegionDiscovery(f.clients, "eu-west-1", filter, "token")
		if err != nil {
			t.Fatal(err)
		}
		opens(t, k, west)
		opens(t, k, eu)
		opens(t, k, onlyEU)
		for _, c := range f.calls {
			if len(c.tokens) != 1 || c.tokens[0] != "token" {
				t.Errorf("call %+v lacks the grant token", c)
			}
		}
		f.expect(t, "Decrypt eu-west-1 "+mrkEU, "Decrypt eu-west-1 "+mrkEU, "Decrypt eu-west-1 "+keyB)
		refuses(t, k, onlyWest, 0)
		f.expect(t)
	}
	k, err := awskms.NewMultiRegionDiscovery(f.clients, "eu-west-1", &awskms.Filter{Partition: "aws", Accounts: []string{"444455556666"}})
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, k, west, 0)
	f.expect(t)
}

func TestDiscoveryOnlyReads(t *testing.T) {
	f := newFake()
	k, err := awskms.NewDiscovery(f.clients, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	region, err := awskms.NewMultiRegionDiscovery(f.clients, "eu-west-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []esdk.Keyring{k, region} {
		for _, given := range [][]byte{nil, make([]byte, 32)} {
			m := &esdk.EncryptionMaterials{Suite: esdk.Committed, DataKey: given}
			if err := k.Wrap(t.Context(), m); err == nil || m.EncryptedDataKeys != nil {
				t.Errorf("error %v, materials %+v", err, m)
			}
		}
	}
	f.expect(t)
}

func TestNewDiscoveryRefuses(t *testing.T) {
	f := newFake()
	for _, filter := range []*awskms.Filter{
		{}, {Partition: "aws"}, {Accounts: []string{"111122223333"}}, {Partition: "aws", Accounts: []string{"111122223333", ""}},
	} {
		if _, err := awskms.NewDiscovery(f.clients, filter, nil); err == nil {
			t.Errorf("filter %+v: no error", filter)
		}
		if _, err := awskms.NewMultiRegionDiscovery(f.clients, "us-west-2", filter); err == nil {
			t.Errorf("filter %+v, multi-Region: no error", filter)
		}
	}
	if _, err := awskms.NewDiscovery(nil, nil, nil); err == nil {
		t.Error("no clients: no error")
	}
	if _, err := awskms.NewMultiRegionDiscovery(nil, "us-west-2", nil); err == nil {
		t.Error("no clients, multi-Region: no error")
	}
	for _, region := range []string{"", "us west", "us-west-2/", "US-WEST-2", strings.Repeat("a", 64)} {
		if _, err := awskms.NewMultiRegionDiscovery(f.clients, region, nil); err == nil {
			t.Errorf("Region %q: no error", region)
		}
	}
}
