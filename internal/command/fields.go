package command

import "github.com/spf13/cobra"

// newFields is the group of the commands that seal and open single fields of a
// payload. The other side of it is fortlet edge.
func newFields(s *streams) *cobra.Command {
	return group(&cobra.Command{
		Use:   "fields",
		Short: "Open, seal and find encrypted fields in any text",
		Long: `Open, seal and find encrypted fields. A sealed field is a marker in the value's
place: it names its key, and holds ciphertext that KMS opens for those whom the
key's policy allows. Everything else in the text stays as it is, byte for byte.

fortlet edge seals the fields of requests on their way to an origin.`,
	}, newFieldsDecrypt(s), newFieldsEncrypt(s), newFieldsFind(s))
}
