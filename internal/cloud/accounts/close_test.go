package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestValidEmail has the rules of the member Email.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
func TestValidEmail(t *testing.T) {
	long := strings.Repeat("x", 52) + "@example.com" // 64 characters
	for _, address := range []string{"a@b.co", "first.last+tag@sub-domain.example.com", "root@111122223333.example.com", long} {
		if !accounts.ValidEmail(address) {
			t.Errorf("%q is refused", address)
		}
	}
	for _, address := range []string{
		"", "a@b.c", "no-at.example.com", "two@at@example.com", "@example.com", "a@", "a@localhost", ".dot@example.com", "a b@example.com",
		"a\"b@example.com", "a(b)@example.com", "a:b@example.com", "a,b@example.com", "a%b@example.com", "a&b@example.com", "a\\b@example.com",
		"a@-example.com", "a@example.com-", "a@.example.com", "a@example.com.", "a@exa_mple.com", "ä@example.com", "a@exämple.com", "x" + long,
		"a@example.com\n",
	} {
		if accounts.ValidEmail(address) {
			t.Errorf("%q is taken", address)
		}
	}
}

func newRegistry(t *testing.T) (*accounts.Registry, *store.DB) {
	db := store.Memory()
	t.Cleanup(func() { db.Close() })
	r := accounts.New(db, keyring.Memory(), time.Now)
	r.Files = accounts.KeyFiles(t.TempDir())
	return r, db
}

func closeAccount(t *testing.T, r *accounts.Registry, db *store.DB, id string) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return r.Close(tx, id) }); err != nil {
		t.Fatal(err)
	}
}

// TestClose: that an account is closed is known when the change is acknowledged,
// here and to who reads its key file.
func TestClose(t *testing.T) {
	r, db := newRegistry(t)
	var asking sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					r.Closed("000000000000")
				}
			}
		})
	}
	for i := range 50 {
		id := fmt.Sprintf("1000000000%02d", i)
		if _, _, err := r.Create(t.Context(), accounts.Spec{ID: id, Name: "a" + id}); err != nil {
			t.Fatal(err)
		}
		if r.Closed(id) {
			t.Fatalf("%s is closed before it is", id)
		}
		closeAccount(t, r, db, id)
		if !r.Closed(id) {
			t.Fatalf("%s is not closed", id)
		}
		if err := r.Note(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if f, err := r.Files.Read(id); err != nil || !f.Closed {
			t.Fatalf("the key file of %s is %+v, %v", id, f, err)
		}
	}
	close(stop)
	asking.Wait()
	err := db.Update(t.Context(), func(tx *store.Tx) error { return r.Close(tx, "999999999999") })
	if !errors.Is(err, accounts.ErrUnknown) {
		t.Errorf("an account that there is not: %v", err)
	}
}

// TestClosedUnreadable: when it cannot be known which accounts are closed, all
// are.
func TestClosedUnreadable(t *testing.T) {
	r, db := newRegistry(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if !r.Closed("111122223333") {
		t.Error("an account of which nothing can be known is open")
	}
}

// TestTitles: accounts whose names may be any text get one for the command line
// that is theirs alone.
func TestTitles(t *testing.T) {
	r, _ := newRegistry(t)
	first, _, err := r.Create(t.Context(), accounts.Spec{Name: "prod", Title: "Prod!", ID: "100000000001"})
	if err != nil || first.Name != "prod" || first.DisplayName() != "Prod!" {
		t.Errorf("%+v, %v", first, err)
	}
	second, _, err := r.Create(t.Context(), accounts.Spec{Name: "prod", Title: "Prod!", ID: "100000000002"})
	if err != nil || second.Name != "prod-100000000002" || second.DisplayName() != "Prod!" {
		t.Errorf("%+v, %v", second, err)
	}
	long := strings.Repeat("x", 50)
	for i, id := range []string{"100000000003", "100000000004"} {
		a, _, err := r.Create(t.Context(), accounts.Spec{Name: long, Title: long, ID: id})
		if err != nil || len(a.Name) > 50 || (a.Name == long) != (i == 0) {
			t.Errorf("%+v, %v", a, err)
		}
	}
	if _, _, err := r.Create(t.Context(), accounts.Spec{Name: "other", Email: "ROOT@100000000001.example.com"}); !errors.Is(err, accounts.ErrEmail) {
		t.Errorf("an address that is taken: %v", err)
	}
}
