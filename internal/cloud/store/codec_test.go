package store

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

type everything struct {
	Bool    bool
	Int     int64
	Uint    uint64
	Float   float64
	String  string `json:"str,omitempty"`
	Bytes   []byte
	Raw     json.RawMessage
	Time    time.Time
	NoTime  time.Time
	Length  time.Duration
	Pointer *int
	Nil     *int
	Strings []string
	Map     map[string]string
	Nested  []struct{ A, B map[string][]string }
	Array   [32]byte
	Any     any
	hidden  int
}

func TestRowsComeBackAsTheyWere(t *testing.T) {
	table := NewTable[everything]("test.everything")
	rows := map[string]everything{
		"zero": {},
		"full": {
			Bool: true, Int: math.MinInt64, Uint: math.MaxUint64, Float: math.Pi,
			String: "any bytes \x00\xff\xfe are a string", Bytes: []byte{0, 1, 255},
			Raw:  json.RawMessage(`{"a": [1]}`),
			Time: time.Date(2026, 11, 22, 1, 2, 3, 123456789, time.UTC), Length: time.Hour, Pointer: new(7),
			Strings: []string{"a", ""}, Map: map[string]string{"k": "v", "": ""},
			Nested: []struct{ A, B map[string][]string }{{A: map[string][]string{"x": {"y"}}}},
			Array:  [32]byte{31: 9}, Any: map[string]any{"deep": "er"},
		},
		"empty is not nil": {Strings: []string{}, Map: map[string]string{}, Bytes: []byte{}},
		"large":            {String: strings.Repeat("x", 300_000), Strings: make([]string, 200_000)},
	}
	onEveryEngine(t, func(t *testing.T, db *DB) {
		for name, row := range rows {
			update(t, db, func(tx *Tx) { table.Put(tx, name, &row) })
		}
		view(t, db, func(tx *Tx) {
			for name, want := range rows {
				if got := table.Get(tx, name); got == nil || !reflect.DeepEqual(*got, want) {
					t.Errorf("%s: got %+v", name, got)
				}
			}
		})
	})
}

func TestWhatHasNoEncodingDoesNotComeBack(t *testing.T) {
	table := NewTable[everything]("test.everything")
	onEveryEngine(t, func(t *testing.T, db *DB) {
		berlin := time.FixedZone("CET", 3600)
		update(t, db, func(tx *Tx) {
			table.Put(tx, "a", &everything{hidden: 1, Time: time.Date(2026, 1, 1, 1, 0, 0, 0, berlin)})
		})
		view(t, db, func(tx *Tx) {
			row := table.Get(tx, "a")
			if row.hidden != 0 {
				t.Error("an unexported field came back")
			}
			if want := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); row.Time != want {
				t.Errorf("time is %v, want %v", row.Time, want)
			}
		})
	})
}

// Programs of two versions read each other's rows.
func TestFieldsComeAndGo(t *testing.T) {
	type older struct{ Name, Gone string }
	type newer struct {
		Name string
		Tags map[string]string
	}
	before, after := NewTable[older]("test.versions"), NewTable[newer]("test.versions")
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			before.Put(tx, "old", &older{"a", "b"})
			after.Put(tx, "new", &newer{"c", map[string]string{"k": "v"}})
		})
		view(t, db, func(tx *Tx) {
			for range 2 { // whichever type the cache holds
				if row := after.Get(tx, "old"); row == nil || row.Name != "a" || row.Tags != nil {
					t.Errorf("the newer program reads %+v", row)
				}
				if row := before.Get(tx, "new"); row == nil || row.Name != "c" || row.Gone != "" {
					t.Errorf("the older program reads %+v", row)
				}
				if row := after.Get(tx, "new"); row == nil || row.Tags["k"] != "v" {
					t.Errorf("the newer program reads %+v", row)
				}
			}
		})
		update(t, db, func(tx *Tx) {
			if row := before.Get(tx, "new"); row == nil || row.Name != "c" {
				t.Errorf("the older program reads %+v", row)
			}
			before.Put(tx, "new", &older{"d", ""})
			if row := after.Get(tx, "new"); row == nil || row.Name != "d" {
				t.Errorf("the newer program reads %+v", row)
			}
		})
		view(t, db, func(tx *Tx) {
			if row := after.Get(tx, "new"); row == nil || row.Name != "d" {
				t.Errorf("after a change the newer program reads %+v", row)
			}
		})
	})
}

func TestCorruptRowFailsTheTransaction(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			users.Put(tx, "good", &user{Groups: []string{"g"}})
			tx.own.Set(users.prefix+"bad", &write{value: []byte("\xffnot a row")})
			tx.own.Set(usersByGroup.entry("h", "absent"), &write{value: []byte{}})
		})
		for name, read := range map[string]func(tx *Tx){
			"Get":   func(tx *Tx) { users.Get(tx, "bad") },
			"Scan":  func(tx *Tx) { keysOf(users.Scan(tx, "", "")) },
			"Index": func(tx *Tx) { keysOf(usersByGroup.Scan(tx, "h", "")) },
			"later reads": func(tx *Tx) {
				users.Get(tx, "bad")
				if users.Get(tx, "good") != nil || len(keysOf(users.Scan(tx, "", "a"))) > 0 {
					t.Error("a failed transaction goes on reading")
				}
			},
		} {
			for way, run := range map[string]func(fn func(tx *Tx) error) error{
				"View":   func(fn func(tx *Tx) error) error { return db.View(t.Context(), fn) },
				"Update": func(fn func(tx *Tx) error) error { return db.Update(t.Context(), fn) },
			} {
				err := run(func(tx *Tx) error { read(tx); return errTest })
				if err == nil || !isCorrupt(err) {
					t.Errorf("%s in %s: %v", name, way, err)
				}
			}
		}
	})
}
