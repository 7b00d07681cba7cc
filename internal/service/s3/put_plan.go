package s3

import (
	"context"
	"errors"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// creation is what a request says of the object that it makes, but for its
// content. PutObject, CopyObject and CreateMultipartUpload have the same headers
// for it.
type creation struct {
	acl        aclRequest
	headers    Headers
	metadata   map[string]string
	tagging    *string           // x-amz-tagging
	tags       map[string]string // those that the object gets
	class      s3api.StorageClass
	lock       lockRequest
	encryption encryption.Request

	ifMatch, ifNoneMatch *string
	condition            condition
}

// plan asks for permission to make an object, with everything that the request
// says of it, and makes its row without content. prev is the newest version of
// the key so far. Tags that the request names complete c.tags, its conditional
// headers c.condition.
func (s *Service) plan(ctx context.Context, b *Bucket, key string, prev *Object, c *creation) (*Object, encryption.Resolved, error) {
	if err := c.read(); err != nil {
		return nil, encryption.Resolved{}, err
	}
	if err := s.authorizeCreation(ctx, b, key, prev, c); err != nil {
		return nil, encryption.Resolved{}, err
	}
	call := cloud.From(ctx)
	if err := c.lock.check(b, call.Time); err != nil {
		return nil, encryption.Resolved{}, err
	}
	o := &Object{
		Owner:        objectOwner(call, b, &c.acl),
		Modified:     call.Time.UTC().Truncate(time.Second),
		StorageClass: keptClass(c.class),
		Headers:      c.headers,
		Metadata:     c.metadata,
		Tags:         c.tags,
	}
	c.lock.apply(o, b, call.Time)
	var err error
	if o.ACL, err = s.newObjectACL(ctx, b, key, o.Owner, c.acl); err != nil {
		return nil, encryption.Resolved{}, err
	}
	how, err := s.keys.Resolve(b.forEncryption(), c.encryption)
	return o, how, err
}

// read reads what is text in a creation, and refuses what no object can be.
func (c *creation) read() (err error) {
	if c.condition, err = writeCondition(c.ifMatch, c.ifNoneMatch); err != nil {
		return err
	}
	if c.tagging != nil {
		if c.tags, err = parseTagging(*c.tagging); err != nil {
			return err
		}
	}
	if err := checkMetadata(c.metadata); err != nil {
		return err
	}
	if err := checkRedirect(c.headers.WebsiteRedirectLocation); err != nil {
		return err
	}
	return checkStorageClass(c.class)
}

// authorizeCreation asks for the permission to put an object, and for those to
// set what the request sets besides.
func (s *Service) authorizeCreation(ctx context.Context, b *Bucket, key string, prev *Object, c *creation) error {
	if prev != nil && prev.Marker {
		prev = nil
	}
	listed, err := s.takesPermission(ctx, b, &c.acl)
	if err != nil {
		return err
	}
	for _, p := range []struct {
		needed bool
		question
	}{
		{true, question{action: "s3:PutObject", object: prev}},
		{len(c.tags) > 0, question{action: "s3:PutObjectTagging"}},
		{listed, question{action: "s3:PutObjectAcl"}},
		{c.lock.retains(), question{action: "s3:PutObjectRetention"}},
		{c.lock.hold != "", question{action: "s3:PutObjectLegalHold"}},
		{c.condition.reads(), question{action: "s3:GetObject", object: prev}},
	} {
		if !p.needed {
			continue
		}
		q := p.question
		q.key, q.tags = key, c.tags
		if err := s.authorize(ctx, b, q); err != nil {
			return err
		}
	}
	return nil
}

// concealed is what the caller may know of the failure of a conditional write:
// that there is no such key is told to those only who may list the bucket.
func (s *Service) concealed(ctx context.Context, b *Bucket, key string, err error) error {
	if err != nil && errors.Is(err, errNoSuchKey(key)) {
		return s.missing(ctx, b, key)
	}
	return err
}

// opaque reports an encryption under which the ETag is not the MD5 of the
// content.
func opaque(how encryption.Resolved) bool { return how.Algorithm != s3api.ServerSideEncryptionAes256 }
