package esdk

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// maxHeader bounds what is read before anything is authenticated. The format
// itself allows 12 GiB; a header with a thousand data keys of AWS KMS has less
// than one MiB.
const maxHeader = 16 << 20

// parsedHeader is a header as it was read, not authenticated yet. It has no part
// in the buffer that it was read from.
type parsedHeader struct {
	Header
	traits *suiteTraits
	all    []byte // as it stands in the message
	body   []byte // without the authentication
}

// readHeader reads the header that the source begins with, and checks what needs
// no key.
func readHeader(src *source, o *DecryptOptions) (*parsedHeader, error) {
	w := &walker{src: src}
	h := &parsedHeader{}
	if err := h.readSuite(w, o); err != nil {
		return nil, err
	}
	idAt := w.at
	w.next(h.traits.idLength())
	contextAt := w.at
	w.next(w.uint16())
	keysAt := w.at
	count, err := w.skipKeys(o.MaxEncryptedDataKeys)
	if err != nil {
		return nil, err
	}
	if err := h.readEnd(w); err != nil {
		return nil, err
	}
	h.all = bytes.Clone(src.buf[src.at : src.at+w.at])
	src.take(w.at)
	h.cut()
	h.MessageID = h.all[idAt:contextAt:contextAt]
	if h.Context, err = parseContext(h.all[contextAt+2 : keysAt]); err != nil {
		return nil, err
	}
	h.EncryptedDataKeys, err = parseKeys(h.all[keysAt+2:], count)
	return h, err
}

// readSuite reads the fields up to the suite, and applies the options that
// depend on it.
func (h *parsedHeader) readSuite(w *walker, o *DecryptOptions) error {
	h.Version = w.uint8()
	switch {
	case w.err != nil:
		return w.err
	case h.Version == 'A':
		// Every message in base64 begins so: 1 and 0x80, or 2 and 4 or 5.
		if second := w.uint8(); second == 'Y' || second == 'g' {
			return ErrBase64
		}
		return malformed("unknown version")
	case h.Version != version1 && h.Version != version2:
		return malformed("unknown version")
	case h.Version == version1 && w.uint8() != typeCustomerData && w.err == nil:
		return malformed("unknown type")
	}
	h.Suite = Suite(w.uint16())
	if w.err != nil {
		return w.err
	}
	var known bool
	if h.traits, known = h.Suite.traits(); !known || h.traits.version() != h.Version {
		return malformed("unknown algorithm suite")
	}
	if !o.Commitment.allowsDecrypt(h.Suite) {
		return fmt.Errorf("%w: %v", ErrCommitmentPolicy, h.Suite)
	}
	if h.traits.curve != nil && o.Signed == RefuseSigned {
		return ErrSignedRefused
	}
	return nil
}

// readEnd reads what follows the encrypted data keys.
func (h *parsedHeader) readEnd(w *walker) error {
	content := w.uint8()
	reserved, nonce := uint32(0), byte(nonceLength)
	if h.Version == version1 {
		reserved, nonce = w.uint32(), w.uint8()
	}
	h.FrameLength = w.uint32()
	if h.Version == version2 {
		w.next(commitmentLength)
	} else {
		w.next(nonceLength)
	}
	w.next(tagLength)
	switch {
	case w.err != nil:
		return w.err
	case reserved != 0, nonce != nonceLength:
		return malformed("reserved bytes or nonce length")
	case content == contentSingle && h.FrameLength == 0,
		content == contentFramed && h.FrameLength != 0:
		return nil
	default:
		return malformed("content type or frame length")
	}
}

// cut finds the parts at the end of the header, whose places its version tells.
func (h *parsedHeader) cut() {
	end := len(h.all) - tagLength
	h.AuthTag = h.all[end:]
	if h.Version == version2 {
		h.Commitment = h.all[end-commitmentLength : end : end]
	} else {
		h.AuthIV = h.all[end-nonceLength : end : end]
		end -= nonceLength
	}
	h.body = h.all[:end:end]
}

// authenticate checks the header under the message's key. The pairs of context
// that required names are authenticated though they are not stored.
func (h *parsedHeader) authenticate(aead cipher.AEAD, context Context, required []string) error {
	aad := h.body
	if len(required) > 0 {
		var err error
		if aad, err = context.appendTo(aad, required, true); err != nil {
			return err
		}
	}
	iv := h.AuthIV
	if iv == nil {
		iv = make([]byte, nonceLength)
	}
	if _, err := aead.Open(nil, iv, h.AuthTag, aad); err == nil {
		return nil
	}
	if len(required) > 0 {
		return fmt.Errorf("%w, or not bound to the expected %w of %q", ErrHeaderAuth, ErrContext, required)
	}
	return ErrHeaderAuth
}

// parseKeys reads count encrypted data keys, which the walker has passed.
func parseKeys(b []byte, count int) ([]EncryptedDataKey, error) {
	keys := make([]EncryptedDataKey, count)
	for i := range keys {
		var id []byte
		id, b = cutBytes(b)
		keys[i].ProviderInfo, b = cutBytes(b)
		keys[i].Ciphertext, b = cutBytes(b)
		if !utf8.Valid(id) {
			return nil, malformed("key provider id")
		}
		keys[i].ProviderID = string(id)
	}
	return keys, nil
}

// cutBytes cuts off a field that begins with its 2-byte length.
func cutBytes(b []byte) (field, rest []byte) {
	n := 2 + int(binary.BigEndian.Uint16(b))
	return b[2:n:n], b[n:]
}
