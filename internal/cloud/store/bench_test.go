package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

func benchDB(b *testing.B, rows int) *DB {
	db, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	for from := 0; from < rows; from += 10_000 {
		update(b, db, func(tx *Tx) {
			for i := from; i < min(rows, from+10_000); i++ {
				users.Put(tx, benchKey(i), &user{Name: "alice", ID: fmt.Sprint(i)})
			}
		})
	}
	return db
}

func benchKey(i int) string { return Key("111122223333", fmt.Sprintf("user-%08d", i)) }

// BenchmarkViewGet reads a hot row: what each request does for its access key.
func BenchmarkViewGet(b *testing.B) {
	db := benchDB(b, 1000)
	ctx, key := context.Background(), benchKey(500)
	get := func(tx *Tx) error {
		if users.Get(tx, key) == nil {
			return errTest
		}
		return nil
	}
	b.Run("one goroutine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := db.View(ctx, get); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := db.View(ctx, get); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("Get alone", func(b *testing.B) {
		b.ReportAllocs()
		view(b, db, func(tx *Tx) {
			for b.Loop() {
				get(tx)
			}
		})
	})
	b.Run("not in the cache", func(b *testing.B) {
		b.ReportAllocs()
		view(b, db, func(tx *Tx) {
			for b.Loop() {
				tx.db.cache.clear(tx.state.version)
				get(tx)
			}
		})
	})
	b.Run("index", func(b *testing.B) {
		b.ReportAllocs()
		view(b, db, func(tx *Tx) {
			for b.Loop() {
				if usersByID.Get(tx, "500") == nil {
					b.Fatal("absent")
				}
			}
		})
	})
}

// BenchmarkUpdate changes random rows durably.
func BenchmarkUpdate(b *testing.B) {
	for _, rows := range []int{1000, 100_000} {
		db := benchDB(b, rows)
		for _, writers := range []int{1, 64} {
			b.Run(fmt.Sprintf("rows=%d/writers=%d", rows, writers), func(b *testing.B) {
				left := atomic.Int64{}
				left.Store(int64(b.N))
				b.SetParallelism(max(1, writers/2))
				if writers == 1 {
					for range b.N {
						benchUpdate(b, db, rows)
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						benchUpdate(b, db, rows)
					}
				})
			})
		}
	}
}

func benchUpdate(b *testing.B, db *DB, rows int) {
	key := benchKey(rand.IntN(rows))
	if err := db.Update(context.Background(), func(tx *Tx) error {
		u := *users.Get(tx, key)
		u.N++
		users.Put(tx, key, &u)
		return nil
	}); err != nil {
		b.Error(err)
	}
}

func BenchmarkReset(b *testing.B) {
	db := benchDB(b, 0)
	for b.Loop() {
		b.StopTimer()
		fillForReset(b, db, 2000)
		b.StartTimer()
		if err := db.Reset(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMemory(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Memory()
	}
}
