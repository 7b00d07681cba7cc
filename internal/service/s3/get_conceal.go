package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// conceal takes out of the answer to a read what takes a permission of its own:
// how the object is locked, and how many tags it has. "This header is only
// returned if the requester has the s3:GetObjectRetention permission" (API
// reference, HeadObject).
//
// Most objects have neither, and nothing is asked.
func (s *Service) conceal(ctx context.Context, b *Bucket, r *reference, o *Object, out *s3api.GetObjectOutput) {
	may := func(newest, version string) bool {
		return s.authorize(ctx, b, question{action: r.action(newest, version), key: r.key, object: o}) == nil
	}
	if out.ObjectLockMode != "" && !may("s3:GetObjectRetention", "s3:GetObjectRetention") {
		out.ObjectLockMode, out.ObjectLockRetainUntilDate = "", nil
	}
	if out.ObjectLockLegalHoldStatus != "" && !may("s3:GetObjectLegalHold", "s3:GetObjectLegalHold") {
		out.ObjectLockLegalHoldStatus = ""
	}
	if out.TagCount != nil && !may("s3:GetObjectTagging", "s3:GetObjectVersionTagging") {
		out.TagCount = nil
	}
}
