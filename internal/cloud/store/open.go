package store

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Options say how Open is to treat a folder.
type Options struct {
	// Migrations are all changes of the schema there ever were, the oldest
	// first. How many of them a folder has seen is its schema version, so
	// append to the list and never take away from it.
	Migrations []Migration
}

// Migration brings what an older program wrote into the shape that newer ones
// expect, for instance by reading rows through a Table of the old type and the
// same name. It runs in an Update of its own. New fields and new tables need
// none.
type Migration func(tx *Tx) error

// Open opens the database in a folder, which it makes when there is none, and
// migrates it to the newest schema. The folder stays locked until Close.
func Open(dir string, opts Options) (*DB, error) {
	e, err := openBolt(dir, os.OpenFile)
	if err != nil {
		return nil, err
	}
	return open(e, opts)
}

func open(e engine, opts Options) (*DB, error) {
	db, err := newDB(e)
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	if err := db.migrate(opts.Migrations); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// formatVersion is how keys, values and index entries are laid out, which is
// this package's affair. The schema is that of its callers.
const formatVersion = 1

// header is the one row that every program can read.
type header struct {
	Format int `cbor:"format"`
	Schema int `cbor:"schema"`
}

const headerKey = "header"

var headers = NewTable[header]("store", func(t *table) { t.class = classHeader })

func (db *DB) migrate(migrations []Migration) error {
	ctx := context.Background()
	var at *header
	if err := db.View(ctx, func(tx *Tx) error {
		at = headers.Get(tx, headerKey)
		return nil
	}); err != nil {
		return err
	}
	if at == nil {
		return db.Update(ctx, func(tx *Tx) error {
			headers.Put(tx, headerKey, &header{formatVersion, len(migrations)})
			return nil
		})
	}
	if err := at.check(len(migrations)); err != nil {
		return err
	}
	for version := at.Schema; version < len(migrations); version++ {
		if err := db.Update(ctx, func(tx *Tx) error {
			headers.Put(tx, headerKey, &header{formatVersion, version + 1})
			return migrations[version](tx)
		}); err != nil {
			return fmt.Errorf("store: migration to schema version %d: %w", version+1, err)
		}
	}
	return nil
}

// check refuses what this program does not know.
func (h *header) check(schema int) error {
	switch {
	case h.Format > formatVersion:
		return fmt.Errorf("%w: format version %d, this program knows %d", ErrNewer, h.Format, formatVersion)
	case h.Schema > schema:
		return fmt.Errorf("%w: schema version %d, this program knows %d", ErrNewer, h.Schema, schema)
	case h.Format < 1 || h.Schema < 0:
		return corrupt("format version %d, schema version %d", h.Format, h.Schema)
	}
	return nil
}
