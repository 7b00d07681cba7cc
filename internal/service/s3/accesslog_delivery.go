package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

const (
	// maxLogRow is how much of a log is in one row, and maxLogFile in one file.
	maxLogRow  = 1 << 20
	maxLogFile = 8 << 20
	// maxWaiting is how much of the log of one bucket waits for a target that
	// does not take it. The oldest lines go first.
	maxWaiting = 32 << 20
)

// compare sorts parts by their buckets and days.
func (p logPart) compare(q logPart) int {
	return strings.Compare(store.Key(p.id, p.day), store.Key(q.id, q.day))
}

// waitingKey is where the n-th row of a part is kept that a run puts there. Runs
// sort by their times.
func waitingKey(p logPart, run string, n int) string {
	return store.Key(p.id, p.day, run, fmt.Sprintf("%04d", n))
}

// deliver is the background job: every bucket with lines that wait has them
// delivered. What one target does not take keeps no other from delivering.
func (l *accessLogs) deliver(ctx context.Context) error {
	errs := []error{l.keep(ctx)}
	for id := ""; ; {
		var next *loggedLines
		err := l.service.cloud.Store.View(ctx, func(tx *store.Tx) error {
			id, next = nextWaiting(tx, id)
			return nil
		})
		if err != nil || next == nil {
			return errors.Join(append(errs, err)...)
		}
		if err := l.deliverLog(ctx, next.Bucket, id); err != nil {
			errs = append(errs, fmt.Errorf("access log of bucket %s: %w", next.Bucket, err))
		}
	}
}

// nextWaiting is the first row of the next bucket that has lines waiting.
func nextWaiting(tx *store.Tx, after string) (id string, first *loggedLines) {
	if after != "" {
		after = store.Prefix(after) + "\xff" // behind all days
	}
	for at, row := range waitingLines.Scan(tx, "", after) {
		return store.Parts(at)[0], row
	}
	return "", nil
}

// deliverLog delivers all that waits of a bucket's log. For a bucket that is gone
// or logs no more there is nobody who wants it.
func (l *accessLogs) deliverLog(ctx context.Context, name, id string) error {
	for {
		var b *Bucket
		var f logFile
		err := l.service.cloud.Store.View(ctx, func(tx *store.Tx) error {
			if b = buckets.Get(tx, name); b == nil || b.ID != id || b.Logging == nil {
				b = nil
			}
			f.read(tx, id, b.eventTime())
			return nil
		})
		switch {
		case err != nil:
			return err
		case len(f.rows) == 0:
			return nil
		case b == nil:
			err = errors.Join(l.refresh(ctx, name), l.forget(ctx, f.rows))
		default:
			err = l.deliverFile(ctx, b, &f)
		}
		var refused *api.Error
		if errors.As(err, &refused) && refused.Status < 500 {
			l.service.cloud.Log.Warn("access log cannot be delivered", "bucket", name, "target", *b.Logging.TargetBucket, "error", refused.Code)
			return l.limit(ctx, id)
		}
		if err != nil {
			return err
		}
	}
}

// logFile is a log file in the making.
type logFile struct {
	rows  []string // of waitingLines
	day   string   // of the first line
	lines []byte
}

// read reads the next file of a bucket's log, of one day or of all.
func (f *logFile) read(tx *store.Tx, id string, oneDay bool) {
	for at, row := range waitingLines.Scan(tx, store.Prefix(id), "") {
		if len(f.rows) > 0 && (len(f.lines)+len(row.Lines) > maxLogFile || oneDay && row.Day != f.day) {
			return
		}
		if f.day == "" {
			f.day = row.Day
		}
		f.rows, f.lines = append(f.rows, at), append(f.lines, row.Lines...)
	}
}

