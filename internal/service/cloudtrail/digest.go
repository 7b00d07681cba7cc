package cloudtrail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// digestInterval is the time that a digest covers. One that could not be made in
// time, because the cloud was off, covers all the time since the last.
const digestInterval = time.Hour

const (
	signatureAlgorithm = "SHA256withRSA"
	hashAlgorithm      = "SHA-256"
)

// Chain is a chain of digests of a trail in a Region.
type Chain struct {
	// Open says that there is a digest for the next to follow. The first of a
	// chain follows none.
	Open                         bool
	End                          time.Time // of the last digest
	Bucket, Key, Hash, Signature string    // of the last digest
}

var chains = store.NewTable[Chain]("cloudtrail.chain") // by the trail's id and Region

// digestFile is the content of a digest.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
type digestFile struct {
	Account            string  `json:"awsAccountId"`
	Start              string  `json:"digestStartTime"`
	End                string  `json:"digestEndTime"`
	Bucket             string  `json:"digestS3Bucket"`
	Key                string  `json:"digestS3Object"`
	Fingerprint        string  `json:"digestPublicKeyFingerprint"`
	SignatureAlgorithm string  `json:"digestSignatureAlgorithm"`
	Newest             *string `json:"newestEventTime"`
	Oldest             *string `json:"oldestEventTime"`

	PreviousBucket        *string `json:"previousDigestS3Bucket"`
	PreviousKey           *string `json:"previousDigestS3Object"`
	PreviousHash          *string `json:"previousDigestHashValue"`
	PreviousHashAlgorithm *string `json:"previousDigestHashAlgorithm"`
	PreviousSignature     *string `json:"previousDigestSignature"`

	Files []digestedFile `json:"logFiles"`
}

type digestedFile struct {
	Bucket        string `json:"s3Bucket"`
	Key           string `json:"s3Object"`
	Hash          string `json:"hashValue"`
	HashAlgorithm string `json:"hashAlgorithm"`
	Newest        string `json:"newestEventTime"`
	Oldest        string `json:"oldestEventTime"`
}

// due is a digest that shall be made.
type due struct {
	region     string
	chain      Chain
	start, end time.Time
	closing    bool
	keys       []string // of the files, which go with it
	files      []*File
}

