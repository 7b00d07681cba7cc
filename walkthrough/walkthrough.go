// Package walkthrough holds the articles' steps as scripts that are
// documentation and test in one, and runs them.
//
// A walkthrough is a txtar file. Its script is one of testscript, with
// one addition: a line that begins with "$ " is a shell command as a person
// would type it, pipes and redirections and all, continued by the indented
// lines below it; "! $ " must fail. What it exports, later commands see. After
// it, testscript's own commands (stdout, stderr, cmp, grep, exists, …) say what
// must have come of it:
//
//	# Sign the message.
//	$ aws kms sign --key-id alias/k --message fileb://m.txt
//	    --signing-algorithm ECDSA_SHA_256 --query Signature --output text |
//	    base64 --decode > m.sig
//	exists m.sig
//	! $ aws kms get-public-key --key-id alias/k
//	stderr 'AccessDeniedException'
//
// Comments are the prose of the documentation; the first one is the title.
// $ACCOUNT is the account that the walkthrough runs in.
package walkthrough

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed *.txtar
var files embed.FS

// Walkthrough is one script.
type Walkthrough struct {
	Name  string // the file's name without its ending: "13-kms-signatures"
	Title string
	text  string
}

// List gives all walkthroughs by name.
func List() []Walkthrough {
	names, err := fs.Glob(files, "*.txtar")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var list []Walkthrough
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it is in the binary
		}
		first, _, _ := strings.Cut(string(text), "\n")
		list = append(list, Walkthrough{
			Name:  strings.TrimSuffix(path.Base(name), ".txtar"),
			Title: strings.TrimSpace(strings.TrimLeft(first, "# ")),
			text:  string(text),
		})
	}
	return list
}

// Find finds a walkthrough by its name or by the number it begins with.
func Find(name string) (Walkthrough, error) {
	for _, w := range List() {
		number, _, _ := strings.Cut(w.Name, "-")
		if w.Name == name || number == name || number == "0"+name {
			return w, nil
		}
	}
	return Walkthrough{}, fmt.Errorf("no walkthrough %q", name)
}
