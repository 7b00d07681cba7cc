package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// own is Fortlet's esdk, in this process.
type own struct {
	cfg aws.Config

	mu      sync.Mutex
	caching map[string]esdk.Manager // the caching managers, by what they stand on
}

func newOwn(cfg aws.Config) *own { return &own{cfg: cfg, caching: make(map[string]esdk.Manager)} }

// Ask does what an implementation elsewhere would be asked to do.
func (o *own) Ask(ctx context.Context, r *peer.Request) (*peer.Response, error) {
	m, err := o.manager(r)
	if err != nil {
		return nil, err
	}
	var answer *peer.Response
	switch r.Op {
	case peer.Encrypt:
		answer, err = encrypt(ctx, m, r)
	case peer.Decrypt:
		answer, err = decrypt(ctx, m, r)
	default:
		return nil, fmt.Errorf("no operation %q", r.Op)
	}
	if err != nil && !errors.As(err, new(wrong)) {
		err = &peer.Refusal{Who: fortlet, Text: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

var policies = map[string]esdk.CommitmentPolicy{
	peer.Require: esdk.RequireEncryptRequireDecrypt,
	peer.Allow:   esdk.RequireEncryptAllowDecrypt,
	peer.Forbid:  esdk.ForbidEncryptAllowDecrypt,
}

// encrypt seals small texts, and writes large ones in pieces that are no frames.
func encrypt(ctx context.Context, m esdk.Manager, r *peer.Request) (*peer.Response, error) {
	if r.Unframed {
		return nil, errors.New("no unframed messages")
	}
	o := &esdk.EncryptOptions{
		Context:              r.Context,
		Suite:                esdk.Suite(r.Suite),
		Commitment:           policies[r.Commitment],
		FrameLength:          r.Frame,
		MaxEncryptedDataKeys: r.MaxKeys,
	}
	const small, piece = 1000, 777
	if len(r.Text) < small {
		message, err := esdk.Seal(ctx, nil, m, r.Text, o)
		return &peer.Response{Text: message}, err
	}
	var message bytes.Buffer
	w, err := esdk.NewWriter(ctx, &message, m, o)
	if err != nil {
		return nil, err
	}
	for text := r.Text; len(text) > 0; text = text[min(piece, len(text)):] {
		if _, err := w.Write(text[:min(piece, len(text))]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &peer.Response{Text: message.Bytes()}, nil
}

// decrypt opens the message both ways, which have to agree.
func decrypt(ctx context.Context, m esdk.Manager, r *peer.Request) (*peer.Response, error) {
	o := &esdk.DecryptOptions{
		Context:              r.Context,
		Commitment:           policies[r.Commitment],
		MaxEncryptedDataKeys: r.MaxKeys,
	}
	text, header, err := esdk.Open(ctx, nil, m, r.Text, o)
	streamed, streamErr := stream(ctx, m, r.Text, o)
	switch {
	case (err == nil) != (streamErr == nil):
		return nil, wrong(fmt.Sprintf("Open says %v, Reader says %v", err, streamErr))
	case err != nil:
		return nil, err
	case !bytes.Equal(text, streamed):
		return nil, wrong("Open and Reader read different texts")
	}
	return &peer.Response{Text: text, Suite: uint16(header.Suite), Context: header.Context}, nil
}

func stream(ctx context.Context, m esdk.Manager, message []byte, o *esdk.DecryptOptions) ([]byte, error) {
	reader, err := esdk.NewReader(ctx, bytes.NewReader(message), m, o)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func (o *own) manager(r *peer.Request) (esdk.Manager, error) {
	if !r.Caching {
		k, err := o.keyring(r.Keyring)
		if err != nil {
			return nil, err
		}
		m := esdk.NewManager(k)
		if len(r.Required) > 0 {
			m = esdk.NewRequiredContext(m, r.Required...)
		}
		return m, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if m, ok := o.caching[r.Keyring.ID()]; ok {
		return m, nil
	}
	k, err := o.keyring(r.Keyring)
	if err != nil {
		return nil, err
	}
	m, err := esdk.NewCachingManager(esdk.NewManager(k), esdk.NewCache(16), esdk.CachingOptions{MaxAge: time.Hour})
	if err == nil {
		o.caching[r.Keyring.ID()] = m
	}
	return m, err
}