// deliverFile writes a log file, as the service that AWS names for it and on
// behalf of the bucket: the policy of the target lets it in, or does not. A crash
// before the lines are forgotten delivers them twice.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#grant-log-delivery-permissions-general
func (l *accessLogs) deliverFile(ctx context.Context, b *Bucket, f *logFile) error {
	as := cloud.As{Service: "logging.s3.amazonaws.com", SourceARN: bucketARN(b.Name), SourceAccount: b.Account, Region: b.Region}
	target, key := *b.Logging.TargetBucket, b.logKey(f.day, l.service.cloud.Now())
	_, err := cloud.Act(ctx, l.service.cloud, as, s3api.OpPutObject, &s3api.PutObjectInput{
		Bucket:        &target,
		Key:           &key,
		Body:          bytes.NewReader(f.lines),
		ContentLength: new(int64(len(f.lines))),
		ContentType:   new("text/plain"),
		ACL:           s3api.ObjectCannedACLBucketOwnerFullControl,
		// Who takes over the name of a target that was deleted gets no log, however
		// wide it opens its bucket to the service.
		ExpectedBucketOwner: &b.Account,
	})
	if err != nil {
		return err
	}
	return errors.Join(l.grant(ctx, b, target, key), l.forget(ctx, f.rows))
}

// eventTime reports a configuration that wants a file to be of one day.
func (b *Bucket) eventTime() bool {
	if b == nil || b.Logging.TargetObjectKeyFormat == nil {
		return false
	}
	p := b.Logging.TargetObjectKeyFormat.PartitionedPrefix
	return p != nil && p.PartitionDateSource != s3api.PartitionDateSourceDeliveryTime
}

// logKey is the key of a log file. One whose name tells the time of its events
// tells their day alone.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html
func (b *Bucket) logKey(day string, now time.Time) string {
	prefix, at := value(b.Logging.TargetPrefix), now.UTC()
	if b.eventTime() {
		if of, err := time.Parse(time.DateOnly, day); err == nil {
			at = of
		}
	}
	if k := b.Logging.TargetObjectKeyFormat; k != nil && k.PartitionedPrefix != nil {
		prefix += b.Account + "/" + b.Region + "/" + b.Name + "/" + at.Format("2006/01/02/")
	}
	var unique [8]byte
	rand.Read(unique[:])
	return prefix + at.Format("2006-01-02-15-04-05-") + fmt.Sprintf("%X", unique)
}

// grant gives a log file the grants that the configuration of its bucket names,
// beside those that it has. It needs nobody's permission: who has put the
// configuration owns both buckets.
func (l *accessLogs) grant(ctx context.Context, b *Bucket, target, key string) error {
	if len(b.Logging.TargetGrants) == 0 {
		return nil
	}
	return l.service.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		t := buckets.Get(tx, target)
		if t == nil || t.aclsDisabled() || t.Account != b.Account {
			return nil
		}
		o := newest.Get(tx, newestKey(t, key))
		if o == nil || o.ACL == nil {
			return nil
		}
		o = new(*o)
		o.ACL = new(*o.ACL)
		o.ACL.Grants = append([]s3api.Grant(nil), o.ACL.Grants...)
		for _, g := range b.Logging.TargetGrants {
			o.ACL.Grants = append(o.ACL.Grants, grantTo(*g.Grantee, s3api.Permission(g.Permission)))
		}
		if p := t.PublicAccessBlock; p != nil && isTrue(p.BlockPublicAcls) {
			o.ACL.Grants = access.WithoutPublic(o.ACL.Grants)
		}
		amend(tx, t, key, o)
		return nil
	})
}

// forget removes lines that are delivered, or that nobody wants.
func (l *accessLogs) forget(ctx context.Context, rows []string) error {
	return l.service.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		for _, at := range rows {
			waitingLines.Delete(tx, at)
		}
		return nil
	})
}

// limit drops the oldest of the lines that wait, where they are too many.
func (l *accessLogs) limit(ctx context.Context, id string) error {
	var rows []string
	var sizes []int
	total := 0
	err := l.service.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for at, row := range waitingLines.Scan(tx, store.Prefix(id), "") {
			rows, sizes = append(rows, at), append(sizes, len(row.Lines))
			total += len(row.Lines)
		}
		return nil
	})
	drop := 0
	for dropped := 0; total-dropped > maxWaiting; drop++ {
		dropped += sizes[drop]
	}
	if err != nil || drop == 0 {
		return err
	}
	l.service.cloud.Log.Warn("access log lines were dropped: their target does not take them", "bytes", total-maxWaiting)
	return l.forget(ctx, rows[:drop])
}
