package accounts_test

import (
	"errors"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestNamesAreNoIDs: what finds an account by its name or id, as fortlet env
// does, never finds one by what is another's id.
func TestNamesAreNoIDs(t *testing.T) {
	r := accounts.New(store.Memory(), keyring.Memory(), time.Now)
	r.Files = accounts.KeyFiles(t.TempDir())
	for _, name := range []string{"111122223333", "000000000000"} {
		if _, _, err := r.Create(t.Context(), accounts.Spec{Name: name, ID: "000000000001"}); !errors.Is(err, accounts.ErrInvalid) {
			t.Errorf("account named %s: %v, want %v", name, err, accounts.ErrInvalid)
		}
	}
	for _, name := range []string{"11112222333", "1111222233334", "account-111122223333"} {
		if _, _, err := r.Create(t.Context(), accounts.Spec{Name: name}); err != nil {
			t.Errorf("account named %s: %v", name, err)
		}
	}

	// A file that somebody has changed by hand.
	a := &accounts.Account{ID: "000000000002", Name: "111122223333"}
	if err := r.Files.Write(a, accounts.RootKey{ID: "AKIAIOSFODNN7EXAMPLE", Secret: "wrong"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Create(t.Context(), accounts.Spec{Name: "main", ID: "111122223333"}); err != nil {
		t.Fatal(err)
	}
	if f, err := r.Files.Read("111122223333"); err != nil || f.Name != "main" {
		t.Errorf("the key file of account 111122223333 is %+v, %v", f, err)
	}
}
