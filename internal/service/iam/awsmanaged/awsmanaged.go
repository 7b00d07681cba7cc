// Package awsmanaged holds the policies that AWS itself keeps in every
// account, under arn:aws:iam::aws:policy/.
//
// [Get] finds one by its ARN and [All] gives them all, sorted by name. A
// [Policy] is the metadata; its document is decompressed when it is asked for.
// Nothing happens before the first call: the index is read then, once, and
// takes some hundred kilobytes; documents are not kept at all, because whoever
// compiles one keeps what was compiled.
//
// The folder data says where the policies come from and how the files are laid
// out. AWS's unique ids are not among the data, so that [Policy.ID] is derived
// from the ARN: of AWS's form, always the same, but not AWS's own.
package awsmanaged

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "embed" // the data
)

// Prefix begins the ARN of every AWS managed policy.
const Prefix = "arn:aws:iam::aws:policy/"

// serviceRolePath is the path of the policies of service-linked roles.
const serviceRolePath = "/aws-service-role/"

// Policy is the metadata of one AWS managed policy, at its default version,
// the only one that is kept.
type Policy struct {
	ARN            string
	Name           string
	Path           string // "/", "/service-role/", "/job-function/"
	ID             string // ANPA…
	Description    string // of the best known policies
	DefaultVersion string // "v182"
	Created        time.Time
	Updated        time.Time // when the default version was made

	offset, size int // of the document's member in documents
}

// ServiceLinked reports whether the policy belongs to a service-linked role,
// and can be attached to no other role, nor to a user or group.
func (p *Policy) ServiceLinked() bool { return p.Path == serviceRolePath }

// Document is the policy document of the default version, indented as AWS
// shows it.
func (p *Policy) Document() string {
	member, err := gzip.NewReader(strings.NewReader(documents[p.offset : p.offset+p.size]))
	if err != nil {
		panic(damaged(p, err))
	}
	compact, err := io.ReadAll(member)
	if err != nil {
		panic(damaged(p, err))
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(compact), "", "    "); err != nil {
		panic(damaged(p, err))
	}
	return indented.String()
}

// damaged is for a panic: the data is part of the program, and tested.
func damaged(p *Policy, err error) error {
	return fmt.Errorf("awsmanaged: document of %s: %w", p.Name, err)
}

// All gives every AWS managed policy, sorted by name. The slice is shared:
// read it only.
func All() []Policy { return policies() }

// Get finds a policy by its ARN.
func Get(arn string) (*Policy, bool) {
	if !strings.HasPrefix(arn, Prefix) {
		return nil, false
	}
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	all := policies()
	i, ok := slices.BinarySearchFunc(all, name, func(p Policy, name string) int {
		return strings.Compare(p.Name, name)
	})
	if !ok || all[i].ARN != arn {
		return nil, false
	}
	return &all[i], true
}

//go:embed data/index.tsv
var index string

//go:embed data/documents.json.gz
var documents string

var policies = sync.OnceValue(readIndex)

// readIndex reads the table of contents. Names and descriptions are parts of
// the embedded text, not copies.
func readIndex() []Policy {
	list := make([]Policy, 0, strings.Count(index, "\n"))
	offset := 0
	for line := range strings.Lines(index) {
		p := readLine(strings.TrimSuffix(line, "\n"))
		p.offset = offset
		offset += p.size
		list = append(list, p)
	}
	return list
}

// readLine reads one line: ARN, default version, dates of creation and update,
// size, and a description where there is one.
func readLine(line string) Policy {
	var p Policy
	var created, updated, size string
	p.ARN, line, _ = strings.Cut(line, "\t")
	p.DefaultVersion, line, _ = strings.Cut(line, "\t")
	created, line, _ = strings.Cut(line, "\t")
	updated, line, _ = strings.Cut(line, "\t")
	size, p.Description, _ = strings.Cut(line, "\t")

	name := strings.LastIndexByte(p.ARN, '/') + 1
	p.Name, p.Path = p.ARN[name:], p.ARN[len(Prefix)-1:name]
	p.ID = uniqueID(p.ARN)
	p.Created, p.Updated = date(created), date(updated)
	p.size = number(size)
	return p
}

// uniqueID derives a unique id from an ARN.
func uniqueID(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return "ANPA" + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

func date(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic("awsmanaged: index: " + err.Error())
	}
	return t.UTC()
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("awsmanaged: index: " + err.Error())
	}
	return n
}
