// Command go answers the requests of package peer, one JSON value per line,
// with the official AWS Encryption SDK for Go. It is a module of its own:
// nothing of Fortlet shall depend on that SDK.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

type request struct {
	Op         string            `json:"op"`
	Keyring    *keyringSpec      `json:"keyring"`
	Suite      int               `json:"suite"`
	Context    map[string]string `json:"context"`
	Required   []string          `json:"required"`
	Commitment string            `json:"commitment"`
	MaxKeys    int64             `json:"maxKeys"`
	Frame      int64             `json:"frame"`
	Unframed   bool              `json:"unframed"`
	Caching    bool              `json:"caching"`
	Text       []byte            `json:"text"`
	Size       int               `json:"size"`
	Count      int               `json:"count"`
}

type response struct {
	Error          string            `json:"error,omitempty"`
	Name           string            `json:"name,omitempty"`
	Version        string            `json:"version,omitempty"`
	Runtime        string            `json:"runtime,omitempty"`
	Text           []byte            `json:"text"`
	Suite          int               `json:"suite,omitempty"`
	Context        map[string]string `json:"context,omitempty"`
	EncryptSeconds float64           `json:"encryptSeconds,omitempty"`
	DecryptSeconds float64           `json:"decryptSeconds,omitempty"`
}

func main() {
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "interop go peer:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	in, out := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)), json.NewEncoder(os.Stdout)
	for in.More() {
		var r request
		if err := in.Decode(&r); err != nil {
			return err
		}
		answer, err := answer(ctx, &r)
		if err != nil {
			answer = &response{Error: err.Error()}
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

func answer(ctx context.Context, r *request) (a *response, err error) {
	// The SDK panics where its generated code meets what it did not expect.
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	switch r.Op {
	case "hello":
		return hello()
	case "encrypt":
		return encrypt(ctx, r)
	case "decrypt":
		return decrypt(ctx, r)
	case "bench":
		return bench(ctx, r)
	}
	return nil, fmt.Errorf("no operation %q", r.Op)
}

const sdkModule = "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk"

func hello() (*response, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil, fmt.Errorf("no build information")
	}
	for _, m := range info.Deps {
		if m.Path == sdkModule {
			return &response{Name: "aws-encryption-sdk for Go", Version: m.Version, Runtime: runtime.Version()}, nil
		}
	}
	return nil, fmt.Errorf("no module %s", sdkModule)
}
