package s3

import (
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
)

func corsInput(rules ...s3api.CORSRule) *s3api.PutBucketCorsInput {
	return &s3api.PutBucketCorsInput{Bucket: new(siteBucket), CORSConfiguration: &s3api.CORSConfiguration{CORSRules: rules}}
}

func TestBucketCORS(t *testing.T) {
	s := newSite(t)
	rule := s3api.CORSRule{AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: []string{"http://*.example.com"}, AllowedHeaders: []string{"x-*"},
		ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: new(int32(3000)), ID: new("one")}
	askOK(s, s.owner, s3api.OpPutBucketCors, corsInput(rule))
	got := askOK(s, s.owner, s3api.OpGetBucketCors, &s3api.GetBucketCorsInput{Bucket: new(siteBucket)}).CORSRules
	members(t, "rules", len(got), 1, got[0].ID, "one", got[0].AllowedOrigins, "[http://*.example.com]", got[0].MaxAgeSeconds, int32(3000))

	with := func(edit func(*s3api.CORSRule)) []s3api.CORSRule {
		r := rule
		edit(&r)
		return []s3api.CORSRule{r}
	}
	for _, tt := range []struct {
		name          string
		rules         []s3api.CORSRule
		code, message string
	}{
		{"no rule", []s3api.CORSRule{}, "MalformedXML", ""},
		{"too many rules", make([]s3api.CORSRule, 101), "MalformedXML", ""},
		{"a method", with(func(r *s3api.CORSRule) { r.AllowedMethods = []string{"GET", "OPTIONS"} }), "InvalidRequest",
			"Found unsupported HTTP method in CORS config. Unsupported method is OPTIONS"},
		{"letter case", with(func(r *s3api.CORSRule) { r.AllowedMethods = []string{"get"} }), "InvalidRequest", ""},
		{"an origin", with(func(r *s3api.CORSRule) { r.AllowedOrigins = []string{"*.example.*"} }), "InvalidRequest",
			`AllowedOrigin "*.example.*" can not have more than one wildcard.`},
		{"a header", with(func(r *s3api.CORSRule) { r.AllowedHeaders = []string{"**"} }), "InvalidRequest", `AllowedHeader "**" can not have more than one wildcard.`},
		{"no header", with(func(r *s3api.CORSRule) { r.AllowedHeaders = []string{"x y"} }), "InvalidRequest", `AllowedHeader "x y" contains invalid character.`},
		{"a header of two lines", with(func(r *s3api.CORSRule) { r.ExposeHeaders = []string{"x\r\ny"} }), "InvalidRequest", ""},
		{"an exposed header", with(func(r *s3api.CORSRule) { r.ExposeHeaders = []string{"x-*"} }), "InvalidRequest",
			`ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.`},
		{"a long name", with(func(r *s3api.CORSRule) { r.ID = new(strings.Repeat("i", 256)) }), "MalformedXML", ""},
	} {
		s.in(t, tt.name, func(s *site) { refused(s, s.owner, s3api.OpPutBucketCors, corsInput(tt.rules...), tt.code, tt.message) })
	}
	askOK(s, s.owner, s3api.OpDeleteBucketCors, &s3api.DeleteBucketCorsInput{Bucket: new(siteBucket)})
	refused(s, s.owner, s3api.OpGetBucketCors, &s3api.GetBucketCorsInput{Bucket: new(siteBucket)}, "NoSuchCORSConfiguration", "The CORS configuration does not exist")
}

