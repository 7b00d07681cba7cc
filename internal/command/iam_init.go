package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/report"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/spf13/cobra"
)

func newIAMInit(s *streams) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write the files that diff and harvest need into this folder",
		Long: `Write the two files that fortlet iam diff and harvest need into the working
directory:

  iam.json               the services with their actions and the form of their
                         ARNs; expanded actions and the services of resources
                         come from it
  equivalency_list.json  the dictionary of what counts as equal, with samples
                         to be replaced: {"name": ["text", "other text"]}

Both are as IAMCTL has them. Keep them under version control.`,
		Example: `  fortlet iam init
  fortlet iam init --force    write them anew`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite files that are there")
	cmd.RunE = func(*cobra.Command, []string) error { return initialize(s, force) }
	return cmd
}

func initialize(s *streams, force bool) error {
	reference, err := diff.WriteReference(catalogue.Default())
	if err != nil {
		return err
	}
	dictionary, err := encodeDictionary(equivalence.Default())
	if err != nil {
		return err
	}
	if !force {
		for _, name := range []string{diff.ReferenceFile, equivalence.File} {
			if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
				return hinted{errors.Join(err, fmt.Errorf("%s is there already", name)), "overwrite it with --force"}
			}
		}
	}
	if err := errors.Join(writeWhole(diff.ReferenceFile, reference), writeWhole(equivalence.File, dictionary)); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: services and actions, catalogue %s\n", diff.ReferenceFile, catalogue.Version())
	fmt.Fprintf(s.out, "%s: sample dictionary; edit it to ignore what differs by intention\n", equivalence.File)
	fmt.Fprintln(s.out, "Run fortlet iam harvest or fortlet iam diff next.")
	return nil
}

func writeWhole(name string, data []byte) error {
	return report.WriteFile(name, 0o644, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// encodeDictionary writes a dictionary for people to edit.
func encodeDictionary(d *equivalence.Dictionary) ([]byte, error) {
	compact, err := d.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
