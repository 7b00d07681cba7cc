// Package blob keeps the bytes of objects: encrypted, durable, read by ranges.
//
//	w := blobs.Create(key)
//	defer w.Abort()
//	if _, err := w.ReadFrom(body); err != nil {
//		return err
//	}
//	b, err := w.Commit()
//	if err != nil {
//		return err
//	}
//	return db.Update(ctx, func(tx *store.Tx) error {
//		blobs.Keep(tx, b)
//		objects.Put(tx, name, &Object{Content: b})
//		return nil
//	})
//
// A Blob is a reference, which its owner keeps in a row. Keep and Drop take part
// in the transaction that writes or deletes that row, so that the one is never
// there without the other. There is one Keep, and one Drop, for each blob.
//
// # What is promised
//
// When the transaction that keeps a blob returns, its bytes are durable. Small
// content lies in a row of the store, beside that of its owner, and shares its
// fsync. Large content lies in a file, which is synced with its name before
// Commit returns.
//
// What is read is what was written, or an error. Content is encrypted and
// authenticated in segments under a key that no other blob has: a segment that
// was changed, cut off, moved or taken from elsewhere does not open.
//
// Who has got a reader, or holds a blob, reads to the end although it is dropped
// meanwhile. Without that, a blob that was dropped is ErrGone: its owner's row
// is not any more what it was, so look it up again.
//
// Content does not take the last of the disk: where that is all there is, it is
// refused (ErrFull), so that the store can still change, and the audit log grow.
// What is dropped makes room.
//
// A file is there for good only if a row keeps it. Whatever else becomes of it,
// a crash, a full disk, an error or a reset of the store, the next sweep finds
// it: on Open, on SweepSoon and every hour.
//
// # What it does not protect against
//
// Sizes of objects, and when they were written, can be seen in the folder. The
// keys are the caller's: who has the rows and the keyring has the content.
//
// The format and its alternatives: docs/decisions/0005-object-content.md.
package blob