// The rules of "Using cross-origin resource sharing (CORS)" (Amazon S3 User
// Guide): the first rule counts that allows the origin, the method and every
// header.
func TestCORS(t *testing.T) {
	s := newSite(t)
	request := cloud.CORSRequest{Origin: "http://www.example1.com", Method: "PUT", Preflight: true, Key: true}
	ask := func(edit func(*cloud.CORSRequest)) (string, error) {
		r := request
		if edit != nil {
			edit(&r)
		}
		fields, err := s.service.CORS(t.Context(), siteBucket, r)
		var lines []string
		for _, f := range fields {
			lines = append(lines, strings.TrimPrefix(f.Name, "Access-Control-")+": "+f.Value)
		}
		return strings.Join(lines, "; "), err
	}
	_, err := ask(nil)
	s.wantError("no configuration", err, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.")
	askOK(s, s.owner, s3api.OpPutBucketCors, corsInput(
		s3api.CORSRule{AllowedOrigins: []string{"http://www.example1.com"}, AllowedMethods: []string{"PUT", "POST"}, AllowedHeaders: []string{"*"}},
		s3api.CORSRule{AllowedOrigins: []string{"http://*.example2.com"}, AllowedMethods: []string{"GET"}, AllowedHeaders: []string{"x-amz-*", "Authorization"},
			ExposeHeaders: []string{"ETag", "x-amz-request-id"}, MaxAgeSeconds: new(int32(3000))},
		s3api.CORSRule{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"GET"}},
	))
	const vary = "; Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
	for _, tt := range []struct {
		name string
		edit func(*cloud.CORSRequest)
		want string // "" is a refusal
	}{
		{"an origin", nil, "Allow-Origin: http://www.example1.com; Allow-Credentials: true; Allow-Methods: PUT, POST" + vary},
		{"its headers", func(r *cloud.CORSRequest) { r.Headers = []string{"x-any", "y"} },
			"Allow-Origin: http://www.example1.com; Allow-Credentials: true; Allow-Methods: PUT, POST; Allow-Headers: x-any, y" + vary},
		{"a wildcard", func(r *cloud.CORSRequest) { r.Origin, r.Method = "http://a.b.example2.com", "GET" },
			"Allow-Origin: http://a.b.example2.com; Allow-Credentials: true; Allow-Methods: GET; Expose-Headers: ETag, x-amz-request-id; Max-Age: 3000" + vary},
		{"its headers", func(r *cloud.CORSRequest) {
			r.Origin, r.Method, r.Headers = "http://a.example2.com", "GET", []string{"authorization", "x-amz-date"}
		}, "Allow-Origin: http://a.example2.com; Allow-Credentials: true; Allow-Methods: GET; Allow-Headers: authorization, x-amz-date; Expose-Headers: ETag, x-amz-request-id; Max-Age: 3000" + vary},
		{"a header too many", func(r *cloud.CORSRequest) {
			r.Origin, r.Method, r.Headers = "http://a.example2.com", "GET", []string{"authorization", "cookie"}
		}, ""},
		{"anybody", func(r *cloud.CORSRequest) { r.Origin, r.Method = "null", "GET" }, "Allow-Origin: *; Allow-Methods: GET" + vary},
		{"a method for some", func(r *cloud.CORSRequest) { r.Origin = "http://elsewhere.com" }, ""},
		{"letter case", func(r *cloud.CORSRequest) { r.Origin = "http://WWW.example1.com" }, ""},
		{"another scheme", func(r *cloud.CORSRequest) { r.Origin = "https://www.example1.com" }, ""},
		{"a longer origin", func(r *cloud.CORSRequest) { r.Origin = "http://www.example1.com.evil.com" }, ""},
		{"a method of none", func(r *cloud.CORSRequest) { r.Method = "DELETE" }, ""},
	} {
		got, err := ask(tt.edit)
		if tt.want == "" {
			s.wantError(tt.name, err, "AccessForbidden", "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
		} else if got != tt.want || err != nil {
			t.Errorf("%s: %s, %v\nwant %s", tt.name, got, err, tt.want)
		}
	}
	if matchesStar("ab*ba", "aba") {
		t.Error("what stands before and after the star overlaps")
	}
	_, err = s.service.CORS(t.Context(), "no-such-bucket", request)
	s.wantError("no such bucket", err, "AccessForbidden", "CORSResponse: Bucket not found")
}
