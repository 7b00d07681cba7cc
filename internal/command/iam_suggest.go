package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newIAMSuggest(s *streams) *cobra.Command {
	var write bool
	var region string
	cmd := &cobra.Command{
		Use:   "suggest-equivalences PROFILE_A PROFILE_B",
		Short: "Propose a dictionary for two accounts",
		Long: `Propose entries of equivalency_list.json for two accounts: account ids, Regions,
words for environments, and other words in whose place several names differ and
in nothing else.

The dictionary goes to stdout, the evidence to stderr. With --write it goes into
the file: beside the entries that are there, or in the place of the samples that
fortlet iam init writes. Read it before you trust it: what it makes equal, no
comparison tells apart.`,
		Example: `  fortlet iam suggest-equivalences dev-profile qa-profile
  fortlet iam suggest-equivalences dev-profile qa-profile --write`,
		Args: cobra.ExactArgs(2),
	}
	cmd.Flags().BoolVar(&write, "write", false, "put the entries into "+equivalence.File)
	regionFlag(cmd, &region)
	asked := progressFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p := newProgress(s, "reading", *asked)
		defer p.end()
		accounts, err := readBoth(cmd.Context(), p, args, region)
		if err != nil {
			return err
		}
		p.end()
		suggestions := equivalence.Suggest(accounts[0], accounts[1])
		explainSuggestions(s, suggestions)
		dictionary := equivalence.DictionaryOf(suggestions)
		if write {
			return addToDictionary(s, dictionary)
		}
		text, err := encodeDictionary(dictionary)
		if err != nil {
			return err
		}
		_, err = s.out.Write(text)
		return err
	}
	return cmd
}

// readBoth reads two accounts at once.
func readBoth(ctx context.Context, p *progress, profiles []string, region string) ([]*snapshot.Account, error) {
	accounts := make([]*snapshot.Account, len(profiles))
	g, ctx := errgroup.WithContext(ctx)
	for i, name := range profiles {
		g.Go(func() error {
			cfg, err := loadProfile(ctx, name, region)
			if err != nil {
				return err
			}
			accounts[i], err = readAccount(ctx, p, name, cfg, extract.Options{Users: true, Groups: true})
			return err
		})
	}
	return accounts, g.Wait()
}

func explainSuggestions(s *streams, list []equivalence.Suggestion) {
	w := &plainWriter{w: s.err}
	if len(list) == 0 {
		fmt.Fprintln(w, "fortlet: no names of the two accounts differ systematically")
	}
	for _, suggestion := range list {
		for _, e := range suggestion.Evidence {
			if e.Count == 0 {
				fmt.Fprintf(w, "fortlet: %s: %s and %s are the accounts\n", suggestion.Name, e.A, e.B)
				continue
			}
			fmt.Fprintf(w, "fortlet: %s: %d names differ in %s and %s alone, as %s and %s\n", suggestion.Name, e.Count, e.A, e.B, e.Names[0], e.Names[1])
		}
		if len(suggestion.Inside) > 0 {
			fmt.Fprintf(w, "fortlet: %s: it will be replaced within %s, too\n", suggestion.Name, strings.Join(suggestion.Inside, ", "))
		}
	}
}

// addToDictionary puts entries into the dictionary of the working directory.
func addToDictionary(s *streams, added *equivalence.Dictionary) error {
	data, err := os.ReadFile(equivalence.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	old := equivalence.New()
	if err == nil {
		if old, err = equivalence.Parse(data); err != nil {
			return fmt.Errorf("%s: %w", equivalence.File, err)
		}
	}
	if old.Equal(equivalence.Default()) {
		old = equivalence.New()
	}
	merged := mergeDictionaries(old, added)
	text, err := encodeDictionary(merged)
	if err != nil {
		return err
	}
	if !bytes.Equal(text, data) {
		if err := writeWhole(equivalence.File, text); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.out, "%s: %d entries\n", equivalence.File, len(merged.Entries()))
	return nil
}

// mergeDictionaries adds what a dictionary does not have yet, to the entry of
// the same name or behind the others.
func mergeDictionaries(old, added *equivalence.Dictionary) *equivalence.Dictionary {
	entries := old.Entries()
	for _, e := range added.Entries() {
		i := slices.IndexFunc(entries, func(o equivalence.Entry) bool { return o.Name == e.Name })
		if i < 0 {
			entries = append(entries, e)
			continue
		}
		entries[i].Strings = mergeStrings(entries[i].Strings, e.Strings)
	}
	return equivalence.New(entries...)
}

// mergeStrings adds strings in front of the first one that they contain, which
// would leave a rest of them.
func mergeStrings(list, added []string) []string {
	list = slices.Clone(list)
	for _, text := range added {
		if slices.Contains(list, text) {
			continue
		}
		i := slices.IndexFunc(list, func(s string) bool { return strings.Contains(text, s) })
		if i < 0 {
			i = len(list)
		}
		list = slices.Insert(list, i, text)
	}
	return list
}
