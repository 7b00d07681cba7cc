package command

import (
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/fortlet"
	"github.com/spf13/cobra"
)

func newAudit(s *streams) *cobra.Command {
	return group(&cobra.Command{Use: "audit", Short: "Check the record of every call"}, newAuditVerify(s))
}

func newAuditVerify(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the audit log is whole",
		Long: `Read the whole audit log of a data folder and prove that no record was changed,
removed, inserted or moved since it was written. The cloud may be running.

` + exitCodes,
		Example: `  fortlet audit verify
  fortlet audit verify --data ./cloud`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(*cobra.Command, []string) error {
		result, err := audit.Verify(fortlet.Folder(*dir).Audit())
		var corrupt *audit.CorruptError
		if errors.As(err, &corrupt) {
			fmt.Fprintf(s.out, "the audit log is not as it was written: %v\n", corrupt)
			return errCheck
		}
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, result)
		}
		fmt.Fprintf(s.out, "%d records in %d files are as they were written\n", result.Records, result.Files)
		return nil
	}
	return cmd
}
