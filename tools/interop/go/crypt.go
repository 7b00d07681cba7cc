package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygeneratedtypes"
	esdk "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygenerated"
	"github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygeneratedtypes"
)

type (
	suiteID          = awscryptographymaterialproviderssmithygeneratedtypes.ESDKAlgorithmSuiteId
	commitmentPolicy = awscryptographymaterialproviderssmithygeneratedtypes.ESDKCommitmentPolicy

	sdkConfig    = awscryptographyencryptionsdksmithygeneratedtypes.AwsEncryptionSdkConfig
	encryptInput = awscryptographyencryptionsdksmithygeneratedtypes.EncryptInput
	decryptInput = awscryptographyencryptionsdksmithygeneratedtypes.DecryptInput
)

func newClient(r *request) (*esdk.Client, error) {
	cfg := sdkConfig{CommitmentPolicy: new(commitmentPolicy(r.Commitment))}
	if r.MaxKeys > 0 {
		cfg.MaxEncryptedDataKeys = &r.MaxKeys
	}
	return esdk.NewClient(cfg)
}

func newEncryptInput(r *request, m iManager, text []byte) (encryptInput, error) {
	if r.Unframed {
		return encryptInput{}, fmt.Errorf("no unframed messages")
	}
	in := encryptInput{
		Plaintext:         text,
		AlgorithmSuiteId:  new(suiteID(fmt.Sprintf("0x%04X", r.Suite))),
		EncryptionContext: r.Context,
		MaterialsManager:  m,
	}
	if in.EncryptionContext == nil {
		in.EncryptionContext = map[string]string{}
	}
	if r.Frame > 0 {
		in.FrameLength = &r.Frame
	}
	return in, nil
}

func encrypt(ctx context.Context, r *request) (*response, error) {
	client, err := newClient(r)
	if err != nil {
		return nil, err
	}
	manager, err := newManager(ctx, r)
	if err != nil {
		return nil, err
	}
	in, err := newEncryptInput(r, manager, r.Text)
	if err != nil {
		return nil, err
	}
	out, err := client.Encrypt(ctx, in)
	if err != nil {
		return nil, err
	}
	return &response{Text: out.Ciphertext}, nil
}

func decrypt(ctx context.Context, r *request) (*response, error) {
	client, err := newClient(r)
	if err != nil {
		return nil, err
	}
	manager, err := newManager(ctx, r)
	if err != nil {
		return nil, err
	}
	out, err := client.Decrypt(ctx, decryptInput{Ciphertext: r.Text, MaterialsManager: manager, EncryptionContext: r.Context})
	if err != nil {
		return nil, err
	}
	suite, err := strconv.ParseUint(strings.TrimPrefix(string(out.AlgorithmSuiteId), "0x"), 16, 16)
	if err != nil {
		return nil, err
	}
	return &response{Text: out.Plaintext, Suite: int(suite), Context: out.EncryptionContext}, nil
}

// bench encrypts and decrypts r.Count messages of r.Size bytes, and tells how
// many seconds each took.
func bench(ctx context.Context, r *request) (*response, error) {
	client, err := newClient(r)
	if err != nil {
		return nil, err
	}
	manager, err := newManager(ctx, r)
	if err != nil {
		return nil, err
	}
	in, err := newEncryptInput(r, manager, make([]byte, r.Size))
	if err != nil {
		return nil, err
	}
	messages := make([][]byte, r.Count)
	start := time.Now()
	for i := range messages {
		out, err := client.Encrypt(ctx, in)
		if err != nil {
			return nil, err
		}
		messages[i] = out.Ciphertext
	}
	middle := time.Now()
	for _, message := range messages {
		out, err := client.Decrypt(ctx, decryptInput{Ciphertext: message, MaterialsManager: manager})
		if err != nil {
			return nil, err
		}
		if len(out.Plaintext) != r.Size {
			return nil, fmt.Errorf("a message lost its content")
		}
	}
	return &response{EncryptSeconds: middle.Sub(start).Seconds(), DecryptSeconds: time.Since(middle).Seconds()}, nil
}
