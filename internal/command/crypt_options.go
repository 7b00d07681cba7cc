package command

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/internal/crypt"
	"github.com/spf13/pflag"
)

// cryptOptions are the options as they are given.
type cryptOptions struct {
	mode                          crypt.Mode
	unsigned                      bool
	input, output                 string
	recursive, encode, decode     bool
	suffix                        string
	interactive, noOverwrite      bool
	keys, context, caching        groups
	commitment, algorithm         string
	frameLength, maxLength        uint32
	maxKeys                       uint16
	buffer, release               bool
	metadata                      string
	noMetadata, overwriteMetadata bool
	quiet                         bool
	verbose                       int
	progress                      *bool
}

// addFlags adds the flags that both commands have.
func (o *cryptOptions) addFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.input, "input", "i", "", "`file`, folder or quoted pattern of names, or - for stdin")
	f.StringVarP(&o.output, "output", "o", "", "`file`, existing folder, or - for stdout")
	f.VarP(&o.keys, "wrapping-keys", "w", "wrapping keys: `key=ARN…`, or for decryption discovery=true discovery-partition=aws discovery-account=ID…; region=, profile=. May be given again")
	f.VarP(&o.context, "encryption-context", "c", "encryption context: `name=value`…")
	f.StringVar(&o.commitment, "commitment-policy", "require-encrypt-require-decrypt", "`policy` of key commitment: also require-encrypt-allow-decrypt, forbid-encrypt-allow-decrypt")
	f.Uint16Var(&o.maxKeys, "max-encrypted-data-keys", math.MaxUint16, "most data keys of a message, a `number`")
	f.Var(&o.caching, "caching", "use data keys for several messages: `capacity=N max_age=SECONDS`, and max_messages_encrypted=N max_bytes_encrypted=N")
	f.BoolVarP(&o.recursive, "recursive", "r", false, "folders too, with all below them; also -R")
	f.StringVar(&o.suffix, "suffix", "", "`suffix` of the files in an output folder; without a value none (default ."+string(o.mode)+"ed)")
	f.BoolVar(&o.interactive, "interactive", false, "ask before a file is replaced")
	f.BoolVar(&o.noOverwrite, "no-overwrite", false, "never replace a file")
	f.BoolVar(&o.decode, "decode", false, "the input is base64")
	f.BoolVar(&o.encode, "encode", false, "write base64")
	f.BoolVarP(&o.buffer, "buffer", "b", false, "give a pipe nothing before everything is complete, whatever memory that takes")
	f.StringVar(&o.metadata, "metadata-output", "", "`file` that gets a line of JSON for each message, or - for stdout")
	f.BoolVar(&o.overwriteMetadata, "overwrite-metadata", false, "replace the file's old lines")
	f.BoolVarP(&o.noMetadata, "suppress-metadata", "S", false, "write no metadata, which is the default")
	f.CountVarP(&o.verbose, "verbose", "v", "name each file on stderr")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "tell only of errors")
}

// cryptRequest is what the options ask for.
type cryptRequest struct {
	job     *crypt.Job
	keys    []crypt.WrappingKeys
	caching *crypt.Caching // nil: none
}

// request parses everything, so that what is wrong is wrong usage, before any
// file or key is looked at.
func (o *cryptOptions) request(f *pflag.FlagSet) (r *cryptRequest, err error) {
	if err := o.checkNumbers(f); err != nil {
		return nil, err
	}
	r = &cryptRequest{job: o.plainJob(f)}
	j := r.job
	if j.Commitment, err = parseCommitment(o.commitment); err != nil {
		return nil, err
	}
	if o.algorithm != "" {
		if j.Suite, err = crypt.ParseAlgorithm(o.algorithm); err != nil {
			return nil, err
		}
	}
	if j.Context, j.RequiredKeys, err = crypt.ParseContext(j.Mode, o.context.all()); err != nil {
		return nil, fmt.Errorf("--encryption-context: %w", err)
	}
	for _, attributes := range o.keys {
		k, err := crypt.ParseWrappingKeys(j.Mode, attributes)
		if err != nil {
			return nil, fmt.Errorf("--wrapping-keys: %w", err)
		}
		r.keys = append(r.keys, k)
	}
	if len(o.caching) > 0 {
		if r.caching, err = crypt.ParseCaching(o.caching.all()); err != nil {
			return nil, fmt.Errorf("--caching: %w", err)
		}
	}
	return r, nil
}

// plainJob has the options that are taken as they are.
func (o *cryptOptions) plainJob(f *pflag.FlagSet) *crypt.Job {
	j := &crypt.Job{
		Mode: o.mode, Input: o.input, Output: o.output, Recursive: o.recursive,
		Decode: o.decode, Encode: o.encode, Buffer: o.buffer, ReleaseUnverified: o.release,
		FrameLength: o.frameLength, MaxLength: o.maxLength, MaxEncryptedDataKeys: int(o.maxKeys),
		Metadata: o.metadata, OverwriteMetadata: o.overwriteMetadata,
	}
	if o.unsigned {
		j.Mode = crypt.DecryptUnsigned
	}
	if f.Changed("suffix") {
		j.Suffix = &o.suffix
	}
	switch {
	case o.noOverwrite:
		j.Existing = crypt.KeepExisting
	case o.interactive:
		j.Existing = crypt.AskExisting
	}
	return j
}

// checkNumbers refuses zeros, which mean something else where they are used.
func (o *cryptOptions) checkNumbers(f *pflag.FlagSet) error {
	for _, name := range []string{"frame-length", "max-length", "max-encrypted-data-keys"} {
		if flag := f.Lookup(name); flag != nil && flag.Changed && flag.Value.String() == "0" {
			return fmt.Errorf("--%s is at least 1", name)
		}
	}
	return nil
}

var commitmentPolicies = map[string]esdk.CommitmentPolicy{
	"require-encrypt-require-decrypt": esdk.RequireEncryptRequireDecrypt,
	"require-encrypt-allow-decrypt":   esdk.RequireEncryptAllowDecrypt,
	"forbid-encrypt-allow-decrypt":    esdk.ForbidEncryptAllowDecrypt,
}

func parseCommitment(name string) (esdk.CommitmentPolicy, error) {
	p, ok := commitmentPolicies[name]
	if !ok {
		return 0, fmt.Errorf("--commitment-policy %q is not known: there are %s", name, strings.Join(slices.Sorted(maps.Keys(commitmentPolicies)), ", "))
	}
	return p, nil
}
