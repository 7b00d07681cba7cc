package esdk

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash"
)

const defaultFrameLength = 4096

// encryption is one message that is being written: what Seal and a Writer have
// in common.
type encryption struct {
	header  *Header
	frames  *frames
	digest  hash.Hash // nil: not signed
	key     *ecdsa.PrivateKey
	remains int64 // how much plaintext there may still be; negative: any
}

// begin begins a message, and appends its header to dst. The plaintext has the
// given length, or any if that is negative.
// Source: client-apis/encrypt.md.
func (e *encryption) begin(ctx context.Context, dst []byte, m Manager, length int64, o *EncryptOptions) ([]byte, error) {
	if o == nil {
		o = &EncryptOptions{}
	}
	r, err := o.request(length)
	if err != nil {
		return nil, err
	}
	materials, err := m.EncryptionMaterials(ctx, r)
	if err != nil {
		return nil, err
	}
	defer clear(materials.DataKey)
	t, err := o.check(materials)
	if err != nil {
		return nil, err
	}
	frameLength := o.FrameLength
	if frameLength == 0 {
		frameLength = defaultFrameLength
	}
	header, aead, err := newHeader(t, materials, frameLength)
	if err != nil {
		return nil, err
	}
	out, err := header.appendTo(dst, aead, materials.RequiredContext)
	if err != nil {
		return nil, err
	}
	e.header, e.frames, e.remains = header, newFrames(aead, header), length
	if t.curve != nil {
		e.key, e.digest = materials.SigningKey, t.digest()
		e.digest.Write(out[len(dst):])
	}
	return out, nil
}

// request checks the options, and makes of them what the manager is asked for.
func (o *EncryptOptions) request(length int64) (*EncryptionRequest, error) {
	if err := o.Commitment.valid(); err != nil {
		return nil, err
	}
	if err := o.Context.checkCallers(); err != nil {
		return nil, err
	}
	suite := o.Suite
	if suite == 0 {
		suite = o.Commitment.suite()
	}
	if !suite.Known() {
		return nil, fmt.Errorf("no algorithm suite has the number %v", suite)
	}
	if !o.Commitment.allowsEncrypt(suite) {
		return nil, fmt.Errorf("%w: %v", ErrCommitmentPolicy, suite)
	}
	return &EncryptionRequest{Suite: suite, Context: o.Context, PlaintextLength: length}, nil
}

// check refuses materials that do not suit. A manager may choose another suite,
// but none that the policy forbids.
func (o *EncryptOptions) check(m *EncryptionMaterials) (*suiteTraits, error) {
	t, known := m.Suite.traits()
	switch {
	case !known:
		return nil, fmt.Errorf("%w: no algorithm suite has the number %v", ErrMaterials, m.Suite)
	case !o.Commitment.allowsEncrypt(m.Suite):
		return nil, fmt.Errorf("%w: %v", ErrCommitmentPolicy, m.Suite)
	case o.MaxEncryptedDataKeys > 0 && len(m.EncryptedDataKeys) > o.MaxEncryptedDataKeys:
		return nil, fmt.Errorf("%w: %d", ErrTooManyKeys, len(m.EncryptedDataKeys))
	case (t.curve != nil) != (m.SigningKey != nil), t.curve != nil && m.SigningKey.Curve != t.curve:
		return nil, fmt.Errorf("%w: signing key of %v", ErrMaterials, m.Suite)
	}
	for _, k := range m.RequiredContext {
		if _, ok := m.Context[k]; !ok {
			return nil, fmt.Errorf("%w: required key %q is missing", ErrContext, k)
		}
	}
	return t, nil
}

// admit counts n bytes of plaintext against the announced length.
func (e *encryption) admit(n int) error {
	if e.remains >= 0 {
		if int64(n) > e.remains {
			return ErrPlaintextLength
		}
		e.remains -= int64(n)
	}
	return nil
}

// hash takes the next bytes of the message into the signature.
func (e *encryption) hash(b []byte) {
	if e.digest != nil {
		e.digest.Write(b)
	}
}

// appendFooter appends the signature of all that was hashed, if there is one.
// Source: data-format/message-footer.md.
func (e *encryption) appendFooter(b []byte) ([]byte, error) {
	if e.digest == nil {
		return b, nil
	}
	signature, err := ecdsa.SignASN1(rand.Reader, e.key, e.digest.Sum(nil))
	if err != nil {
		return nil, err
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(signature)))
	return append(b, signature...), nil
}
