package crash

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// readBack reads the whole cloud and gives each writer's part of it. It reads
// everything in each way in which the API shows it, which are different rows
// and indexes below, and wants all of them to say the same.
func readBack(t *testing.T, c *clients, writers int) []*world {
	t.Helper()
	worlds := make([]*world, writers)
	for i := range worlds {
		worlds[i] = newWorld()
	}
	readUsers(t, c, worlds)
	readKeys(t, c, worlds)
	readBuckets(t, c, worlds)
	return worlds
}

// owner gives the world that a name belongs to.
func owner(t *testing.T, worlds []*world, name string) *world {
	t.Helper()
	for i, w := range worlds {
		if strings.HasPrefix(name, prefix(i)) {
			return w
		}
	}
	t.Errorf("nobody has made %s", name)
	return newWorld()
}

// must gives the result of a call that has to succeed.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// agree wants two ways of reading to have the same result.
func agree(t *testing.T, what string, one, other any) {
	t.Helper()
	if a, b := fmt.Sprintf("%+v", one), fmt.Sprintf("%+v", other); a != b {
		t.Errorf("%s: one way of reading gives\n%s\nand the other\n%s", what, a, b)
	}
}

// sorted gives a slice in order, and never nil.
func sorted(s []string) []string {
	s = append([]string{}, s...)
	slices.Sort(s)
	return s
}
