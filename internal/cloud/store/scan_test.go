package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

func keysOf[V any](seq func(func(string, V) bool)) []string {
	var keys []string
	for key := range seq {
		keys = append(keys, key)
	}
	return keys
}

func equalKeys(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s gives %q, want %q", what, got, want)
	}
}

func TestScanPages(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		var want []string
		update(t, db, func(tx *Tx) {
			for i := range 25 {
				key := Key("111122223333", fmt.Sprintf("user-%02d", i))
				users.Put(tx, key, &user{N: i, Groups: []string{"all"}})
				want = append(want, key)
			}
			users.Put(tx, Key("111122223332", "x"), &user{Groups: []string{"all2"}})
			users.Put(tx, Key("1111222233334", "x"), &user{Groups: []string{"al"}})
		})
		view(t, db, func(tx *Tx) {
			for name, page := range map[string]func(after string) func(func(string, *user) bool){
				"Scan": func(after string) func(func(string, *user) bool) {
					return users.Scan(tx, Prefix("111122223333"), after)
				},
				"Index.Scan": func(after string) func(func(string, *user) bool) { return usersByGroup.Scan(tx, "all", after) },
			} {
				var got []string
				after := ""
				for {
					n := 0
					for key := range page(after) {
						got, after = append(got, key), key
						if n++; n == 10 {
							break
						}
					}
					if n == 0 {
						break
					}
				}
				equalKeys(t, name, got, want)
			}
			equalKeys(t, "Scan after a key that is not there",
				keysOf(users.Scan(tx, Prefix("111122223333"), want[23]+"5")), want[24:])
			equalKeys(t, "Scan after the prefix's range", keysOf(users.Scan(tx, "1", "2")), nil)
			equalKeys(t, "Scan of everything", keysOf(users.Scan(tx, "", "")),
				slices.Sorted(slices.Values(append([]string{Key("111122223332", "x"), Key("1111222233334", "x")}, want...))))
		})
	})
}

func TestScanSeesWhatTheLoopWrites(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			for _, key := range []string{"a", "b", "c", "d"} {
				users.Put(tx, key, &user{})
			}
		})
		update(t, db, func(tx *Tx) {
			var seen []string
			for key := range users.Scan(tx, "", "") {
				seen = append(seen, key)
				users.Delete(tx, key)
				switch key {
				case "a":
					users.Put(tx, "bb", &user{})
					users.Put(tx, "0", &user{})
				case "b":
					users.Delete(tx, "c")
				}
			}
			equalKeys(t, "Scan", seen, []string{"a", "b", "bb", "d"})
		})
		view(t, db, func(tx *Tx) { equalKeys(t, "afterwards", keysOf(users.Scan(tx, "", "")), []string{"0"}) })
	})
}

func TestIndexFollowsRows(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		check := func(group string, want ...string) {
			t.Helper()
			view(t, db, func(tx *Tx) {
				t.Helper()
				equalKeys(t, "group "+group, keysOf(usersByGroup.Scan(tx, group, "")), want)
			})
		}
		put := func(key string, groups ...string) {
			update(t, db, func(tx *Tx) { users.Put(tx, key, &user{ID: key, Groups: groups}) })
		}
		put("b", "admins", "admins", "dev")
		put("a", "admins", "")
		put("c", "admins2", "admin", "admins\x00a", "admins\x01")
		check("admins", "a", "b")
		check("dev", "b")
		check("", "a")
		check("admin", "c")
		check("admins\x00a", "c")
		check("admins\x01", "c")
		check("adm")

		put("b", "dev", "ops")
		check("admins", "a")
		check("dev", "b")
		check("ops", "b")

		put("b")
		check("dev")
		update(t, db, func(tx *Tx) { users.Delete(tx, "a"); users.Delete(tx, "absent") })
		check("admins")
		check("")
		view(t, db, func(tx *Tx) {
			if key, u := usersByID.First(tx, "c"); key != "c" || u != users.Get(tx, "c") {
				t.Errorf("First gives %q, %+v", key, u)
			}
			if key, u := usersByID.First(tx, "a"); key != "" || u != nil {
				t.Errorf("First of a deleted row gives %q, %+v", key, u)
			}
		})
	})
}

