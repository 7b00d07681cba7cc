// Package crash proves that a fortlet up which ends badly has lost nothing and
// has done nothing by halves. It holds tests only; they run the real binary.
//
// Writers change IAM, KMS and S3 at the same time through the AWS SDK. Each owns
// what it makes and asks for one change after the other, so it knows exactly
// what must be there (its world), and the one change that may or may not be
// (the one it was waiting for). Then something happens: SIGKILL, SIGTERM, a cut
// connection, a full disk. The binary starts again on the same folder, and the
// whole cloud is read back, each thing in every way in which the API shows it.
//
//   - Every world is there as acknowledged, with the change in flight whole or
//     not at all, and nothing besides.
//   - Content is there byte for byte. Somebody reads it all the while, too, and
//     is never served what nobody has written.
//   - The audit log verifies and goes on from where it was, and has one record
//     of each acknowledged change.
//   - The rows of S3 and the files of contents are those that the worlds need,
//     and no other: nothing was leaked.
//
// Further rounds go on with the same folder, so that damage which shows late
// shows. Flags: -crash.rounds, and -crash.seed to repeat the choices of a run
// (though not the scheduling of its processes).
//
// What SIGKILL cannot show, the loss of what the disk was not asked to sync, is
// tested in packages store, blob and audit with disks that forget.
package crash
