// Package equivalence is the dictionary that makes two accounts comparable:
// texts that differ between them by intention, such as account ids and the
// names of environments, are replaced by one name on both sides.
//
// The file is equivalency_list.json as IAMCTL has it, an object of lists:
//
//	{"accountname": ["dev", "qa"], "000000000000": ["123456789012", "987654321098"]}
//
// Parse reads it, Apply replaces, Suggest proposes entries from two accounts.
// A replacement is one of plain text, wherever it stands: "dev" is replaced in
// "device" too.
package equivalence

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// File is the dictionary's name in the working directory.
const File = "equivalency_list.json"

// Entry is one name and the strings that it stands for.
type Entry struct {
	Name    string
	Strings []string
}

// Dictionary is a list of entries in the order of the file. The nil Dictionary
// has none. It never changes and is safe for concurrent use.
type Dictionary struct{ entries []Entry }

// New makes a dictionary of entries.
func New(entries ...Entry) *Dictionary { return &Dictionary{slices.Clone(entries)} }

// Default is the sample that iamctl init writes.
func Default() *Dictionary {
	return New(
		Entry{"accountid", []string{"123456789012", "234567890123"}},
		Entry{"accountprefix1", []string{"apples-production", "oranges-production", "apples-development", "oranges-development"}},
	)
}

// Entries are the entries in order.
func (d *Dictionary) Entries() []Entry {
	if d == nil {
		return nil
	}
	return slices.Clone(d.entries)
}

// Equal reports whether both have the same entries in the same order.
func (d *Dictionary) Equal(other *Dictionary) bool {
	return slices.EqualFunc(d.Entries(), other.Entries(), func(a, b Entry) bool {
		return a.Name == b.Name && slices.Equal(a.Strings, b.Strings)
	})
}

// Apply replaces one string after the other in the order of the file, so that
// a later one sees what an earlier one has put there. A strings.Replacer would
// replace all of them at once and give other results.
func (d *Dictionary) Apply(s string) string {
	if d == nil {
		return s
	}
	for _, e := range d.entries {
		for _, old := range e.Strings {
			if strings.Contains(s, old) {
				s = strings.ReplaceAll(s, old, e.Name)
			}
		}
	}
	return s
}

// MarshalJSON writes the file's form, in order.
func (d *Dictionary) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range d.Entries() {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(e.Name)
		if err != nil {
			return nil, err
		}
		list, err := json.Marshal(e.Strings)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(list)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
