package gateway_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
)

var s3Table = gateway.NewTable(&s3api.Service)

const copySource = "X-Amz-Copy-Source"

// The requests are those of the API reference's pages, one for each way in
// which an operation is told from the others.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
func TestRoutes(t *testing.T) {
	for _, test := range []struct{ request, header, want string }{
		{"GET /", "", "ListBuckets"},
		{"GET /?x-id=ListBuckets&max-buckets=2", "", "ListBuckets"},
		{"GET /b", "", "ListObjects"},
		{"GET /b/", "", "ListObjects"},
		{"GET /b?foo=bar&x-id=ListObjects", "", "ListObjects"},
		{"GET /b?Versioning", "", "ListObjects"},
		{"GET /b?list-type=2", "", "ListObjectsV2"},
		{"GET /b/?prefix=a&list-type=2&delimiter=%2F", "", "ListObjectsV2"},
		{"GET /b?list-type=1", "", "ListObjects"},
		{"GET /b?versions", "", "ListObjectVersions"},
		{"GET /b?versions=", "", "ListObjectVersions"},
		{"GET /b?uploads=1", "", "ListMultipartUploads"},
		{"GET /b?location", "", "GetBucketLocation"},
		{"GET /b?%6cocation", "", "GetBucketLocation"},
		{"GET /b?lifecycle", "", "GetBucketLifecycleConfiguration"},
		{"GET /b?notification", "", "GetBucketNotificationConfiguration"},
		{"HEAD /b", "", "HeadBucket"},
		{"PUT /b", "", "CreateBucket"},
		{"PUT /b/", "", "CreateBucket"},
		{"PUT /b?acl", "", "PutBucketAcl"},
		{"PUT /b?lifecycle", "", "PutBucketLifecycleConfiguration"},
		{"PUT /b?notification", "", "PutBucketNotificationConfiguration"},
		{"DELETE /b", "", "DeleteBucket"},
		{"DELETE /b?policy", "", "DeleteBucketPolicy"},
		{"POST /b?delete", "", "DeleteObjects"},
		{"GET /b/k", "", "GetObject"},
		{"GET /b/k?versionId=x&partNumber=1&response-content-type=a%2Fb", "", "GetObject"},
		{"GET /b/k?acl", "", "GetObjectAcl"},
		{"GET /b/k?attributes", "X-Amz-Object-Attributes", "GetObjectAttributes"},
		{"GET /b/k?uploadId=x", "", "ListParts"},
		{"GET /b/k?uploadId", "", "ListParts"},
		{"HEAD /b/k?partNumber=2", "", "HeadObject"},
		{"PUT /b/k", "", "PutObject"},
		{"PUT /b/k?x-id=PutObject", "", "PutObject"},
		{"PUT /b/k", copySource, "CopyObject"},
		{"PUT /b/k?x-amz-copy-source=b%2Fj", "", "CopyObject"},
		{"PUT /b/k?partNumber=1&uploadId=x", "", "UploadPart"},
		{"PUT /b/k?uploadId=x&partNumber=1", copySource, "UploadPartCopy"},
		{"PUT /b/k?tagging", "", "PutObjectTagging"},
		{"PUT /b/k?tagging", copySource, "PutObjectTagging"},
		{"DELETE /b/k", "", "DeleteObject"},
		{"DELETE /b/k?versionId=x", "", "DeleteObject"},
		{"DELETE /b/k?uploadId=x", "", "AbortMultipartUpload"},
		{"POST /b/k?uploads", "", "CreateMultipartUpload"},
		{"POST /b/k?uploadId=x", "", "CompleteMultipartUpload"},
		// Operations that are not built.
		{"GET /b?analytics", "", "ListBucketAnalyticsConfigurations!"},
		{"GET /b?analytics&id=1", "", "GetBucketAnalyticsConfiguration!"},
		{"PUT /b?inventory&id=1", "", "PutBucketInventoryConfiguration!"},
		{"PUT /b?website", "", "PutBucketWebsite!"},
		{"GET /b?session", "", "CreateSession!"},
		{"POST /b/k?restore", "", "RestoreObject!"},
		{"POST /b/k?select&select-type=2", "", "SelectObjectContent!"},
		{"GET /b/k?torrent", "", "GetObjectTorrent!"},
		{"PUT /b/k?renameObject", "X-Amz-Rename-Source", "RenameObject!"},
	} {
		method, target, _ := strings.Cut(test.request, " ")
		path, query, _ := strings.Cut(target, "?")
		h := http.Header{}
		if test.header != "" {
			h[test.header] = []string{"x"}
		}
		op, built, _, err := s3Table.Find(method, path, query, h)
		if err != nil {
			t.Errorf("%s: %v", test.request, err)
			continue
		}
		got := op.Name
		if !built {
			got += "!"
		}
		if got != test.want {
			t.Errorf("%s is %s, want %s", test.request, got, test.want)
		}
	}
}

