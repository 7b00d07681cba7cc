package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// A command is aws-encryption-cli, or "fortlet crypt", which takes the same
// options.
type command struct {
	encrypt, decrypt string
	// run runs it with arguments; a *peer.Refusal says that it failed.
	run func(ctx context.Context, args []string) error
}

// newCLI is aws-encryption-cli in a process that is kept: to start Python takes
// many times longer than a message.
func newCLI(p *peer.Process) *command {
	return &command{"--encrypt", "--decrypt", func(ctx context.Context, args []string) error {
		_, err := p.Ask(ctx, &peer.Request{Op: peer.Run, Args: args})
		return err
	}}
}

// newCrypt is fortlet crypt, a process for each message.
func newCrypt(binary string, c *cloud) *command {
	return &command{"encrypt", "decrypt", func(ctx context.Context, args []string) error {
		cmd := exec.CommandContext(ctx, binary, append([]string{"crypt"}, args...)...)
		cmd.Env = append(os.Environ(), c.env()...)
		said, err := cmd.CombinedOutput()
		if errors.As(err, new(*exec.ExitError)) && ctx.Err() == nil {
			return &peer.Refusal{Who: crypt, Text: fmt.Sprintf("%v: %s", err, said)}
		}
		return err
	}}
}

// commandKeyrings are those that the options can describe. The commands take
// every key for a multi-Region key, if it looks like one.
var commandKeyrings = []string{peer.KMS, peer.KMSMRK, peer.KMSDiscovery, peer.KMSMRKDiscovery}

func (c *command) writes(t *testCase) bool {
	return slices.Contains(commandKeyrings, t.write.Keyring.Type) && !t.write.Caching && len(t.write.Required) == 0 && t.spoil == nil
}

func (c *command) reads(t *testCase) bool {
	return slices.Contains(commandKeyrings, t.read.Keyring.Type) && !t.read.Caching && len(t.read.Required) == 0 && t.spoil == nil
}

// Ask runs the command on files in a folder of their own.
func (c *command) Ask(ctx context.Context, r *peer.Request) (answer *peer.Response, err error) {
	dir, err := os.MkdirTemp("", "interop-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, out, metadata := filepath.Join(dir, "in"), filepath.Join(dir, "out"), filepath.Join(dir, "metadata")
	if err := os.WriteFile(in, r.Text, 0o600); err != nil {
		return nil, err
	}
	args := append([]string{c.encrypt}, writeOptions(r)...)
	if r.Op == peer.Decrypt {
		args = []string{c.decrypt}
	}
	args = append(append(args, commonOptions(r)...), "--input", in, "--output", out, "--metadata-output", metadata)
	if err := c.run(ctx, args); err != nil {
		return nil, errors.Join(err, mustNotExist(out))
	}
	m, err := readMetadata(metadata)
	if err != nil {
		return nil, err
	}
	if m.Skipped {
		return nil, errors.Join(&peer.Refusal{Who: "command", Text: "skipped: " + m.Reason}, mustNotExist(out))
	}
	if answer, err = m.response(); err != nil {
		return nil, err
	}
	answer.Text, err = os.ReadFile(out)
	return answer, err
}

// mustNotExist says that a command which refused left nothing.
func mustNotExist(file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return wrong("left a file behind")
	}
	return nil
}

func writeOptions(r *peer.Request) []string {
	args := []string{"--algorithm", esdk.Suite(r.Suite).String()}
	if r.Frame > 0 || r.Unframed {
		args = append(args, "--frame-length", strconv.FormatUint(uint64(r.Frame), 10))
	}
	return args
}

func commonOptions(r *peer.Request) []string {
	args := []string{"--commitment-policy", strings.ToLower(strings.ReplaceAll(r.Commitment, "_", "-"))}
	args = append(append(args, "--wrapping-keys"), wrappingKeys(r.Keyring)...)
	if len(r.Context) > 0 {
		args = append(args, "--encryption-context")
		for key, value := range r.Context {
			args = append(args, key+"="+value)
		}
	}
	if r.MaxKeys > 0 {
		args = append(args, "--max-encrypted-data-keys", strconv.Itoa(r.MaxKeys))
	}
	return args
}

func wrappingKeys(k *peer.Keyring) []string {
	if k.Type == peer.KMS || k.Type == peer.KMSMRK {
		args := []string{"key=" + k.Generator}
		for _, key := range k.Keys {
			args = append(args, "key="+key)
		}
		return args
	}
	args := []string{"discovery=true", "discovery-partition=" + k.Partition, "region=" + k.Region}
	for _, account := range k.Accounts {
		args = append(args, "discovery-account="+account)
	}
	return args
}

// metadata is what the command tells of a message.
type metadata struct {
	Skipped bool            `json:"skipped"`
	Reason  string          `json:"reason"`
	Header  json.RawMessage `json:"header"`
}

// readMetadata reads the one line of a message.
func readMetadata(file string) (m metadata, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(data, &m)
}

func (m *metadata) response() (*peer.Response, error) {
	var header struct {
		Algorithm string            `json:"algorithm"`
		Context   map[string]string `json:"encryption_context"`
	}
	if err := json.Unmarshal(m.Header, &header); err != nil {
		return nil, err
	}
	suite, err := esdk.ParseSuite(header.Algorithm)
	if err != nil {
		return nil, err
	}
	var all any
	if err := json.Unmarshal(m.Header, &all); err != nil {
		return nil, err
	}
	canonical, err := json.Marshal(all)
	return &peer.Response{Suite: uint16(suite), Context: header.Context, Metadata: canonical}, err
}
