package blob

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"
)

// sweepInterval is how long an orphan lies at most that nothing else has
// removed.
const sweepInterval = time.Hour

func (s *Store) sweepRegularly() {
	tick := time.NewTicker(sweepInterval)
	defer tick.Stop()
	for {
		select {
		case <-s.background.Done():
			return
		case <-tick.C:
		case <-s.sweep:
		}
		if err := s.Sweep(s.background); err != nil && s.background.Err() == nil {
			s.log.Warn("sweep of blobs", "cause", err)
		}
	}
}

// SweepSoon has Sweep run in the background: after a reset of the store, which
// leaves all files without rows.
func (s *Store) SweepSoon() {
	select {
	case s.sweep <- struct{}{}:
	default: // one is about to begin
	}
}

// Sweep removes the files that no row keeps, whatever they were left by.
func (s *Store) Sweep(ctx context.Context) error {
	folders, err := s.fs.list(s.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, folder := range folders {
		if len(folder) != folderLength {
			continue // not ours
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		ids, err := s.files(folder)
		if err == nil {
			err = s.removeOrphans(ctx, ids)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// files gives the ids of the files in a folder. What has other names is not
// ours.
func (s *Store) files(folder string) (ids []string, err error) {
	names, err := s.fs.list(filepath.Join(s.dir, folder))
	for _, name := range names {
		id, ours := strings.CutSuffix(name, suffix)
		if ours && isID(id) && folderOf(id) == folder {
			ids = append(ids, id)
		}
	}
	return ids, err
}
