// Package store keeps the state of every service: typed tables with secondary
// indexes, read in View and changed in Update transactions.
//
//	var users = store.NewTable[User]("iam.user")
//	var usersByID = users.Index("id", func(u *User) []string { return []string{u.ID} })
//
//	err := db.Update(ctx, func(tx *store.Tx) error {
//		key := store.Key(account, name)
//		if users.Get(tx, key) != nil {
//			return errEntityAlreadyExists
//		}
//		users.Put(tx, key, &User{Name: name, ID: id})
//		return nil
//	})
//
// # What is promised
//
// Transactions are serializable. Update functions run one at a time, each
// exactly once, and see all that earlier ones wrote. Update returns once the
// changes are durable; callers that commit at the same time share one fsync.
// An error from the function undoes what that function wrote and nothing else.
//
// A View sees one durable state from start to end, never waits for a writer
// and never sees what was not acknowledged or may still be refused.
//
// A commit that cannot be made durable is refused, and with it every later
// Update (ErrFailed) until the store is opened again: after a failed fsync
// nobody can know what the disk holds. Views go on reading the last durable
// state. (What was refused is mostly gone after a restart, but may be there, as
// with any database whose disk failed in the last moment of a commit.)
//
// Reads need no error handling. Where the engine fails, Get answers nil, the
// error stays with the transaction, and View and Update return it in place of
// whatever the function returned.
//
// # How to use it well
//
// Update functions hold up every other writer: no network, no waiting, no key
// generation, and never an Update inside an Update, which would wait for
// itself.
//
// A row is found by its key or through an index. Names and identifiers that come
// from outside are joined by Key, so that none of them can reach into another's
// rows.
//
// Rows are immutable and shared between goroutines: copy a row before changing
// it, then Put the copy. Put keeps an encoded copy, so what is read back is
// what a restart would read: fields without an encoding do not come back. As
// long as a row does not change, Get keeps giving the same pointer (unless the
// cache has dropped it), so that a pointer can key what was derived from a row.
//
// # Engines
//
// The engine beneath is small: a snapshot to read, and one call that applies a
// batch durably. Memory keeps nothing; Open stands on bbolt, for the reasons in
// docs/decisions/0002-storage-engine.md.
//
// Nothing here says that there is one machine. A PostgreSQL store would keep
// each table as (key bytea primary key, row bytea) and each index as (value
// bytea, key bytea), which sort by bytes as keys do here. View would be a
// REPEATABLE READ READ ONLY transaction and Update a SERIALIZABLE one that
// sends its buffered writes at the end; Reset would be a TRUNCATE. Two things
// would change without a change in any service: a function would run again
// after a serialization failure, which nobody notices of a function whose only
// effects are Put, Delete and OnCommit; and the cache would ask for the version
// of a row before it gives one.
package store
