package fieldcrypt

import (
	"fmt"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body/formbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/jsonbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/xmlbody"
)

// decode gives the value that an opened plaintext stands for: of a JSON string
// the text without quotes and escapes, of other JSON the source.
func decode(e Encoding, plaintext []byte) ([]byte, error) {
	switch e {
	case Plain:
		return plaintext, nil
	case JSON:
		return jsonbody.Syntax.Decode(plaintext)
	case Form:
		return formbody.Syntax.Decode(plaintext)
	case XML:
		return xmlbody.Text.Decode(plaintext)
	default:
		return nil, fmt.Errorf("%w: no encoding is called %q", ErrEncoding, e)
	}
}
