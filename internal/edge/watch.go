package edge

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"os"
)

// Watch notices that a configuration, or a file that it names, has changed. It
// looks at contents: names and times tell nothing of a mounted secret, which
// changes by a link's being pointed elsewhere.
type Watch struct{ files map[string][]byte }

// Follow goes over to the files of another configuration.
func (w *Watch) Follow(c *Config) { w.files = maps.Clone(c.files) }

// Changed reports a change, once. A file that cannot be read has not changed:
// it may be just being replaced.
func (w *Watch) Changed() bool {
	changed := false
	for path, sum := range w.files {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if now := sha256.Sum256(data); !bytes.Equal(now[:], sum) {
			w.files[path] = now[:]
			changed = true
		}
	}
	return changed
}
