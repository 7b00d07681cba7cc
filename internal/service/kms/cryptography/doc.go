// Package cryptography holds everything cryptographic that the Key Management
// Service needs, and nothing else: it knows no request, no store, no policy.
//
// # Where to start
//
// A [Spec] is a key spec under AWS's name, with the usages and algorithms that
// AWS allows it. [Generate] makes the secret [Material] of one, [Import] takes
// it from a customer, [Material.Marshal] and [Unmarshal] carry it to and from
// the place where the caller seals it.
//
// Material by itself computes nothing. It is opened once and the result kept,
// because opening is where parsing, checking and table building happen:
//
//   - [OpenSymmetric] gives a [SymmetricKey], which turns plaintext and an
//     encryption context into a ciphertext blob and back. [ParseBlob] says
//     which key a blob belongs to.
//   - [Open] gives an [Opened] for every other spec: RSA encryption, signatures,
//     MACs, key agreement, the public key.
//
// Both are safe for concurrent use.
//
// # What is promised
//
// Data from outside that does not pass gives one error of this package, which
// does not say which check failed ([ErrInvalidCiphertext], [ErrInvalidSignature],
// [ErrInvalidMAC], [ErrIncorrectKeyMaterial]). No error carries key material or
// plaintext. Secrets are compared in constant time.
//
// The primitives are those of Go's standard library, thus of its FIPS 140-3
// module, with two exceptions that Go does not have: secp256k1 and ML-DSA. In
// FIPS 140-3 only mode these two and OAEP with SHA-1 give [ErrNotApproved]; see
// [FIPS].
//
// # What it does not protect against
//
// Whoever reads the memory of the process reads the keys. [Material.Zero] wipes
// the bytes that this package holds, not the copies that the Go runtime and the
// expanded keys have made. The secp256k1 library's arithmetic is not constant
// time in its base multiplication; the other private key operations are.
package cryptography