// digests delivers the digests that are due, one per Region.
func (d *delivery) digests(ctx context.Context) error {
	list, err := d.dueDigests(ctx)
	if err != nil {
		return err
	}
	for _, g := range list {
		if err := d.deliverDigest(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// dueDigests finds the digests that are due: those of chains whose last digest
// is an hour old, and the last ones of a trail that does not log or digest
// anymore. A trail that logs has a chain at home even if nothing happens there.
func (d *delivery) dueDigests(ctx context.Context) (list []*due, err error) {
	closing := !d.trail.Validation || d.progress.stopped()
	err = d.service.cloud.Store.View(ctx, func(tx *store.Tx) error {
		regions := []string{}
		if d.trail.Validation && d.trail.Logging {
			regions = append(regions, d.trail.Region)
		}
		for k := range chains.Scan(tx, store.Prefix(d.trail.ID), "") {
			regions = append(regions, store.Parts(k)[1])
		}
		for k := range delivered.Scan(tx, store.Prefix(d.trail.ID), "") {
			regions = append(regions, store.Parts(k)[1])
		}
		slices.Sort(regions)
		for _, region := range slices.Compact(regions) {
			if g := d.dueDigest(tx, region, closing); g != nil {
				list = append(list, g)
			}
		}
		return nil
	})
	return list, err
}

// dueDigest is the digest of a Region, nil when none is due.
func (d *delivery) dueDigest(tx *store.Tx, region string, closing bool) *due {
	g := &due{region: region, start: d.progress.DigestFrom, closing: closing}
	if row := chains.Get(tx, store.Key(d.trail.ID, region)); row != nil {
		g.chain = *row
	}
	if g.chain.Open || g.start.Before(g.chain.End) {
		g.start = g.chain.End
	}
	if closing {
		// Digests are named for their ends: this one ends after the last.
		g.end = d.now
		if !g.end.After(g.start) {
			g.end = g.start.Add(time.Second)
		}
	} else {
		g.end = g.start.Add(d.now.Sub(g.start).Truncate(digestInterval))
		if !g.end.After(g.start) {
			return nil
		}
	}
	for k, f := range delivered.Scan(tx, store.Prefix(d.trail.ID, region), "") {
		if closing || f.Delivered.Before(g.end) {
			g.keys, g.files = append(g.keys, k), append(g.files, f)
		}
	}
	if closing && !g.chain.Open && len(g.files) == 0 {
		return nil // closed already
	}
	return g
}

// deliverDigest writes a digest, and then keeps that the chain has grown.
func (d *delivery) deliverDigest(ctx context.Context, g *due) error {
	key, err := d.service.signingKey(ctx, d.trail.Account, g.region, g.start, g.end)
	if err != nil {
		return err
	}
	content := d.trail.digest(g, key.Fingerprint)
	raw, err := json.Marshal(content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:])
	signature, err := d.service.sign(key, stringToSign(content, hash))
	if err != nil {
		return err
	}
	err = d.service.put(ctx, d.trail, content.Key, compressed(raw), asJSON, func(in *s3api.PutObjectInput) {
		in.Metadata = map[string]string{"signature": signature, "signature-algorithm": signatureAlgorithm}
	})
	if err != nil {
		return refused(err)
	}
	return d.commit(ctx, func(tx *store.Tx, p *Progress) {
		p.Digested, p.DigestError = d.now, ""
		for _, k := range g.keys {
			delivered.Delete(tx, k)
		}
		chain := &Chain{End: g.end}
		if !g.closing {
			*chain = Chain{Open: true, End: g.end, Bucket: content.Bucket, Key: content.Key, Hash: hash, Signature: signature}
		}
		chains.Put(tx, store.Key(d.trail.ID, g.region), chain)
	})
}

// digest is the content of a digest.
func (t *Trail) digest(g *due, fingerprint string) *digestFile {
	f := &digestFile{
		Account: t.Account, Start: written(g.start), End: written(g.end),
		Bucket: t.Bucket, Key: t.digestKey(g.region, g.end),
		Fingerprint: fingerprint, SignatureAlgorithm: signatureAlgorithm,
		Files: []digestedFile{},
	}
	if g.chain.Open {
		f.PreviousBucket, f.PreviousKey = &g.chain.Bucket, &g.chain.Key
		f.PreviousHash, f.PreviousHashAlgorithm, f.PreviousSignature = &g.chain.Hash, new(hashAlgorithm), &g.chain.Signature
	}
	for _, file := range g.files {
		newest, oldest := written(file.Newest), written(file.Oldest)
		f.Files = append(f.Files, digestedFile{file.Bucket, file.Key, file.Hash, hashAlgorithm, newest, oldest})
		// Such times sort as their texts do.
		if f.Newest == nil || newest > *f.Newest {
			f.Newest = &newest
		}
		if f.Oldest == nil || oldest < *f.Oldest {
			f.Oldest = &oldest
		}
	}
	return f
}

// digestKey is the key of a digest.
func (t *Trail) digestKey(region string, end time.Time) string {
	name := fmt.Sprintf("%s_CloudTrail-Digest_%s_%s_%s_%s.json.gz", t.Account, region, t.Name, t.Region, end.UTC().Format("20060102T150405Z"))
	return t.path("CloudTrail-Digest", region+"/"+end.UTC().Format("2006/01/02")+"/"+name)
}

// stringToSign is what the signature of a digest covers: when it ends, where it
// lies, its hash, and the signature before it.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
func stringToSign(f *digestFile, hash string) string {
	previous := "null"
	if f.PreviousSignature != nil {
		previous = *f.PreviousSignature
	}
	return strings.Join([]string{f.End, f.Bucket + "/" + f.Key, hash, previous}, "\n")
}
