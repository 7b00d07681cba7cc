package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// The crash test runs this test binary again, as a process that writes as fast
// as it can and reports on its standard output each commit that it was told is
// durable. It is killed at a random moment; then everything it reported must
// be there, and nothing by halves.

const (
	crashFolder  = "FORTLET_STORE_CRASH_FOLDER" // makes the binary that process
	crashWriters = 8
	crashRounds  = 10
	crashKept    = 3 // events a writer keeps
)

// Each transaction of a writer raises its counter, adds an event of that
// number, deletes an old one, and puts two rows that a Reset takes away.
var (
	crashCounters = NewTable[user]("crash.counter", Permanent())
	crashEvents   = NewTable[user]("crash.event", Permanent())
	crashByWriter = crashEvents.Index("writer", func(u *user) []string { return []string{u.Name} })
	crashScratch  = NewTable[user]("crash.scratch")
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashFolder); dir != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func writeUntilKilled(dir string) error {
	db, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for w := range crashWriters {
		go func() {
			for {
				n, err := crashStep(db, strconv.Itoa(w))
				if err == nil && w == 0 && n%40 == 0 {
					err = db.Reset(context.Background())
				}
				if err != nil {
					failed <- err
				}
				// One write to a pipe: lines do not mix.
				os.Stdout.WriteString(fmt.Sprintln(w, n))
			}
		}()
	}
	return <-failed
}

func crashStep(db *DB, writer string) (n int, err error) {
	return n, db.Update(context.Background(), func(tx *Tx) error {
		n = 1
		if u := crashCounters.Get(tx, writer); u != nil {
			n = u.N + 1
		}
		row := &user{Name: writer, N: n}
		crashCounters.Put(tx, writer, row)
		crashEvents.Put(tx, eventKey(writer, n), row)
		crashEvents.Delete(tx, eventKey(writer, n-crashKept))
		crashScratch.Put(tx, Key(writer, "a"), row)
		crashScratch.Put(tx, Key(writer, "b"), row)
		return nil
	})
}

func eventKey(writer string, n int) string { return Key(writer, fmt.Sprintf("%08d", n)) }

func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	acknowledged := make([]int, crashWriters)
	for round := range crashRounds {
		killWriters(t, dir, acknowledged, 20+rand.IntN(800))
		db := openFolder(t, dir, Options{})
		view(t, db, func(tx *Tx) {
			for w, n := range acknowledged {
				checkWriter(t, tx, round, strconv.Itoa(w), n)
			}
		})
		closeDB(t, db)
	}
	t.Logf("acknowledged %v", acknowledged)
}

// killWriters starts the process, kills it after so many reports and notes the
// last that each writer made.
func killWriters(t *testing.T, dir string, acknowledged []int, reports int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFolder+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	seen := 0
	for ; lines.Scan(); seen++ {
		var w, n int
		if _, err := fmt.Sscan(lines.Text(), &w, &n); err != nil {
			t.Fatalf("report %q: %v", lines.Text(), err)
		}
		acknowledged[w] = n
		if seen == reports {
			child.Process.Kill()
		}
	}
	child.Wait()
	if seen < reports {
		t.Fatalf("the writers ended by themselves after %d reports", seen)
	}
}

func checkWriter(t *testing.T, tx *Tx, round int, writer string, acknowledged int) {
	t.Helper()
	n := 0
	if u := crashCounters.Get(tx, writer); u != nil {
		n = u.N
	}
	if n < acknowledged {
		t.Errorf("round %d: writer %s was told of %d, the store has %d", round, writer, acknowledged, n)
	}
	var want []string
	for event := max(1, n-crashKept+1); event <= n; event++ {
		want = append(want, eventKey(writer, event))
	}
	equalKeys(t, "the events of writer "+writer, keysOf(crashEvents.Scan(tx, Prefix(writer), "")), want)
	equalKeys(t, "their index", keysOf(crashByWriter.Scan(tx, writer, "")), want)
	a, b := crashScratch.Get(tx, Key(writer, "a")), crashScratch.Get(tx, Key(writer, "b"))
	if (a == nil) != (b == nil) || a != nil && (a.N != n || b.N != n) {
		t.Errorf("round %d: half a transaction of writer %s: %+v and %+v at %d", round, writer, a, b, n)
	}
}
