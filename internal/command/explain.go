package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

func newExplain(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain REQUEST_ID",
		Short: "Tell why a call was allowed or denied",
		Long: `Tell why a call was allowed or denied: the principal, the condition keys, each
policy that was read with its verdict, what decided, and for a denial the
smallest statement that would have changed it.

Every answer carries its request id: in the header x-amzn-RequestId, in error
messages of the SDKs, and in the output of aws --debug. Denials are kept with
the audit log; of allowed calls the last few thousand can be explained.`,
		Example: `  fortlet explain 7c1f6a52-8f0e-4a64-9d3b-0a9f6f1f9e11
  fortlet explain --json 7c1f6a52-8f0e-4a64-9d3b-0a9f6f1f9e11`,
		Args: cobra.ExactArgs(1),
	}
	target := targetFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := target.client()
		if err != nil {
			return err
		}
		if c == nil {
			return hinted{errors.New("no cloud runs on " + target.data), "start it with fortlet up, or name one with --endpoint"}
		}
		var raw json.RawMessage
		if err := c.do(cmd.Context(), http.MethodGet, "explain/"+args[0], nil, &raw); err != nil {
			return err
		}
		var e struct{ Text string }
		if err := json.Unmarshal(raw, &e); err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, raw)
		}
		_, err = fmt.Fprint(s.out, e.Text)
		return err
	}
	return cmd
}
