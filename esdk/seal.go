package esdk

import (
	"context"
	"math"
	"slices"
)

// Seal appends a message of plaintext to dst, which must not overlap it. The
// options' PlaintextLength is not looked at: it is known.
func Seal(ctx context.Context, dst []byte, m Manager, plaintext []byte, o *EncryptOptions) ([]byte, error) {
	var e encryption
	out, err := e.begin(ctx, dst, m, int64(len(plaintext)), o)
	if err != nil {
		return nil, err
	}
	body := len(out)
	out = slices.Grow(out, e.bodyLength(len(plaintext)))
	for int64(len(plaintext)) >= int64(e.frames.length) {
		if out, err = e.frames.sealRegular(out, plaintext[:e.frames.length]); err != nil {
			return nil, err
		}
		plaintext = plaintext[e.frames.length:]
	}
	out = e.frames.sealFinal(out, plaintext)
	e.hash(out[body:])
	return e.appendFooter(out)
}

// maxSignature is what a footer with a P-384 signature has at most.
const maxSignature = 2 + 104

// bodyLength is what n bytes of plaintext become, with frames and footer.
func (e *encryption) bodyLength(n int) int {
	regular := int64(n) / int64(e.frames.length)
	return n + int(regular)*(regularPrefix+tagLength) + finalPrefix + tagLength + maxSignature
}

// Open appends the plaintext of message to dst, once all of it is authentic. The
// message stays as it is; dst must not overlap it. Of the options the limits
// apply that are set; there are no others, since the message is in memory.
func Open(ctx context.Context, dst []byte, m Manager, message []byte, o *DecryptOptions) ([]byte, *Header, error) {
	if o == nil {
		o = &DecryptOptions{}
	}
	d := decryption{src: &source{buf: message}, maxHeld: math.MaxInt64, maxFrame: math.MaxInt64}
	d.limit(o)
	if err := d.begin(ctx, m, o); err != nil {
		return nil, nil, err
	}
	out, err := d.appendAll(slices.Grow(dst, len(message)-d.src.at))
	if err != nil {
		return nil, nil, err
	}
	return out, d.header, nil
}
