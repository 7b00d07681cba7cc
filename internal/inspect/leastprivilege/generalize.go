package leastprivilege

import (
	"fmt"
	"slices"
	"strings"
)

// Generality says how resources are written.
type Generality string

// The ways to write resources.
const (
	// Exact has the resources of the calls and no others.
	Exact Generality = "exact"
	// Prefix has the folders of S3 objects in place of the objects.
	Prefix Generality = "prefix"
	// Star has the resources of the current policies' statements, and "*" where
	// those are not known.
	Star Generality = "star"
)

// ParseGenerality reads one.
func ParseGenerality(s string) (Generality, error) {
	g := Generality(s)
	if !slices.Contains([]Generality{Exact, Prefix, Star}, g) {
		return "", fmt.Errorf("%q is none of exact, prefix, star", s)
	}
	return g, nil
}

// generalize makes the resources of a group wider, never wider than the current
// policies.
func (c *Current) generalize(g *grouped, how Generality) {
	switch how {
	case Prefix:
		g.resources = c.folders(g)
	case Star:
		g.resources = c.stars(g)
	}
	g.resources = prune(g.resources)
}

// within reports whether the current policies allow a group's action on all
// that a pattern stands for.
func (c *Current) within(g *grouped, pattern string) bool {
	return c == nil || slices.ContainsFunc(c.sources(g), func(s *grant) bool { return s.holds(pattern) })
}

// sources are the statements from which a group comes.
func (c *Current) sources(g *grouped) (list []*grant) {
	for _, s := range c.allows {
		if s.ofAction(g.action) && newConditions(s.Condition).key == g.original.key {
			list = append(list, s)
		}
	}
	return list
}

// stars are the resources of the statements from which a group comes.
func (c *Current) stars(g *grouped) (list []string) {
	if c == nil {
		return []string{"*"}
	}
	sources := c.sources(g)
	for _, r := range g.resources {
		wider := r
		for _, s := range sources {
			for _, theirs := range s.Resource {
				if covers(theirs, wider) {
					wider = theirs
				}
			}
		}
		list = append(list, wider)
	}
	return list
}

// maxFolders is how many folders of a bucket are told apart. Where there are
// more, as in buckets with a folder for every hour, their parents take their
// place.
const maxFolders = 20

const objectPrefix = ":s3:::"

// folders puts in the place of each object of S3 the folder that it is in.
func (c *Current) folders(g *grouped) (list []string) {
	buckets := map[string][]string{}
	for _, r := range g.resources {
		bucket, key, ok := strings.Cut(r, "/")
		if !ok || !strings.HasPrefix(g.action, "s3:") || !strings.Contains(bucket, objectPrefix) || strings.ContainsAny(key, "*?") {
			list = append(list, r)
			continue
		}
		buckets[bucket] = append(buckets[bucket], key)
	}
	for bucket, keys := range buckets {
		for _, key := range keys {
			folder := bucket + "/" + folderOf(key, depthFor(keys)) + "*"
			if c.within(g, folder) {
				list = append(list, folder)
			} else {
				list = append(list, bucket+"/"+key)
			}
		}
	}
	return list
}

// depthFor is how deep folders may be so that there are not too many.
func depthFor(keys []string) int {
	deepest := 0
	for _, k := range keys {
		deepest = max(deepest, strings.Count(k, "/"))
	}
	for depth := deepest; depth > 0; depth-- {
		folders := map[string]bool{}
		for _, k := range keys {
			folders[folderOf(k, depth)] = true
		}
		if len(folders) <= maxFolders {
			return depth
		}
	}
	return 0
}

// folderOf is the folder of a key, at most so deep: "a/b/" of "a/b/c".
func folderOf(key string, depth int) string {
	end := 0
	for ; depth > 0; depth-- {
		i := strings.IndexByte(key[end:], '/')
		if i < 0 {
			break
		}
		end += i + 1
	}
	return key[:end]
}
