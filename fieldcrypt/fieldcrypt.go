// Package fieldcrypt seals the sensitive fields of a payload and opens them
// again, and leaves every other byte as it was.
//
// A sealed field is a [Marker] in the value's place, "#ssn.2#BASE64#2.ssn#": it
// names key and version and holds ciphertext. Sealing needs the public half of an
// RSA key alone, so it can be done at the edge, by a program that could not open
// anything. Opening is a call of AWS KMS in the caller's name, so the policy of
// each field's key decides who reads the field.
//
//	sealer, err := fieldcrypt.NewRSASealer(fieldcrypt.Marker{Key: "ssn", Version: 1}, public)
//	selector, err := fieldcrypt.ParseSelector("json:$..ssn")
//	p, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{{
//		Name: "numbers", Selectors: []fieldcrypt.Selector{selector}, Sealer: sealer,
//	}}, fieldcrypt.Limits{})
//	counts, err := p.Body(ctx, dst, src, "application/json")
//
// Where to begin:
//
//   - [NewRSASealer] and [NewKMSOpener] are the cipher for short values that
//     anything with RSAES-OAEP can read: one call of KMS for each value opened.
//   - [NewEnvelopeSealer] and [NewEnvelopeOpener] are the cipher for values of any
//     length, as Encryption SDK messages with managers of package esdk: one RSA
//     operation, and one call of KMS, for many values.
//   - [Protector] seals what its rules select in bodies (JSON, forms, multipart
//     forms, XML, text), queries and headers. It fails closed.
//   - [Unsealer] opens payloads, and writes each value so that it cannot break out
//     of its place in the format. What it may not open it leaves sealed.
//   - [Finder] finds markers in any text.
//
// # What it does not protect against
//
// Anyone who has the public key can seal a value of their own, and anyone who can
// write a payload can copy a marker into another field: what opens was
// confidential, it need not be true. It may be an object or an element with
// anything in it, where a string stood. The envelope cipher binds a ciphertext to its
// key, version and encoding, though not to the field or record. Lengths of values
// show in envelope markers.
package fieldcrypt

import "context"

// Encoding says how the plaintext of a sealed field is to be read.
type Encoding string

const (
	// Plain: the plaintext is the value itself, and writing it in the usual way
	// of its format gives the payload's bytes again.
	Plain Encoding = ""
	// JSON: the plaintext is the JSON source of the value, quotes included: a
	// number, a boolean, an object, or a string with escapes of its own.
	JSON Encoding = "json"
	// Form: the plaintext is percent-encoded source that the usual way of
	// encoding would not have given.
	Form Encoding = "form"
	// XML: the plaintext is XML source: references, CDATA sections.
	XML Encoding = "xml"
)

// A Sealer seals values with one version of one key. Several goroutines may use
// it at once.
type Sealer interface {
	// Seal appends to dst the marker that stands in the value's place, which is
	// ASCII without quotes, backslashes, white space, '<', '>' and '&'.
	Seal(ctx context.Context, dst, plaintext []byte, e Encoding) ([]byte, error)
}

// PlainOnly reports whether a sealer's markers can name no encoding. Then
// strings alone can be sealed, as their decoded values, and Seal refuses every
// encoding but Plain with [ErrEncoding].
func PlainOnly(s Sealer) bool {
	p, ok := s.(interface{ PlainOnly() bool })
	return ok && p.PlainOnly()
}

// A Sealed is what one marker in a text says.
type Sealed struct {
	Key        string
	Version    int
	Encoding   Encoding
	Ciphertext []byte
}

// String is the key and its version, "ssn.2".
func (s *Sealed) String() string { return Marker{Key: s.Key, Version: s.Version}.String() }

// An Opener opens what a Sealer sealed. Several goroutines may use it at once.
type Opener interface {
	// Open gives the plaintext, which is to be read as s.Encoding says. The error
	// is a *[OpenError] of which errors.Is tells the reason.
	Open(ctx context.Context, s *Sealed) ([]byte, error)
}
