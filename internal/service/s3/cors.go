package s3

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

var _ cloud.CORS = (*Service)(nil)

// CORS gives the header fields of the first rule of a bucket that a request
// meets.
func (s *Service) CORS(ctx context.Context, bucket string, r cloud.CORSRequest) ([]cloud.HeaderField, error) {
	var b *Bucket
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		b = buckets.Get(tx, bucket)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case b == nil:
		return nil, errCORS(&r, "BUCKET", "Bucket not found")
	case len(b.CORS) == 0:
		return nil, errCORS(&r, resourceType(&r), "CORS is not enabled for this bucket.")
	}
	for _, rule := range b.CORS {
		if origin, ok := meets(&rule, &r); ok {
			return corsFields(&rule, &r, origin), nil
		}
	}
	return nil, errCORS(&r, resourceType(&r),
		"This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
}

func errCORS(r *cloud.CORSRequest, resource, reason string) *api.Error {
	return with(api.Errorf("AccessForbidden", 403, "CORSResponse: %s", reason), "Method", r.Method, "ResourceType", resource)
}

func resourceType(r *cloud.CORSRequest) string {
	if r.Key {
		return "OBJECT"
	}
	return "BUCKET"
}

// meets reports whether a rule lets a request in, and by which of its origins.
func meets(rule *s3api.CORSRule, r *cloud.CORSRequest) (origin string, ok bool) {
	i := slices.IndexFunc(rule.AllowedOrigins, func(o string) bool { return matchesStar(o, r.Origin) })
	if i < 0 || !slices.Contains(rule.AllowedMethods, r.Method) {
		return "", false
	}
	for _, header := range r.Headers {
		if !slices.ContainsFunc(rule.AllowedHeaders, func(h string) bool { return matchesStar(strings.ToLower(h), header) }) {
			return "", false
		}
	}
	return rule.AllowedOrigins[i], true
}

// matchesStar compares text with a pattern that has one star at most.
func matchesStar(pattern, text string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	return len(text) >= len(before)+len(after) && strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
}

// corsFields are what tells a browser of a rule. Where the rule is for any
// origin, a request may not carry the user's credentials.
func corsFields(rule *s3api.CORSRule, r *cloud.CORSRequest, origin string) []cloud.HeaderField {
	var fields []cloud.HeaderField
	if origin == "*" {
		fields = append(fields, cloud.HeaderField{Name: "Access-Control-Allow-Origin", Value: "*"})
	} else {
		fields = append(fields,
			cloud.HeaderField{Name: "Access-Control-Allow-Origin", Value: r.Origin},
			cloud.HeaderField{Name: "Access-Control-Allow-Credentials", Value: "true"})
	}
	fields = append(fields, cloud.HeaderField{Name: "Access-Control-Allow-Methods", Value: strings.Join(rule.AllowedMethods, ", ")})
	if len(r.Headers) > 0 {
		fields = append(fields, cloud.HeaderField{Name: "Access-Control-Allow-Headers", Value: strings.Join(r.Headers, ", ")})
	}
	if len(rule.ExposeHeaders) > 0 {
		fields = append(fields, cloud.HeaderField{Name: "Access-Control-Expose-Headers", Value: strings.Join(rule.ExposeHeaders, ", ")})
	}
	if rule.MaxAgeSeconds != nil {
		fields = append(fields, cloud.HeaderField{Name: "Access-Control-Max-Age", Value: strconv.Itoa(int(*rule.MaxAgeSeconds))})
	}
	return append(fields, cloud.HeaderField{Name: "Vary", Value: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"})
}
