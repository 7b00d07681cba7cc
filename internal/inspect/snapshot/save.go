package snapshot

import (
	"encoding/json"
	"io"
)

// The first member of a file and the version of what follows. A change of
// Account that an older binary would misread raises the version.
const (
	formatName    = "fortlet-iam-snapshot"
	formatVersion = 1
)

// header is how a file begins.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

// file is a whole file.
type file struct {
	header
	*Account
}

// Save writes a snapshot that Load reads: JSON, a line per member, so that two
// files can be compared line by line. Equal snapshots give equal bytes.
func (a *Account) Save(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // documents are shown as they were put
	enc.SetIndent("", "  ")
	return enc.Encode(file{header{formatName, formatVersion}, a})
}
