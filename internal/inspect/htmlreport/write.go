// Package htmlreport writes a comparison as one HTML page that needs nothing
// else: to open from a disk, to send, to keep and to print.
//
// Everything that comes from an account is untrusted text. It gets into the
// page in two ways only: as text between tags, which gomponents escapes, and as
// JSON in a data block from which the page's script makes text nodes, never
// markup. The page's policy (Content-Security-Policy) allows its own style and
// script by their hashes and nothing else, no network at all: should something
// hostile get through after all, it cannot run, and it cannot report home.
//
// The page is made of calls rather than by html/template because executing a
// template finds methods by their names at run time: in a program that can do
// that, the linker must keep every exported method of every type, which makes
// Fortlet a third larger.
package htmlreport

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
)

var (
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// Write writes the page. The dictionary is the one that the comparison used, so
// that the page does not mark what it makes equal; it may be nil.
func Write(w io.Writer, r *diff.Report, d *equivalence.Dictionary) error {
	data, err := encode(r, d)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	if err := page(r, data).Render(b); err != nil {
		return err
	}
	return b.Flush()
}

// policy is the page's, with the hashes of its style and script. None of it is
// from an account: it is written without escapes, so that whoever looks at the
// source can read what the page may do.
func policy() string {
	return `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ` + hash(script) +
		`; style-src ` + hash(style) + `; base-uri 'none'; form-action 'none'">`
}

// hash is how a Content-Security-Policy names a script or style.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// encode writes the data block. The encoder escapes <, > and &, so that no text
// ends the block, and the separators of lines that are none in JSON.
func encode(r *diff.Report, d *equivalence.Dictionary) (string, error) {
	var b strings.Builder
	err := json.NewEncoder(&b).Encode(struct {
		A        diff.Side      `json:"a"`
		B        diff.Side      `json:"b"`
		Semantic bool           `json:"semantic"`
		Entities []*diff.Entity `json:"entities"`
		Equal    [][2]string    `json:"equal,omitempty"` // replacements, in order
	}{r.A, r.B, r.Semantic, r.Entities, replacements(d)})
	return b.String(), err
}

// replacements are those of a dictionary, in its order.
func replacements(d *equivalence.Dictionary) (list [][2]string) {
	for _, e := range d.Entries() {
		for _, old := range e.Strings {
			list = append(list, [2]string{old, e.Name})
		}
	}
	return list
}

// count is how many entities have a status.
type count struct {
	Status diff.Status
	Title  string
	N      int
}

// counts are those of all statuses, what differs most first.
func counts(r *diff.Report) []count {
	list := []count{
		{Status: diff.Different, Title: "Different"},
		{Status: diff.OnlyA, Title: "Only in " + r.A.Tag},
		{Status: diff.OnlyB, Title: "Only in " + r.B.Tag},
		{Status: diff.SameInEffect, Title: "Same in effect"},
		{Status: diff.Same, Title: "Same"},
	}
	for _, e := range r.Entities {
		for i := range list {
			if list[i].Status == e.Status {
				list[i].N++
			}
		}
	}
	if !r.Semantic { // nobody has asked for effects
		list = append(list[:3], list[4:]...)
	}
	return list
}

// noun is what to call an entity.
func noun(r *diff.Report) string {
	for _, e := range r.Entities {
		if e.Kind != diff.Role {
			return "entry"
		}
	}
	return "role"
}