// Every operation of the model is found by the request that the model gives it.
func TestEveryRoute(t *testing.T) {
	try := func(name, method, path string, query, header []string) {
		path = strings.NewReplacer("{Bucket}", "bucket", "{Key+}", "key").Replace(path)
		path, rawQuery, _ := strings.Cut(path, "?")
		for _, q := range query {
			rawQuery += "&" + q + "=1"
		}
		h := http.Header{}
		for _, name := range header {
			h.Set(name, "x")
		}
		op, _, _, err := s3Table.Find(method, path, rawQuery, h)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if op.Name != name && !older[name] {
			t.Errorf("%s is found as %s", name, op.Name)
		}
	}
	for _, op := range s3api.Service.Operations {
		var query, header []string
		for i := range op.Input.NumField() {
			tag, err := api.ParseTag(op.Input.Field(i).Tag.Get(api.TagMember))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case tag.Required && tag.Location == "querystring":
				query = append(query, tag.Name)
			case tag.Required && tag.Location == "header":
				header = append(header, tag.Name)
			}
		}
		try(op.Name, op.Method, op.Path, query, header)
	}
	for _, r := range s3api.Service.UnbuiltRoutes {
		try(r.Name, r.Method, r.Path, r.Query, r.Header)
	}
	if len(s3api.Service.UnbuiltRoutes) != len(s3api.Service.Unbuilt) {
		t.Error("some operations that are not built have no route")
	}
}

// older are the operations that others of the same request have replaced.
var older = map[string]bool{
	"GetBucketLifecycle": true, "GetBucketNotification": true, "PutBucketLifecycle": true, "PutBucketNotification": true,
	"ListDirectoryBuckets": true,
}

// A request that names a sub-resource, or a part of an upload, never means the
// bucket or the object itself. Answers like these were seen from AWS for
// HEAD /bucket?versioning, GET /bucket?torrent, ?acl&versioning.
func TestNotAllowed(t *testing.T) {
	for request, want := range map[string]string{
		"PUT /":                              "MethodNotAllowed SERVICE",
		"HEAD /":                             "MethodNotAllowed SERVICE",
		"PATCH /b":                           "MethodNotAllowed BUCKET",
		"POST /b":                            "MethodNotAllowed BUCKET",
		"POST /b/k":                          "MethodNotAllowed OBJECT",
		"POST /b/k?partNumber=1":             "MethodNotAllowed OBJECT",
		"HEAD /b?versioning":                 "MethodNotAllowed VERSIONING",
		"HEAD /b/k?acl":                      "MethodNotAllowed ACL",
		"DELETE /b?uploads":                  "MethodNotAllowed UPLOADS",
		"DELETE /b?acl":                      "MethodNotAllowed ACL",
		"DELETE /b/k?acl":                    "MethodNotAllowed ACL",
		"DELETE /b/k?retention":              "MethodNotAllowed RETENTION",
		"DELETE /b/k?policy":                 "MethodNotAllowed POLICY",
		"GET /b?torrent":                     "MethodNotAllowed TORRENT",
		"GET /b?delete":                      "MethodNotAllowed DELETE",
		"PUT /b?location":                    "MethodNotAllowed LOCATION",
		"PUT /b/k?uploads":                   "MethodNotAllowed UPLOADS",
		"PUT /b/k?uploadId=x":                "MethodNotAllowed OBJECT",
		"PUT /b/k?partNumber=1":              "InvalidArgumentThis operation does not accept partNumber without uploadId",
		"GET /b/k?uploads":                   "InvalidRequest",
		"GET /b/k?versions":                  "InvalidRequest",
		"HEAD /b/k?uploadId=x":               "MethodNotAllowed OBJECT",
		"POST /b/k?uploadId=x&partNumber=1":  "MethodNotAllowed OBJECT",
		"DELETE /b/k?uploadId=x&partNumber=": "MethodNotAllowed OBJECT",
		"GET /b?versioning&acl":              "InvalidArgument acl, versioning",
		"PUT /b/k?tagging&acl=&acl":          "InvalidArgument acl, tagging",
		"GET //":                             "InvalidURI",
		"GET //k":                            "InvalidURI",
		"GET /%zz":                           "InvalidURI",
		"GET /b/%":                           "InvalidURI",
		"GET /b/%ff":                         "InvalidURI",
		"GET /b/%c0%af":                      "InvalidURI",
		"GET /b?%zz":                         "InvalidURI",
		"GET /b?list-type=%":                 "InvalidURI",
	} {
		method, target, _ := strings.Cut(request, " ")
		path, query, _ := strings.Cut(target, "?")
		op, _, _, err := s3Table.Find(method, path, query, http.Header{})
		var e *api.Error
		if !errors.As(err, &e) {
			t.Errorf("%s is %v, %v", request, op, err)
			continue
		}
		got := e.Code
		switch e.Code {
		case "MethodNotAllowed":
			got += " " + e.Fields["ResourceType"].(string)
			if e.Status != 405 || e.Fields["Method"] != method {
				t.Errorf("%s: %+v", request, e)
			}
		case "InvalidArgument":
			got += strings.TrimPrefix(e.Message, "Conflicting query string parameters:")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}

func TestAllow(t *testing.T) {
	for request, want := range map[string]string{
		"PATCH /b":   "DELETE, GET, HEAD, PUT",
		"HEAD ?acl":  "GET, PUT",
		"DELETE /":   "GET",
		"PUT ?tags":  "",
		"POST ?cors": "DELETE, GET, PUT",
	} {
		method, query, _ := strings.Cut(request, " ")
		path, query := query, ""
		if strings.HasPrefix(path, "?") {
			path, query = "/b", path[1:]
		}
		_, _, _, err := s3Table.Find(method, path, query, http.Header{})
		var e *api.Error
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", request, err)
			}
		} else if !errors.As(err, &e) || e.Fields["Allow"] != want {
			t.Errorf("%s: %+v, want %s", request, e, want)
		}
	}
}

