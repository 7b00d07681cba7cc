package s3

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"hash"
	"io"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// maxUpload is the most that one request brings.
const maxUpload = 5 << 30

// incoming is the body of a request on its way into a blob.
type incoming struct {
	body   io.Reader // nil is empty
	length *int64    // as the request announces it, nil where it does not
	claims claims
	// opaque says that the ETag is not to be the MD5 of the content, as where
	// the content is encrypted under a key of the caller's or of KMS.
	opaque bool
}

// digest is what has been computed of a body.
type digest struct {
	size int64
	md5  []byte // nil where nobody needs it
	sum  []byte // of the algorithm of the claims
}

// received is a body that has come in and has proved to be what its request
// claims. Its blob is durable, and to be kept or discarded.
type received struct {
	writer   *blob.Writer
	blob     blob.Blob
	size     int64
	etag     string
	checksum Checksum
}

// discard forgets the content, unless it has been kept by then.
func (r *received) discard() { r.writer.Abort() }

// receive writes a body into a new blob. Nothing is left behind of one that
// fails.
func (s *Service) receive(in *incoming, keys []blob.Key) (*received, error) {
	if in.length != nil && *in.length > maxUpload {
		return nil, errEntityTooLarge(*in.length, maxUpload)
	}
	r := &received{writer: s.blobs.Create(keys...)}
	whole := false
	defer func() {
		if !whole {
			r.discard()
		}
	}()
	if err := in.into(r); err != nil {
		return nil, err
	}
	whole = true
	return r, nil
}

func (in *incoming) into(r *received) error {
	d, err := in.copyTo(r.writer)
	if err != nil {
		return err
	}
	if err := in.claims.verify(in.body, d); err != nil {
		return err
	}
	r.size, r.etag, r.checksum = d.size, in.etag(d), wholeChecksum(in.claims.algorithm, d.sum)
	r.blob, err = r.writer.Commit()
	return err
}

// etag is the MD5 of the content or, where that would tell something of content
// that is encrypted under a key, chance.
func (in *incoming) etag(d digest) string {
	if !in.opaque {
		return hex.EncodeToString(d.md5)
	}
	var b [md5.Size]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// copyTo copies the body to w and computes what there is to know of it.
func (in *incoming) copyTo(w io.Writer) (digest, error) {
	if in.body == nil {
		in.body = strings.NewReader("")
	}
	first := pieces.Get().(*piece)
	switch err := first.fill(in.body); err {
	case nil:
		return in.copyLong(w, first)
	case io.EOF:
		defer pieces.Put(first)
		return in.copyShort(w, first.bytes())
	default:
		pieces.Put(first)
		return digest{}, err
	}
}

// copyShort is copyTo for a body that fits into one piece.
func (in *incoming) copyShort(w io.Writer, content []byte) (digest, error) {
	if err := in.complete(int64(len(content))); err != nil {
		return digest{}, err
	}
	d := digest{size: int64(len(content)), sum: checksum.Sum(in.claims.algorithm, content)}
	if in.hashesMD5() {
		sum := md5.Sum(content)
		d.md5 = sum[:]
	}
	_, err := w.Write(content)
	return d, err
}

// copyLong is copyTo for a body of which the first piece has come. MD5 is slower
// than all the rest together, so it is computed beside it.
func (in *incoming) copyLong(w io.Writer, first *piece) (d digest, err error) {
	sum, plain := checksum.New(in.claims.algorithm), md5.New()
	if in.hashesMD5() {
		d.size, err = in.pump(io.MultiWriter(sum, w), first, plain)
		d.md5 = plain.Sum(nil)
	} else {
		d.size, err = in.pump(w, first, sum)
	}
	d.sum = sum.Sum(nil)
	return d, err
}

// pump copies the rest of the body after the first piece, and all of it to h.
func (in *incoming) pump(w io.Writer, first *piece, h hash.Hash) (size int64, err error) {
	beside := hashBeside(h)
	defer beside.end()
	for p, rest := first, error(nil); ; {
		if size += int64(p.n); size > maxUpload {
			return size, errEntityTooLarge(size, maxUpload)
		}
		beside.hash(p)
		if _, err := w.Write(p.bytes()); err != nil {
			return size, err
		}
		if rest == io.EOF {
			return size, in.complete(size)
		}
		p = beside.next()
		if rest = p.fill(in.body); rest != nil && rest != io.EOF {
			return size, rest
		}
	}
}

func (in *incoming) hashesMD5() bool { return !in.opaque || in.claims.md5 != nil }

// complete checks the length of a body against what the request announced.
func (in *incoming) complete(size int64) error {
	if in.length != nil && *in.length != size {
		return api.Errorf("IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header")
	}
	return nil
}
