package command

import (
	"encoding/json"
	"fmt"

	"github.com/fortlet/fortlet/internal/version"
	"github.com/spf13/cobra"
)

func newVersion(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, commit and FIPS 140-3 mode",
		Long: `Print the version and commit of this binary, the Go release that built it, and
whether Go's FIPS 140-3 mode is on. GODEBUG=fips140=on switches it on.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := version.Get()
			if asJSON {
				return json.NewEncoder(s.out).Encode(v)
			}
			mode := "off"
			if v.FIPS140 {
				mode = "on"
			}
			fmt.Fprintf(s.out, "fortlet %s commit %s %s FIPS 140-3 mode %s\n", v.Version, v.Commit, v.Go, mode)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