// A key is the path as it was sent, decoded once: no dot, slash or plus means
// anything.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
func TestKeys(t *testing.T) {
	long := strings.Repeat("k", 2000) // its length is the service's affair
	for path, want := range map[string][2]string{
		"/b/k":               {"b", "k"},
		"/b/k/":              {"b", "k/"},
		"/b//k":              {"b", "/k"},
		"/b//":               {"b", "/"},
		"/b/./k":             {"b", "./k"},
		"/b/../k":            {"b", "../k"},
		"/b/a//b///c":        {"b", "a//b///c"},
		"/b/a+b":             {"b", "a+b"},
		"/b/a%2Bb":           {"b", "a+b"},
		"/b/a%20b":           {"b", "a b"},
		"/b/%2e%2e%2Fk":      {"b", "../k"},
		"/b/%2F":             {"b", "/"},
		"/b/%252F":           {"b", "%2F"},
		"/b/%E2%82%AC%00":    {"b", "€\x00"},
		"/b/k;v=1,2&a=b":     {"b", "k;v=1,2&a=b"},
		"/b/#x":              {"b", "#x"},
		"/b%2Fc/k":           {"b/c", "k"},
		"/b/" + long:         {"b", long},
		"/b/WriteGetObject":  {"b", "WriteGetObject"},
		"/_fortlet/x":        {"_fortlet", "x"},
		"/my.bucket/a.b/c.d": {"my.bucket", "a.b/c.d"},
	} {
		op, _, labels, err := s3Table.Find("GET", path, "", http.Header{})
		if err != nil || op.Name != "GetObject" {
			t.Errorf("%s: %v, %v", path, op, err)
		} else if got := [2]string{labels["Bucket"], labels["Key"]}; got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func FuzzRoutes(f *testing.F) {
	for _, op := range s3api.Service.Operations {
		path, query, _ := strings.Cut(op.Path, "?")
		f.Add(op.Method, strings.NewReplacer("{Bucket}", "bucket", "{Key+}", "a/b%20c").Replace(path), query, "")
	}
	f.Add("PUT", "/b/k", "partNumber=1&uploadId=x", copySource)
	f.Add("GET", "//%2f/..//", "acl&%61cl=%&;", "")
	methods := []string{"GET", "HEAD", "PUT", "POST", "DELETE"}
	f.Fuzz(func(t *testing.T, method, path, query, header string) {
		op, _, labels, err := s3Table.Find(method, path, query, http.Header{header: {"x"}})
		if err != nil {
			var e *api.Error
			if !errors.As(err, &e) || e.Status < 400 || e.Status == 500 {
				t.Fatalf("%v", err)
			}
			return
		}
		if op.Method != method || !slices.Contains(methods, method) {
			t.Errorf("%s is %s %s", method, op.Method, op.Name)
		}
		named, _, _ := strings.Cut(op.Path, "?")
		for label, value := range labels {
			if value == "" || !utf8.ValidString(value) {
				t.Errorf("%s: %s is %q", op.Name, label, value)
			}
			if op.Path != "" && !strings.Contains(named, "{"+label) {
				t.Errorf("%s has no label %s", op.Name, label)
			}
		}
		// The same labels, written in the plainest way, mean the same.
		if labels["Key"] != "" {
			plain := "/" + url.PathEscape(labels["Bucket"]) + "/" + url.PathEscape(labels["Key"])
			again, _, same, err := s3Table.Find(method, plain, query, http.Header{header: {"x"}})
			if err != nil || again != op || same["Key"] != labels["Key"] || same["Bucket"] != labels["Bucket"] {
				t.Errorf("%s is %q, and %s is %q, %v", path, labels, plain, same, err)
			}
		}
	})
}
