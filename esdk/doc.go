// Package esdk reads and writes the message format of the AWS Encryption SDK.
//
// A message holds its content, encrypted, and everything that the holder of a
// wrapping key needs to open it: the data key, encrypted under one or more
// wrapping keys; an encryption context, public pairs that are bound to the
// content; and, by default, a signature. Messages are understood by the
// Encryption SDKs of AWS for other languages, and theirs by this package.
//
// # Where to begin
//
// Choose a keyring: package awskms has those whose wrapping keys stay in AWS
// KMS, package rawkey those whose keys you hold yourself. [NewManager] makes a
// [Manager] of it. Then
//
//   - [Seal] and [Open] are for messages that fit into memory;
//   - [NewWriter] and [NewReader] are for streams of any length, in constant
//     memory.
//
// [NewMulti] combines keyrings, so that any of several wrapping keys opens a
// message. [NewCachingManager] spares calls to AWS KMS. [NewRequiredContext]
// keeps pairs of the context out of the message.
//
// Options may be nil. What one gets then: messages that commit to their data key
// and are signed (suite [CommittedSigned]) are written; messages that do not
// commit are refused; of a signed message nothing is released before its
// signature is verified.
//
// # Context
//
// Give every message an encryption context that says what it is for, and state
// what you expect of it in [DecryptOptions]: otherwise any message that your
// keyring opens will do, wherever it was taken from. The context is public; put
// no secrets into it.
//
// # What is promised
//
// A byte of plaintext is released only after the frame that it stands in is
// authentic. That the message is whole, and who signed it, is only known at the
// end: Open returns plaintext then and not before, a [Reader] returns [io.EOF].
// Treat every other error of a Reader as if nothing had been read. Messages
// whose suite commits ([Suite.Commits]) open under one data key only; with other
// suites whoever knows two data keys can make a message that reads differently
// under each.
//
// # What is not
//
// A signature tells that all of a message is by one writer, not who that is: its
// key stands in the message, and is vouched for by the wrapping keys. Whoever can
// wrap data keys can write messages. With a keyring of RSA keys that is anybody,
// for the keys that wrap are public.
//
// The length of the content, its context and its wrapping keys are plain to see.
// A message can be replayed, or put in the place of another with the same
// context. Plaintext and data keys are in the memory of the process; data keys
// are overwritten after use as far as Go allows.
package esdk
