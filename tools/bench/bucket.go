package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// The bucket that the S3 operations use, on Fortlet and on peers. The user's
// policy allows its own folder of it.
const (
	bucketName = "application-data"
	folder     = "/" + bucketName + "/" + userName + "/"
)

const (
	small = 1 << 10
	large = 8 << 20
	// smallObjects and largeObjects are how many objects GETs choose from.
	smallObjects = 2048
	largeObjects = 8
	listed       = 1000
)

// bucketOperations are what is measured of S3. PUTs overwrite two thousand
// keys again and again, so that each also frees what it replaces.
func (b *bench) bucketOperations() []operation {
	payload := make([]byte, large)
	rand.Read(payload)
	hash := sigv4.HashPayload(payload)
	return []operation{
		{name: "PutObject 1 KiB", message: func() message { return put("put/"+rand.Text(), payload[:small], "") }, silent: true},
		{name: "GetObject 1 KiB", message: func() message { return get(fmt.Sprintf("small/%d", mathrand.IntN(smallObjects))) }},
		{name: "PutObject 8 MiB", message: func() message { return put(fmt.Sprintf("large/%d", mathrand.IntN(64)), payload, hash) }, silent: true, bytes: large, conns: []int{1, 4}},
		{name: "GetObject 8 MiB", message: func() message { return get(fmt.Sprintf("object/%d", mathrand.IntN(largeObjects))) }, bytes: large, conns: []int{1, 4}},
		{name: "ListObjectsV2 1,000 of 1,000", message: func() message { return list("few/", "") }, conns: []int{1, 16}},
	}
}

var makeBucket = message{method: http.MethodPut, service: "s3", path: "/" + bucketName}

func put(key string, body []byte, hash string) message {
	return message{method: http.MethodPut, service: "s3", path: folder + key, contentType: "application/octet-stream", body: body, hash: hash}
}

func get(key string) message {
	return message{method: http.MethodGet, service: "s3", path: folder + key}
}

// list lists a page of a folder from a key on.
func list(folder, after string) message {
	query := "?list-type=2&max-keys=1000&prefix=" + userName + "%2F" + folder
	if after != "" {
		query += "&start-after=" + userName + "%2F" + folder + after
	}
	return message{method: http.MethodGet, service: "s3", path: "/" + bucketName + query}
}

// s3 measures a server's object store: that of Fortlet or of a peer.
func (b *bench) s3(ctx context.Context, server *child, name string, root, as caller) error {
	if err := root.do(ctx, makeBucket, nil); err != nil {
		return fmt.Errorf("CreateBucket: %w", err)
	}
	if err := b.fill(ctx, as); err != nil {
		return err
	}
	for _, op := range b.bucketOperations() {
		if b.opts.match != nil && !b.opts.match.MatchString(op.name) {
			continue
		}
		conns := op.conns
		if conns == nil {
			conns = b.opts.conns
		}
		for _, n := range conns {
			if err := b.add(ctx, op.on(server, name+op.name, as), n); err != nil {
				return err
			}
		}
	}
	return b.listing(ctx, server, name, as)
}

func (b *bench) add(ctx context.Context, t target, conns int) error {
	r, err := b.measure(ctx, t, conns)
	if err != nil {
		return fmt.Errorf("%s over %d connections: %w", t.name, conns, err)
	}
	b.report.Rows = append(b.report.Rows, *r)
	return nil
}

// fill puts what is read later.
func (b *bench) fill(ctx context.Context, as caller) error {
	body := make([]byte, large)
	rand.Read(body)
	hash := sigv4.HashPayload(body)
	for i := range largeObjects {
		if err := as.do(ctx, put(fmt.Sprintf("object/%d", i), body, hash), nil); err != nil {
			return err
		}
	}
	if err := b.putMany(ctx, as, "small/%d", smallObjects, body[:small]); err != nil {
		return err
	}
	return b.putMany(ctx, as, "few/%d", listed, nil)
}

// fillConns is the number of connections over which many objects are put.
const fillConns = 64

// putMany puts many objects under numbered keys.
func (b *bench) putMany(ctx context.Context, as caller, key string, count int, body []byte) error {
	var next atomic.Int64
	source := requestSource{addr: as.addr, as: as.as, silent: true, messages: []func() message{
		func() message { return put(fmt.Sprintf(key, next.Add(1)-1), body, "") },
	}}
	l, err := openLoad(ctx, source, fillConns)
	if err != nil {
		return err
	}
	defer l.close()
	for done := 0; done < count; {
		n := min(count-done, distinct)
		if _, err := l.stretch(ctx, limit{time.Minute, n}, new(histogram)); err != nil {
			return err
		}
		done += n
	}
	return nil
}

// listing measures pages of a folder of very many objects.
func (b *bench) listing(ctx context.Context, server *child, name string, as caller) error {
	if b.opts.objects == 0 {
		return nil
	}
	b.progress("%sputting %d objects", name, b.opts.objects)
	start := time.Now()
	if err := b.putMany(ctx, as, "many/%08d", b.opts.objects, nil); err != nil {
		return err
	}
	b.progress("%sput %d objects in %v", name, b.opts.objects, time.Since(start).Round(time.Second))
	op := operation{name: fmt.Sprintf("ListObjectsV2 1,000 of %s", thousands(float64(b.opts.objects))), message: func() message {
		return list("many/", fmt.Sprintf("%08d", mathrand.IntN(max(1, b.opts.objects-listed))))
	}}
	for _, n := range []int{1, 16} {
		if err := b.add(ctx, op.on(server, name+op.name, as), n); err != nil {
			return err
		}
	}
	return nil
}
