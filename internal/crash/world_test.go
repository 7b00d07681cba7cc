package crash

import (
	"encoding/json"
	"maps"
	"slices"
)

// world is all that one writer has made. Its maps are never nil, so that equal
// worlds have equal texts.
type world struct {
	Users   map[string]user   // by name
	Keys    map[string]key    // by description, which no two keys share
	Aliases map[string]string // by name; the description of the key
	Buckets map[string]bucket // by name
}

type user struct {
	ID       string // empty of one whose making was not acknowledged
	Path     string
	Tags     map[string]string
	Policies map[string]string // documents by name
	Groups   []string          // sorted
}

type key struct {
	ID        string // as of a user
	Tags      map[string]string
	Rotates   bool
	Rotations int // on demand
}

func newWorld() *world {
	return &world{map[string]user{}, map[string]key{}, map[string]string{}, map[string]bucket{}}
}

// with gives the world after a change, which made the resource id.
func (w *world) with(o *operation, id string) *world {
	next := w.clone()
	o.apply(next, id)
	return next
}

func (w *world) clone() *world {
	c := &world{maps.Clone(w.Users), maps.Clone(w.Keys), maps.Clone(w.Aliases), maps.Clone(w.Buckets)}
	for name, u := range c.Users {
		u.Tags, u.Policies, u.Groups = maps.Clone(u.Tags), maps.Clone(u.Policies), slices.Clone(u.Groups)
		c.Users[name] = u
	}
	for name, k := range c.Keys {
		k.Tags = maps.Clone(k.Tags)
		c.Keys[name] = k
	}
	for name, b := range c.Buckets {
		c.Buckets[name] = b.clone()
	}
	return c
}

// named gives the world with the ids that only from knows.
func (w *world) named(from *world) *world {
	c := w.clone()
	for name, u := range c.Users {
		if u.ID == "" {
			u.ID = from.Users[name].ID
			c.Users[name] = u
		}
	}
	for name, k := range c.Keys {
		if k.ID == "" {
			k.ID = from.Keys[name].ID
			c.Keys[name] = k
		}
	}
	for name, b := range c.Buckets {
		b.name(from.Buckets[name])
	}
	return c
}

func (w *world) String() string {
	text, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and maps of them
	}
	return string(text)
}
