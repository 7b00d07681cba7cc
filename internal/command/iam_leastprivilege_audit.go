package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
)

// auditSource reads the records in the audit log of a data folder, data events
// too, after it has proven that the log is whole. The cloud may be running.
type auditSource struct {
	dir   string
	found audit.Result
}

var _ leastprivilege.Source = (*auditSource)(nil)

// Records implements leastprivilege.Source.
func (a *auditSource) Records(ctx context.Context, q leastprivilege.Query) iter.Seq2[*leastprivilege.Record, error] {
	return func(yield func(*leastprivilege.Record, error) bool) {
		files, err := a.files()
		if err == nil {
			a.found, err = audit.Verify(a.dir)
		}
		if err != nil {
			yield(nil, fmt.Errorf("%s: %w", a.dir, err))
			return
		}
		for _, file := range files {
			more, err := a.file(ctx, file, &q, yield)
			if err != nil {
				yield(nil, fmt.Errorf("%s: %w", file, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// files are those that were written since the cloud was last reset, oldest
// first.
func (a *auditSource) files() (list []string, err error) {
	all, err := filepath.Glob(filepath.Join(a.dir, "audit-*.jsonl"))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, hinted{errors.New("there is no audit log"), "name the data folder of a Fortlet with --data"}
	}
	slices.Sort(all)
	newest := 0
	for _, file := range slices.Backward(all) {
		epoch, err := epochOf(file)
		if err != nil {
			return nil, err
		}
		if newest = max(newest, epoch); epoch != newest {
			break
		}
		list = append(list, file)
	}
	slices.Reverse(list)
	return list, nil
}

// epochOf reads the first line of a file.
func epochOf(file string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var header struct{ Epoch int }
	if err := json.NewDecoder(f).Decode(&header); err != nil {
		return 0, fmt.Errorf("%s: the first line is no header: %w", file, err)
	}
	return header.Epoch, nil
}

func (a *auditSource) file(ctx context.Context, file string, q *leastprivilege.Query, yield func(*leastprivilege.Record, error) bool) (more bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 128<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return true, nil // what follows the last newline is being written
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return false, err
		}
		var entry struct {
			Seq   uint64
			Event json.RawMessage
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			return false, err
		}
		if entry.Event == nil || entry.Seq > a.found.Head.Seq {
			continue // a header, or later than what was verified
		}
		r, err := q.Decode(entry.Event)
		if err != nil {
			return false, fmt.Errorf("record %d: %w", entry.Seq, err)
		}
		if r != nil && !yield(r, nil) {
			return false, nil
		}
	}
}

// About implements leastprivilege.Source.
func (a *auditSource) About() []string {
	return []string{fmt.Sprintf("the audit log in %s, whole up to record %d, data events among it", a.dir, a.found.Head.Seq)}
}
