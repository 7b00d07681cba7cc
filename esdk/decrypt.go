package esdk

import (
	"context"
	"crypto/ecdsa"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"slices"
)

// What a Reader takes into memory where the options say nothing.
const (
	defaultHoldLimit      = 64 << 20
	defaultMaxFrameLength = 64 << 20
)

// decryption is one message that is being read: what Open and a Reader have in
// common.
type decryption struct {
	src      *source
	header   *Header
	frames   *frames
	batch    int       // how much to read at once: as many frames as fit
	digest   hash.Hash // nil: not signed
	key      *ecdsa.PublicKey
	maxFrame int64
	maxHeld  int64
	ended    bool // the final frame has been read
}

// begin reads a message's header, and makes sure that it is authentic.
// Source: client-apis/decrypt.md.
func (d *decryption) begin(ctx context.Context, m Manager, o *DecryptOptions) error {
	if err := o.Commitment.valid(); err != nil {
		return err
	}
	if o.Signed < HoldSigned || o.Signed > RefuseSigned {
		return fmt.Errorf("there is no signed mode %d", int(o.Signed))
	}
	h, err := readHeader(d.src, o)
	if err != nil {
		return err
	}
	materials, err := m.DecryptionMaterials(ctx, &DecryptionRequest{
		Suite:             h.Suite,
		Context:           h.Context,
		Expected:          o.Context,
		EncryptedDataKeys: h.EncryptedDataKeys,
	})
	if err != nil {
		return err
	}
	defer clear(materials.DataKey)
	if err := h.check(materials, o); err != nil {
		return err
	}
	aead, commitment, err := h.traits.cipherOf(materials.DataKey, h.MessageID)
	if err != nil {
		return err
	}
	// Before anything that the wrong key would let pass as authentic.
	if h.traits.commits && !sameCommitment(commitment, h.Commitment) {
		return ErrCommitment
	}
	if err := h.authenticate(aead, materials.Context, materials.RequiredContext); err != nil {
		return err
	}
	d.header = &h.Header
	d.header.Context = materials.Context
	d.frames = newFrames(aead, d.header)
	d.batch = d.frames.size() * max(1, batch/d.frames.size())
	if h.traits.curve != nil {
		d.key, d.digest = materials.VerificationKey, h.traits.digest()
		d.digest.Write(h.all)
	}
	return nil
}

// check refuses materials that do not suit the message.
func (h *parsedHeader) check(m *DecryptionMaterials, o *DecryptOptions) error {
	if m.Suite != h.Suite {
		return fmt.Errorf("%w: %v for a message of %v", ErrMaterials, m.Suite, h.Suite)
	}
	signed := h.traits.curve != nil
	if signed != (m.VerificationKey != nil) || signed && m.VerificationKey.Curve != h.traits.curve {
		return fmt.Errorf("%w: verification key of %v", ErrMaterials, h.Suite)
	}
	return m.Context.checkHolds(o.Context)
}

// next reads the next frame. It is valid until next is called again.
func (d *decryption) next() (frame, error) {
	if d.frames.length == 0 {
		return d.nextSingle()
	}
	b, err := d.src.need(4, d.batch)
	if err != nil {
		return frame{}, err
	}
	sequence := binary.BigEndian.Uint32(b)
	if sequence == endMark {
		return d.nextFinal()
	}
	if sequence != d.frames.sequence {
		return frame{}, malformed("frames are not in their order")
	}
	raw, err := d.nextRaw(regularPrefix, int64(d.frames.length))
	if err != nil {
		return frame{}, err
	}
	return d.frames.regularFrame(raw), nil
}

func (d *decryption) nextFinal() (frame, error) {
	b, err := d.src.need(finalPrefix, d.batch)
	if err != nil {
		return frame{}, err
	}
	if binary.BigEndian.Uint32(b[4:]) != d.frames.sequence {
		return frame{}, malformed("frames are not in their order")
	}
	length := binary.BigEndian.Uint32(b[finalPrefix-4:])
	if length > d.frames.length {
		return frame{}, malformed("final frame is too long")
	}
	raw, err := d.nextRaw(finalPrefix, int64(length))
	if err != nil {
		return frame{}, err
	}
	d.ended = true
	return d.frames.finalFrame(raw), nil
}

func (d *decryption) nextSingle() (frame, error) {
	b, err := d.src.need(singlePrefix, batch)
	if err != nil {
		return frame{}, err
	}
	length := binary.BigEndian.Uint64(b[nonceLength:])
	if length > maxSingle {
		return frame{}, malformed("unframed content is too long")
	}
	if int64(length) > d.maxHeld {
		return frame{}, ErrHoldLimit
	}
	d.maxFrame = max(d.maxFrame, int64(length)) // which bounds frames only
	raw, err := d.nextRaw(singlePrefix, int64(length))
	if err != nil {
		return frame{}, err
	}
	d.ended = true
	return d.frames.singleFrame(raw), nil
}

// nextRaw reads the bytes of a frame and takes them into the signature.
func (d *decryption) nextRaw(prefix int, length int64) ([]byte, error) {
	if length > d.maxFrame || length > math.MaxInt-finalPrefix-tagLength {
		return nil, ErrFrameTooLong
	}
	n := prefix + int(length) + tagLength
	raw, err := d.src.need(n, d.batch)
	if err != nil {
		return nil, err
	}
	d.src.take(n)
	if d.digest != nil {
		d.digest.Write(raw[:n])
	}
	return raw[:n], nil
}

// finish reads what follows the final frame: the signature, and nothing else.
// Source: data-format/message-footer.md.
func (d *decryption) finish() error {
	if d.digest != nil {
		b, err := d.src.need(2, 0)
		if err != nil {
			return err
		}
		n := 2 + int(binary.BigEndian.Uint16(b))
		if b, err = d.src.need(n, 0); err != nil {
			return err
		}
		d.src.take(n)
		if !ecdsa.VerifyASN1(d.key, d.digest.Sum(nil), b[2:n]) {
			return ErrSignature
		}
	}
	return d.src.end()
}

// appendAll appends the whole plaintext to dst, and returns it only if the
// message is authentic to its end.
func (d *decryption) appendAll(dst []byte) ([]byte, error) {
	out := dst
	var err error
	for !d.ended && err == nil {
		out, err = d.appendNext(out, len(out)-len(dst))
	}
	if err == nil {
		err = d.finish()
	}
	if err != nil {
		clear(out[len(dst):])
		return nil, err
	}
	return out, nil
}

// appendNext appends the plaintext of the next frame to dst, which holds so much
// plaintext already. It returns dst with an error, too.
func (d *decryption) appendNext(dst []byte, held int) ([]byte, error) {
	f, err := d.next()
	if err != nil {
		return dst, err
	}
	if int64(held)+int64(len(f.sealed)-tagLength) > d.maxHeld {
		return dst, ErrHoldLimit
	}
	out, err := d.frames.open(slices.Grow(dst, len(f.sealed)), f) // grows by half and more
	if err != nil {
		return dst, err
	}
	return out, nil
}

// limit sets the limits that the options have.
func (d *decryption) limit(o *DecryptOptions) {
	if o.HoldLimit > 0 {
		d.maxHeld = o.HoldLimit
	}
	if o.MaxFrameLength > 0 {
		d.maxFrame = int64(o.MaxFrameLength)
	}
}
