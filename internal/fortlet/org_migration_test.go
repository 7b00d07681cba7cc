package fortlet_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// oldFolder is a data folder as programs made it that knew no organizations, and
// gives the canonical id of its first account.
func oldFolder(t *testing.T, names ...string) (dir, canonical string) {
	dir = t.TempDir()
	db, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keyring.Create(dir, keyring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	registry := accounts.New(db, ring, time.Now)
	for i, name := range names {
		a, _, err := registry.Create(t.Context(), accounts.Spec{Name: name, ID: "11112222333" + string(rune('0'+i))})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			canonical = a.CanonicalID
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, canonical
}

// TestOldFolder: accounts that were told to be in an organization are in one,
// under the ids that they were told, so that policies that name them stay true.
func TestOldFolder(t *testing.T) {
	dir, canonical := oldFolder(t, "main", "qa", "build")
	c := fortlettest.New(t, fortlettest.WithDir(dir), fortlettest.WithAccount("111122223330"))
	o := newOrg(t, c)
	org, err := o.DescribeOrganization(t.Context(), nil)
	o.check(err)
	if id := *org.Organization.Id; id != "o-"+canonical[:10] || o.root != "r-"+canonical[10:14] || *org.Organization.MasterAccountId != "111122223330" {
		t.Errorf("organization %s with root %s of %s", id, o.root, *org.Organization.MasterAccountId)
	}
	list, err := o.ListAccounts(t.Context(), nil)
	if err != nil || len(list.Accounts) != 3 || *list.Accounts[1].Name != "qa" || *list.Accounts[1].Email != "root@111122223331.example.com" {
		t.Errorf("accounts %+v, %v", list, err)
	}
}

// TestOldFolderOfOneAccount: one account is no organization, but what it was told
// becomes true when it founds one.
func TestOldFolderOfOneAccount(t *testing.T) {
	dir, canonical := oldFolder(t, "main")
	c := fortlettest.New(t, fortlettest.WithDir(dir), fortlettest.WithAccount("111122223330"))
	client := organizations.NewFromConfig(c.Config())
	if _, err := client.DescribeOrganization(t.Context(), nil); errorCode(err) != "AWSOrganizationsNotInUseException" {
		t.Fatal(err)
	}
	out, err := client.CreateOrganization(t.Context(), nil)
	if err != nil || strings.TrimPrefix(*out.Organization.Id, "o-") != canonical[:10] {
		t.Errorf("organization %+v, %v", out, err)
	}
}
