package esdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// known is a keyring to which the data key of every message is known.
type known []byte

func (known) Wrap(context.Context, *esdk.EncryptionMaterials) error {
	return errors.New("only unwraps")
}

func (k known) Unwrap(_ context.Context, m *esdk.DecryptionMaterials, _ []esdk.EncryptedDataKey) error {
	m.DataKey = bytes.Clone(k)
	return nil
}

// commitmentVectors are the known answers that AWS published with format 2:
// messages by the Encryption SDKs for C, Java, JavaScript and Python, among them
// some that would open under a data key they do not commit to.
type commitmentVectors struct {
	Tests []struct {
		Comment    string       `json:"comment"`
		Ciphertext []byte       `json:"ciphertext"`
		DataKey    []byte       `json:"decrypted-dek"`
		Commitment []byte       `json:"commitment"`
		Context    esdk.Context `json:"encryption-context"`
		Plaintext  []string     `json:"plaintext-frames"`
		OK         bool         `json:"status"`
	} `json:"tests"`
}

func TestCommitmentVectors(t *testing.T) {
	var vectors commitmentVectors
	load(t, "testdata/commitment.json", &vectors)
	if len(vectors.Tests) < 46 {
		t.Fatalf("only %d vectors", len(vectors.Tests))
	}
	for _, v := range vectors.Tests {
		t.Run(v.Comment, func(t *testing.T) {
			m := esdk.NewManager(known(v.DataKey))
			want := ""
			for _, frame := range v.Plaintext {
				want += frame
			}
			got, h, err := esdk.Open(t.Context(), nil, m, v.Ciphertext, nil)
			streamed, streamErr := stream(t, v.Ciphertext, m, nil)
			if !v.OK {
				if !errors.Is(err, esdk.ErrCommitment) || !errors.Is(streamErr, esdk.ErrCommitment) {
					t.Errorf("errors %v and %v, want ErrCommitment", err, streamErr)
				}
				return
			}
			if err != nil || streamErr != nil {
				t.Fatal(err, streamErr)
			}
			if string(got) != want || string(streamed) != want {
				t.Errorf("plaintext %q and %q, want %q", got, streamed, want)
			}
			if !bytes.Equal(h.Commitment, v.Commitment) {
				t.Errorf("commitment %x, want %x", h.Commitment, v.Commitment)
			}
			sameContext(t, h.Context, v.Context)
		})
	}
}

// pythonMessages were made by other people's code, which testdata/python.json
// names: every suite, framed and not, and required encryption context.
type pythonMessages struct {
	KeyNamespace, KeyName string
	WrappingKey           []byte
	Messages              []struct {
		Suite       string
		FrameLength uint32
		Context     esdk.Context
		Required    esdk.Context
		Plaintext   []byte
		Message     []byte
	}
}

func TestPythonMessages(t *testing.T) {
	var python pythonMessages
	load(t, "testdata/python.json", &python)
	keyring, err := rawkey.NewAES(python.KeyNamespace, python.KeyName, python.WrappingKey)
	if err != nil {
		t.Fatal(err)
	}
	m := esdk.NewManager(keyring)
	suites := map[esdk.Suite]int{}
	for i, v := range python.Messages {
		suite, err := esdk.ParseSuite(v.Suite)
		if err != nil {
			t.Fatal(err)
		}
		suites[suite]++
		o := &esdk.DecryptOptions{Commitment: esdk.RequireEncryptAllowDecrypt, Context: v.Required}
		got, h, err := esdk.Open(t.Context(), nil, m, v.Message, o)
		if err != nil || !bytes.Equal(got, v.Plaintext) {
			t.Fatalf("message %d, %s: %v", i, v.Suite, err)
		}
		if got, err := stream(t, v.Message, m, o); err != nil || !bytes.Equal(got, v.Plaintext) {
			t.Fatalf("message %d, %s, as a stream: %v", i, v.Suite, err)
		}
		if h.Suite != suite || h.FrameLength != v.FrameLength {
			t.Errorf("message %d: header %+v", i, h)
		}
		want := esdk.Context{}
		for _, c := range []esdk.Context{v.Context, v.Required} {
			for k, value := range c {
				want[k] = value
			}
		}
		sameContext(t, h.Context, want)
		if v.Required == nil {
			continue
		}
		for k := range v.Required {
			without := &esdk.DecryptOptions{Commitment: o.Commitment, Context: esdk.Context{k: v.Required[k]}}
			if _, _, err := esdk.Open(t.Context(), nil, m, v.Message, without); err == nil {
				t.Errorf("message %d opened with only %q of the required context", i, k)
			}
		}
	}
	if len(suites) != len(esdk.Suites()) {
		t.Errorf("messages of %d suites, want all %d", len(suites), len(esdk.Suites()))
	}
}

// sameContext compares but for the verification key, which is not the caller's.
func sameContext(t *testing.T, got, want esdk.Context) {
	t.Helper()
	const public = "aws-crypto-public-key"
	for k, v := range want {
		if got[k] != v {
			t.Errorf("context has %q for %q, want %q", got[k], k, v)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok && k != public {
			t.Errorf("context has %q, which it should not", k)
		}
	}
}

func load(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func stream(t *testing.T, message []byte, m esdk.Manager, o *esdk.DecryptOptions) ([]byte, error) {
	r, err := esdk.NewReader(t.Context(), bytes.NewReader(message), m, o)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
