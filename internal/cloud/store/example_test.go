package store_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

type Alias struct {
	Name  string
	KeyID string
}

var (
	aliases      = store.NewTable[Alias]("example.alias")
	aliasesByKey = aliases.Index("key", func(a *Alias) []string { return []string{a.KeyID} })
)

var errAlreadyExists = errors.New("the alias already exists")

func createAlias(ctx context.Context, db *store.DB, account string, alias Alias) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		key := store.Key(account, alias.Name)
		if aliases.Get(tx, key) != nil {
			return errAlreadyExists
		}
		aliases.Put(tx, key, &alias)
		return nil
	})
}

func Example() {
	ctx, db := context.Background(), store.Memory()
	defer db.Close()

	for _, name := range []string{"alias/b", "alias/a", "alias/c", "alias/a"} {
		if err := createAlias(ctx, db, "111122223333", Alias{name, "key-1"}); err != nil {
			fmt.Println(name, err)
		}
	}
	db.View(ctx, func(tx *store.Tx) error {
		// The second page of an account's aliases.
		for _, alias := range aliases.Scan(tx, store.Prefix("111122223333"), store.Key("111122223333", "alias/a")) {
			fmt.Println(alias.Name)
		}
		_, first := aliasesByKey.First(tx, "key-1")
		fmt.Println("first of key-1:", first.Name)
		return nil
	})
	// Output:
	// alias/a the alias already exists
	// alias/b
	// alias/c
	// first of key-1: alias/a
}
