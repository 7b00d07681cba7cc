package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"time"
)

const (
	millionConns = 16
	// millionTime bounds the load when the server is slow: then fewer requests
	// are made, and the report says how many.
	millionTime = 6 * time.Minute
)

// million is the state of a server that has answered many requests.
type million struct {
	Requests  int   `json:"requests"`
	RSS       int64 `json:"rssBytes"`
	IdleRSS   int64 `json:"rssIdleBytes"`
	DataBytes int64 `json:"dataBytes"` // what the requests left in the data folder
}

// million sends many requests of all operations in turn and looks at what
// they leave in memory and on disk.
func (b *bench) million(ctx context.Context, server *child, folder string, w *world) error {
	source := requestSource{addr: server.addr, as: w.user.as}
	for _, op := range w.operations() {
		source.messages = append(source.messages, op.message)
	}
	before, err := folderSize(filepath.Join(b.dir, folder))
	if err != nil {
		return err
	}
	l, err := openLoad(ctx, source, millionConns)
	if err != nil {
		return err
	}
	defer l.close()
	o, err := l.run(ctx, limit{millionTime, b.opts.million})
	if err != nil {
		return err
	}
	m := &million{Requests: o.latencies.total}
	if m.RSS, err = server.process().rss(); err != nil {
		return err
	}
	after, err := folderSize(filepath.Join(b.dir, folder))
	if err != nil {
		return err
	}
	m.DataBytes = after - before
	b.progress("%d requests in %v: memory %s; waiting %v", m.Requests, o.elapsed.Round(time.Second), megabytes(m.RSS), b.opts.idle)
	l.close() // idle means that nobody is connected
	if m.IdleRSS, err = idleRSS(ctx, server, b.opts.idle); err != nil {
		return err
	}
	b.progress("memory %s, data folder grew by %s", megabytes(m.IdleRSS), megabytes(m.DataBytes))
	b.report.Million = m
	return nil
}

// folderSize is the size of all files under a folder.
func folderSize(root string) (size int64, err error) {
	err = filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