func TestIndexRange(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			for key, id := range map[string]string{"p": "1", "q": "2", "o": "2", "r": "2\x00", "s": "20", "t": "3", "u": ""} {
				users.Put(tx, key, &user{ID: id})
			}
		})
		view(t, db, func(tx *Tx) {
			for _, test := range []struct {
				from, to string
				want     []string
			}{
				{"", "1", []string{"u"}},
				{"", "9", []string{"u", "p", "o", "q", "r", "s", "t"}},
				{"2", "3", []string{"o", "q", "r", "s"}},
				{"2", "2", nil},
				{"2", "20", []string{"o", "q", "r"}},
				{"3", "1", nil},
			} {
				equalKeys(t, fmt.Sprintf("Range(%q, %q)", test.from, test.to),
					keysOf(usersByID.Range(tx, test.from, test.to)), test.want)
			}
		})
	})
}

// TestAgainstModel does random things and compares each answer with a map that
// is changed in the same way, in transactions that succeed and that fail.
func TestAgainstModel(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		random := rand.New(rand.NewPCG(1, 2))
		durable := map[string]user{}
		for range 150 {
			model := maps.Clone(durable)
			failed := random.IntN(4) == 0
			err := db.Update(t.Context(), func(tx *Tx) error {
				for range random.IntN(12) {
					step(tx, random, model)
				}
				compare(t, tx, random, model)
				if failed {
					return errTest
				}
				return nil
			})
			if failed != (err != nil) {
				t.Fatal(err)
			}
			if !failed {
				durable = model
			}
			view(t, db, func(tx *Tx) { compare(t, tx, random, durable) })
		}
	})
}

func randomKey(random *rand.Rand) string {
	return Key(string("ab\x00\x01"[random.IntN(4)]), string('a'+rune(random.IntN(12))))
}

func step(tx *Tx, random *rand.Rand, model map[string]user) {
	key := randomKey(random)
	if random.IntN(3) == 0 {
		users.Delete(tx, key)
		delete(model, key)
		return
	}
	u := user{N: random.Int(), ID: fmt.Sprint(random.IntN(3)), Groups: []string{fmt.Sprint(random.IntN(4)), "g"}}
	users.Put(tx, key, &u)
	model[key] = u
}

func compare(t *testing.T, tx *Tx, random *rand.Rand, model map[string]user) {
	t.Helper()
	sorted := slices.Sorted(maps.Keys(model))
	var got []string
	for key, u := range users.Scan(tx, "", "") {
		if u.N != model[key].N || u != users.Get(tx, key) {
			t.Fatalf("Scan gives %+v for %q", u, key)
		}
		got = append(got, key)
	}
	equalKeys(t, "Scan", got, sorted)

	after := randomKey(random)
	where := func(holds func(user) bool) (keys []string) {
		for _, key := range sorted {
			if key > after && holds(model[key]) {
				keys = append(keys, key)
			}
		}
		return keys
	}
	equalKeys(t, "Scan after", keysOf(users.Scan(tx, "", after)), where(func(user) bool { return true }))
	equalKeys(t, "Index.Scan after", keysOf(usersByID.Scan(tx, "1", after)), where(func(u user) bool { return u.ID == "1" }))
	equalKeys(t, "Index.Scan after", keysOf(usersByGroup.Scan(tx, "2", after)), where(func(u user) bool { return u.Groups[0] == "2" }))
	key := randomKey(random)
	u, want := users.Get(tx, key), model[key]
	if _, there := model[key]; there != (u != nil) || there && u.N != want.N {
		t.Fatalf("Get(%q) gives %+v, want %+v", key, u, want)
	}
}
