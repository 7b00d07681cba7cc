// Package crypt encrypts and decrypts files, folders and pipes in the message
// format of the AWS Encryption SDK, as the AWS Encryption CLI does: what an
// option means there, it means here.
//
// A [Job] says what goes where, and [Job.Run] does it. Two things are promised
// of every file that it writes. It appears under its name whole, authentic and
// on disk, or not at all: a failure, a signal or a wrong signature leaves what
// was there before. And nothing that a sender signed is given out before the
// signature is verified, on a pipe neither, unless the caller says so.
//
// Where the AWS Encryption CLI goes on, this stops if going on could lose or
// reveal something: two inputs for one output, an output that is an input, bytes
// behind a message are errors.
package crypt
