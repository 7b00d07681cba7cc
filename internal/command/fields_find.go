package command

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/spf13/cobra"
)

// fieldsFind is one run of fortlet fields find.
type fieldsFind struct {
	keys        fieldKeys
	json, count bool
	progress    *bool
}

// foundField is a line of --json.
type foundField struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line"`   // from 1
	Offset   int64  `json:"offset"` // of the marker's first byte in the text
	Length   int    `json:"length"` // of the marker
	Key      string `json:"key"`
	Version  int    `json:"version"`
	Encoding string `json:"encoding,omitempty"`
	Bytes    int    `json:"ciphertextBytes"`
}

func newFieldsFind(s *streams) *cobra.Command {
	find := new(fieldsFind)
	cmd := &cobra.Command{
		Use:   "find [FILE...]",
		Short: "Find the sealed fields of a text",
		Long: `Find the sealed fields of any text, in files or stdin, and print one line for
each: where it is and which key opens it. Nothing is opened and nobody is asked.
Keys with literal markers have to be named.

` + exitCodes,
		Example: `  fortlet fields find people.json
  fortlet fields find --count dump/*.sql
  aws s3 cp s3://archive/people.json - | fortlet fields find --json
  fortlet fields find --config edge.yaml people.json`,
	}
	find.keys.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&find.json, "json", false, "print JSON, one line for each field")
	f.BoolVar(&find.count, "count", false, "print how many there are of each key")
	find.progress = progressFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "count")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return find.run(cmd.Context(), s, args) }
	return cmd
}

func (f *fieldsFind) run(ctx context.Context, s *streams, args []string) error {
	file, err := f.keys.read()
	if err != nil {
		return err
	}
	finder, err := fieldcrypt.NewFinder(markersOf(file.Keys)...)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	out := bufio.NewWriter(s.out)
	defer out.Flush()
	counts := map[string]int{}
	show := func(field foundField) error {
		counts[fmt.Sprintf("%s.%d", field.Key, field.Version)]++
		return f.show(out, field)
	}
	p := &progress{} // lines that appear are progress enough
	if f.count || *f.progress || !canRedraw(s.out) {
		p = newProgress(s, "searching", *f.progress)
	}
	defer p.end()
	for _, name := range args {
		if err := findFields(ctx, s, p, finder, name, show); err != nil {
			return err
		}
	}
	p.end()
	if f.count {
		return printCounts(out, counts)
	}
	return nil
}

// findFields finds the sealed fields of one file.
func findFields(ctx context.Context, s *streams, p *progress, finder *fieldcrypt.Finder, name string, show func(foundField) error) error {
	in, name, closer, err := openInput(ctx, s, []string{name})
	if err != nil {
		return err
	}
	defer closer.Close()
	field := foundField{File: name, Line: 1}
	for piece, err := range finder.Split(watch(in, name, p)) {
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		if m := piece.Sealed; m != nil {
			field.Key, field.Version, field.Encoding = m.Key, m.Version, string(m.Encoding)
			field.Length, field.Bytes = len(piece.Text), len(m.Ciphertext)
			if err := show(field); err != nil {
				return err
			}
		}
		field.Line += bytes.Count(piece.Text, []byte{'\n'})
		field.Offset += int64(len(piece.Text))
	}
	return nil
}

func (f *fieldsFind) show(w io.Writer, field foundField) error {
	switch {
	case f.count:
		return nil
	case f.json:
		return json.NewEncoder(w).Encode(field)
	}
	place := ""
	if field.File != "" {
		place = plainLine(field.File) + ":"
	}
	_, err := fmt.Fprintf(w, "%s%d: %s.%d%s, %d bytes\n", place, field.Line, field.Key, field.Version, withSpace(field.Encoding), field.Bytes)
	return err
}

func withSpace(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func printCounts(out io.Writer, counts map[string]int) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%s\t%d\n", key, counts[key])
	}
	return w.Flush()
}
