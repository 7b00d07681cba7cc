package command

import (
	"github.com/fortlet/fortlet/internal/crypt"
	"github.com/spf13/cobra"
)

// newCrypt is the group of the commands that encrypt and decrypt files in the
// message format of the AWS Encryption SDK. Who knows aws-encryption-cli knows
// their options.
func newCrypt(s *streams) *cobra.Command {
	return group(&cobra.Command{
		Use:   "crypt",
		Short: "Encrypt and decrypt files on this machine, with keys in AWS KMS",
		Long: `Encrypt and decrypt files, folders and pipes on this machine, in the message
format of the AWS Encryption SDK, with wrapping keys in AWS KMS or in a Fortlet:
KMS sees a data key, never the content. The options are those of
aws-encryption-cli, and so is what they mean.

Options of several values take them one after the other, name=value. @file
stands for the options in a file.`,
	}, newCryptEncrypt(s), newCryptDecrypt(s))
}

func newCryptEncrypt(s *streams) *cobra.Command {
	o := &cryptOptions{mode: crypt.Encrypt}
	cmd := &cobra.Command{
		Use:   "encrypt",
		Short: "Encrypt files, folders or a pipe",
		Long: `Encrypt a file, all files of a folder, or a pipe. The first wrapping key makes
the data key; it is encrypted under every other one too, and whoever may use any
of them can decrypt.

The encryption context is not secret. It is bound to the message, and KMS checks
key policies against it and records it.`,
		Example: `  fortlet crypt encrypt -i report.pdf -o report.pdf.encrypted -w key=$KEY_ARN
  fortlet crypt encrypt -i reports -r -o sealed -w key=$KEY_ARN key=$OTHER_ARN -c purpose=audit year=2026
  tar c src | fortlet crypt encrypt -i - -o - -w key=alias/backup profile=ops | ssh host 'cat > src.tar.encrypted'
  fortlet crypt encrypt @keys.conf -i . -r -o ../sealed --metadata-output ../sealed.jsonl`,
	}
	f := cmd.Flags()
	o.addFlags(f)
	f.StringVar(&o.algorithm, "algorithm", "", "algorithm `suite`, by its name in aws-encryption-cli (default the strongest that the commitment policy allows, signed)")
	f.Uint32Var(&o.frameLength, "frame-length", 4096, "`bytes` of content in a frame")
	return cryptCommand(s, cmd, o)
}

func newCryptDecrypt(s *streams) *cobra.Command {
	o := &cryptOptions{mode: crypt.Decrypt}
	cmd := &cobra.Command{
		Use:   "decrypt",
		Short: "Decrypt files, folders or a pipe",
		Long: `Decrypt a file, all files of a folder, or a pipe.

Only data keys of the wrapping keys that are named, or that discovery lets in,
are sent to KMS; who else may have encrypted something for you does not matter.
An encryption context says what messages must be bound to: name=value, or a name
alone. One that is not is left alone, and the exit code is 3.

A file is there when all of it is authentic, and not before. A pipe gets content
that is not signed frame by frame, each authentic, and must discard it should the
exit code not be 0. Signed content, up to 64 MiB, is held until the signature is
verified; --buffer holds any length, --release-unverified holds nothing.`,
		Example: `  fortlet crypt decrypt -i report.pdf.encrypted -o report.pdf -w key=$KEY_ARN
  fortlet crypt decrypt -i sealed -r -o opened -w key=$KEY_ARN -c purpose=audit year --suffix
  fortlet crypt decrypt -i - -o - -w discovery=true discovery-partition=aws discovery-account=111122223333 < sealed
  fortlet crypt decrypt -i old.encrypted -o old -w key=$KEY_ARN --commitment-policy require-encrypt-allow-decrypt`,
	}
	f := cmd.Flags()
	o.addFlags(f)
	f.BoolVar(&o.unsigned, "decrypt-unsigned", false, "refuse signed messages, so that a pipe may have content of any length frame by frame")
	f.Uint32Var(&o.maxLength, "max-length", 64<<20, "most `bytes` of a frame, or of content without frames")
	f.BoolVar(&o.release, "release-unverified", false, "let a pipe have signed content before its signature is verified. DANGER: anyone who may decrypt could have written it")
	cmd = cryptCommand(s, cmd, o)
	cmd.MarkFlagsMutuallyExclusive("buffer", "release-unverified")
	return cmd
}

// cryptCommand makes the command do its work. Flags are parsed by the command
// itself, because some take several values.
func cryptCommand(s *streams, cmd *cobra.Command, o *cryptOptions) *cobra.Command {
	f := cmd.Flags()
	f.SortFlags = false
	o.progress = progressFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("suppress-metadata", "metadata-output")
	for _, name := range []string{"input", "output", "wrapping-keys"} {
		cmd.MarkFlagRequired(name)
	}
	cmd.DisableFlagParsing = true
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		help, err := parseVariadic(cmd, args)
		if help {
			return cmd.Help()
		}
		var r *cryptRequest
		if err == nil {
			r, err = o.request(f)
		}
		if err != nil {
			return hinted{usageError{err}, "see " + cmd.CommandPath() + " --help"}
		}
		return r.run(cmd.Context(), s, o)
	}
	return cmd
}
