package iam

import (
	"strings"
	"testing"
)

// TestSpellingsAreNotRemembered: a name is found in any letter case. Anybody
// may ask for any of the spellings of a role, and there is no end to them.
func TestSpellingsAreNotRemembered(t *testing.T) {
	w := newWorld(t)
	const name = "abcdefghij"
	w.user(name, "")
	for i := range 1 << 8 {
		spelled := []byte(name)
		for bit := range 8 {
			if i>>bit&1 == 1 {
				spelled[bit] -= 'a' - 'A'
			}
		}
		if id := w.iam.User(home, string(spelled)); id == nil || id.Name != name {
			t.Fatalf("%s is found as %+v", spelled, id)
		}
	}
	users := w.iam.memory.Load().users.entries()
	for key := range users {
		if strings.EqualFold(key.name, name) && key.name != name {
			t.Errorf("%s is remembered as one of %d users", key.name, len(users))
			break
		}
	}
	if users[nameOf{home, name}] == nil {
		t.Errorf("%s is not remembered", name)
	}
}
