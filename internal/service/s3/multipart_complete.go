package s3

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// CompleteMultipartUpload makes an object of the parts of an upload.
func (s *Service) CompleteMultipartUpload(ctx context.Context, in *s3api.CompleteMultipartUploadInput) (*s3api.CompleteMultipartUploadOutput, error) {
	c, err := s.resume(ctx, uploadReference{*in.Bucket, *in.Key, *in.UploadId, in.ExpectedBucketOwner})
	if err != nil {
		return nil, err
	}
	a, err := newAssembly(in)
	if err != nil {
		return nil, err
	}
	b, u, call := c.bucket, c.upload, cloud.From(ctx)
	switch {
	case u == nil && c.completed.by(a):
		return completion(call, b, *in.Key, &c.completed.Object), nil
	case u == nil:
		return nil, errNoSuchUpload(*in.UploadId)
	}
	if a.condition.reads() {
		if err := s.authorize(ctx, b, question{action: "s3:GetObject", key: u.Key, object: c.prev}); err != nil {
			return nil, err
		}
	}
	customer := encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5)
	if err := s.mayUseParts(ctx, b, u, customer); err != nil {
		return nil, err
	}
	o, err := s.complete(ctx, b, u, a)
	if err != nil {
		return nil, s.concealed(ctx, b, u.Key, err)
	}
	out := completion(call, b, u.Key, o)
	out.Expiration = shownExpiration(b, o, u.Key)
	return out, nil
}

// mayUseParts asks for the key that the parts are encrypted with: with KMS the
// caller needs kms:Decrypt. An upload under a customer's key may be completed
// without it, as nothing is decrypted; but not with another one.
func (s *Service) mayUseParts(ctx context.Context, b *Bucket, u *upload, customer *encryption.CustomerKey) error {
	if customer == nil && u.Object.Encryption.CustomerKeyMD5 != "" {
		return nil
	}
	_, err := s.keys.OpenUpload(ctx, b.forEncryption(), u.Key, u.Object.Encryption, customer)
	return err
}

// complete puts the object in its place, in one transaction with the end of the
// upload: of several who complete or abort it one succeeds. Who completes it as
// another has just done is answered as that one.
func (s *Service) complete(ctx context.Context, b *Bucket, u *upload, a *assembly) (o *Object, err error) {
	call := cloud.From(ctx)
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		b, err := current(tx, b)
		if err != nil {
			return err
		}
		if done := findCompleted(tx, b, u.Key, u.ID); done.by(a) {
			o = &done.Object
			return nil
		}
		u, err := findUpload(tx, b, u.Key, u.ID)
		if err != nil {
			return err
		}
		list, err := a.pick(tx, u)
		if err != nil {
			return err
		}
		if o, err = a.object(u, list); err != nil {
			return err
		}
		if err := a.conflict(newest.Get(tx, newestKey(b, u.Key)), u); err != nil {
			return err
		}
		u.lockByDefault(o, b, call.Time)
		if err := s.store(tx, b, u.Key, o, call.Time, a.condition); err != nil {
			return err
		}
		kept := make(map[string]bool, len(list))
		for _, p := range list {
			kept[p.Blob.ID] = true
		}
		s.endUpload(tx, b, u, kept)
		rememberCompleted(tx, call, b, u, o)
		return nil
	})
	return o, err
}

// lockByDefault has the bucket's default retention begin now, not when the
// upload did, where the upload has none of its own.
func (u *upload) lockByDefault(o *Object, b *Bucket, now time.Time) {
	if _, own := u.Asked.Lookup("s3:object-lock-mode"); own {
		return
	}
	hold := o.LegalHold
	o.LockMode, o.RetainUntil = "", time.Time{}
	new(lockRequest).apply(o, b, now)
	o.LegalHold = hold
}

// conflict refuses a conditional completion whose key has changed since the
// upload began.
func (a *assembly) conflict(latest *Object, u *upload) error {
	exists := latest != nil && !latest.Marker
	switch {
	case a.condition.noneMatch && !exists && u.Newest != "":
		return errConditionalConflict("If-None-Match", u.Key)
	case a.condition.match != "" && exists && latest.ETag == a.condition.match && latest.Version != u.Newest:
		return errConditionalConflict("If-Match", u.Key)
	}
	return nil
}

func errConditionalConflict(header, key string) *api.Error {
	return with(api.Errorf("ConditionalRequestConflict", 409, "The conditional request cannot succeed due to a conflicting operation against this resource."),
		"Condition", header, "Key", key)
}

// completion is the answer about a completed upload.
func completion(call *cloud.Call, b *Bucket, key string, o *Object) *s3api.CompleteMultipartUploadOutput {
	out := &s3api.CompleteMultipartUploadOutput{
		Location: new(location(call, b, key)),
		Bucket:   new(b.Name), Key: new(key),
		ETag:      new(quoted(o.ETag)),
		VersionId: shownVersion(b, o),
	}
	h := o.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.BucketKey
	o.Checksum.show(out)
	return out
}

// location is the address of an object, in the style of the request. S3 escapes
// the key as in a form, slashes and all:
// https://github.com/aws/aws-sdk-go/issues/1385
func location(call *cloud.Call, b *Bucket, key string) string {
	scheme := "http://"
	if call.SecureTransport {
		scheme = "https://"
	}
	address := scheme + call.Host + "/"
	if !inHost(b.Name, call.Host) {
		address += b.Name + "/"
	}
	return address + url.QueryEscape(key)
}

// inHost reports whether the client has named the bucket in the host.
func inHost(bucket, host string) bool {
	endpoint, ok := strings.CutPrefix(strings.ToLower(host), bucket+".")
	return ok && (strings.HasPrefix(endpoint, "s3.") || strings.HasPrefix(endpoint, "s3-") ||
		endpoint == "localhost" || strings.HasPrefix(endpoint, "localhost:"))
}
