package cloudtrail

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// maxBatch is how many bytes of events are delivered at once.
const maxBatch = 8 << 20

// logFile is a log file in the making: the events of one Region.
type logFile struct {
	content        []byte // JSON, its end missing
	oldest, newest time.Time
}

const (
	fileStart = `{"Records":[`
	fileEnd   = `]}`
)

// File is a log file that was delivered and is in no digest yet.
type File struct {
	Bucket, Key string
	Hash        string // SHA-256 of the content, hex
	Oldest      time.Time
	Newest      time.Time
	Delivered   time.Time
}

var delivered = store.NewTable[File]("cloudtrail.file") // by the trail's id, Region and position

// regions are the Regions that have files of their own: those that the model of
// S3 knows. A request may be signed for any name that looks like one, and every
// Region costs a key and a digest an hour, whether something happens there or
// not: so those that somebody makes up have none.
var regions = func() map[string]bool {
	m := map[string]bool{"us-east-1": true} // which has no location constraint
	for _, name := range s3api.BucketLocationConstraint("").Values() {
		m[name] = true
	}
	return m
}()

// add adds an event to the file of its Region. That is the trail's own, unless
// the trail is of all Regions.
func (d *delivery) add(e *audit.Entry) {
	region := e.Record.Region
	if !d.trail.AllRegions || !regions[region] {
		region = d.trail.Region
	}
	f := d.files[region]
	if f == nil {
		f = &logFile{content: []byte(fileStart), oldest: e.Record.EventTime, newest: e.Record.EventTime}
		d.files[region] = f
	} else {
		f.content = append(f.content, ',')
	}
	f.content = append(f.content, e.Event...)
	d.size += len(e.Event)
	if at := e.Record.EventTime; at.Before(f.oldest) {
		f.oldest = at
	} else if at.After(f.newest) {
		f.newest = at
	}
}

// flush delivers the files and then keeps that it did. Without files it keeps
// only that the position has moved.
func (d *delivery) flush(ctx context.Context) error {
	rows := map[string]*File{}
	for _, region := range slices.Sorted(maps.Keys(d.files)) {
		row, err := d.deliverFile(ctx, region, d.files[region])
		if err != nil {
			return refused(err)
		}
		rows[store.Key(d.trail.ID, region, fmt.Sprintf("%020d", d.position.Seq))] = row
	}
	clear(d.files)
	d.size = 0
	if d.idle() {
		return nil
	}
	return d.commit(ctx, func(tx *store.Tx, p *Progress) {
		d.moved(p)
		if len(rows) == 0 {
			return
		}
		p.Attempt, p.Delivered, p.Error = d.now, d.now, ""
		if !d.trail.Validation {
			return
		}
		for k, row := range rows {
			delivered.Put(tx, k, row)
		}
	})
}

// deliverFile writes one log file.
func (d *delivery) deliverFile(ctx context.Context, region string, f *logFile) (*File, error) {
	content := append(f.content, fileEnd...)
	sum := sha256.Sum256(content)
	row := &File{
		Bucket: d.trail.Bucket, Key: d.trail.logKey(region, d.now),
		Hash: hex.EncodeToString(sum[:]), Oldest: f.oldest, Newest: f.newest, Delivered: d.now,
	}
	return row, d.service.put(ctx, d.trail, row.Key, compressed(content), asJSON)
}

// logKey is the key of a log file.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
func (t *Trail) logKey(region string, at time.Time) string {
	name := fmt.Sprintf("%s_CloudTrail_%s_%s_%s.json.gz", t.Account, region, at.Format("20060102T1504Z"), randomText())
	return t.path("CloudTrail", region+"/"+at.Format("2006/01/02")+"/"+name)
}

// randomText keeps the names of two files of one minute apart: 16 letters and
// digits.
func randomText() string { return rand.Text()[:16] }

// compressed is content in gzip.
func compressed(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	// A buffer takes everything.
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}

// asJSON says what the files are.
func asJSON(in *s3api.PutObjectInput) {
	in.ContentType = new("application/json")
	in.ContentEncoding = new("gzip")
}
