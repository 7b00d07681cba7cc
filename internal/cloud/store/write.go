package store

import "fmt"

// write changes one row and the index entries that follow from it. A nil value
// deletes.
func (tx *Tx) write(t *table, key string, row any, value []byte) {
	engineKey := t.prefix + key
	if err := checkKey(t, key, engineKey); err != nil {
		tx.fail(err)
		return
	}
	if len(t.indexes) > 0 || value == nil {
		old := tx.row(t, key)
		if old == nil && value == nil {
			return
		}
		for _, i := range t.indexes {
			tx.reindex(i, key, old, row)
		}
	}
	if tx.err == nil {
		tx.own.Set(engineKey, &write{value: value, hash: t.rowHash(key)})
	}
}

// reindex replaces the entries of a row's old values by those of its new ones.
func (tx *Tx) reindex(i *index, key string, old, row any) {
	stale := make(map[string]bool)
	for _, value := range i.values(old) {
		stale[i.entry(value, key)] = true
	}
	for _, value := range i.values(row) {
		entry := i.entry(value, key)
		if err := checkKey(i.table, key, entry); err != nil {
			tx.fail(err)
			return
		}
		if stale[entry] {
			delete(stale, entry)
			continue
		}
		tx.own.Set(entry, &write{value: []byte{}})
	}
	for entry := range stale {
		tx.own.Set(entry, &write{})
	}
}

func checkKey(t *table, key, engineKey string) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: empty key in table %s", ErrKey, t.name)
	case len(engineKey) > MaxKey:
		return fmt.Errorf("%w: %d bytes in table %s", ErrKey, len(engineKey), t.name)
	}
	return nil
}
