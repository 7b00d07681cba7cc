package fieldcrypt

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/esdk"
)

// Openers opens with the opener of each key and version, by their name "ssn.2".
type Openers map[string]Opener

// Open implements Opener.
func (o Openers) Open(ctx context.Context, s *Sealed) ([]byte, error) {
	opener, ok := o[s.String()]
	if !ok {
		return nil, &OpenError{Marker: s.String(), Reason: ErrUnknownKey}
	}
	return opener.Open(ctx, s)
}

// Decrypter is what is asked of AWS KMS; *kms.Client does it.
type Decrypter interface {
	Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error)
}

// kmsOpener opens what an RSA sealer sealed, in KMS.
type kmsOpener struct {
	client Decrypter
	key    string
}

// NewKMSOpener opens what [NewRSASealer] sealed, by a call of KMS Decrypt with
// the key of that ARN for each value. Who may open is up to the key's policy.
func NewKMSOpener(client Decrypter, keyARN string) Opener { return &kmsOpener{client, keyARN} }

// Open implements Opener. What no RSA key of KMS can have made is not sent: who
// writes markers into a text must not get it uploaded.
func (o *kmsOpener) Open(ctx context.Context, s *Sealed) ([]byte, error) {
	switch len(s.Ciphertext) * 8 {
	case 2048, 3072, 4096:
	default:
		return nil, &OpenError{Marker: s.String(), Reason: ErrInvalid}
	}
	out, err := o.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId:               &o.key,
		CiphertextBlob:      s.Ciphertext,
		EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256,
	})
	switch {
	case err != nil:
		return nil, &OpenError{Marker: s.String(), Reason: kmsReason(err, ErrUnavailable), Err: err}
	case out.KeyId == nil || *out.KeyId != o.key:
		return nil, &OpenError{Marker: s.String(), Reason: ErrInvalid}
	}
	return out.Plaintext, nil
}

// rsaOpener opens what an RSA sealer sealed with a private key at hand.
type rsaOpener struct{ private *rsa.PrivateKey }

// NewRSAOpener opens what [NewRSASealer] sealed, for key pairs that are kept
// outside of KMS.
func NewRSAOpener(private *rsa.PrivateKey) Opener { return rsaOpener{private} }

// Open implements Opener.
func (o rsaOpener) Open(_ context.Context, s *Sealed) ([]byte, error) {
	plaintext, err := rsa.DecryptOAEP(sha256.New(), rand.Reader, o.private, s.Ciphertext, nil)
	if err != nil {
		return nil, &OpenError{Marker: s.String(), Reason: ErrInvalid}
	}
	return plaintext, nil
}

// envelopeOpener opens Encryption SDK messages.
type envelopeOpener struct{ manager esdk.Manager }

// NewEnvelopeOpener opens what [NewEnvelopeSealer] sealed. A caching manager
// spares calls of KMS: values that were sealed under one data key cost one. It
// also keeps that data key for as long as its limits say, so that a permission
// that is taken away ends when they do.
func NewEnvelopeOpener(manager esdk.Manager) Opener { return envelopeOpener{manager} }

// Open implements Opener.
func (o envelopeOpener) Open(ctx context.Context, s *Sealed) ([]byte, error) {
	want := envelopeContext(s.String(), s.Encoding)
	plaintext, header, err := esdk.Open(ctx, nil, o.manager, s.Ciphertext, &esdk.DecryptOptions{
		Context: want, Signed: esdk.RefuseSigned, MaxEncryptedDataKeys: 1,
		HoldLimit: MaxMarker, MaxFrameLength: MaxMarker,
	})
	if err != nil {
		return nil, openError(s, err)
	}
	if header.Suite != suite || !covers(want, header.Context) {
		return nil, &OpenError{Marker: s.String(), Reason: ErrInvalid}
	}
	return plaintext, nil
}

// covers reports whether have has no pair that want does not have. A message
// that says it holds JSON source is none of a marker that says it holds text.
func covers(want, have esdk.Context) bool {
	for k, v := range have {
		if w, ok := want[k]; !ok || w != v {
			return false
		}
	}
	return true
}

// openError tells why a message does not open.
func openError(s *Sealed, err error) error {
	reason := kmsReason(err, ErrInvalid)
	var unwrap *esdk.UnwrapError
	switch {
	case errors.As(err, &unwrap) && len(unwrap.Attempts) == 0:
		reason = ErrUnknownKey // it is wrapped by another wrapping key
	case reason == ErrInvalid:
		err = nil // who forges ciphertexts learns that they do not open, and not why
	}
	return &OpenError{Marker: s.String(), Reason: reason, Err: err}
}
