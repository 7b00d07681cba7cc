package gateway_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// upload is a form: fields in order, then a file.
type upload struct {
	fields   []string // names and values in turns
	filename string   // "" is none, "-" an empty one
	content  string
	after    []string
	noFile   bool
}

// request posts the form to a bucket.
func (u upload) request(tb testing.TB, target string, header ...string) *http.Request {
	tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	field := func(name, value string) {
		if err := w.WriteField(name, value); err != nil {
			tb.Fatal(err)
		}
	}
	for i := 0; i+1 < len(u.fields); i += 2 {
		field(u.fields[i], u.fields[i+1])
	}
	if !u.noFile {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"`}}
		if u.filename != "" {
			h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename="%s"`, strings.TrimPrefix(u.filename, "-")))
		}
		part, err := w.CreatePart(h)
		if err != nil {
			tb.Fatal(err)
		}
		io.WriteString(part, u.content)
	}
	for i := 0; i+1 < len(u.after); i += 2 {
		field(u.after[i], u.after[i+1])
	}
	w.Close()
	return bucketRequest("POST", target, b.String(), append([]string{"Content-Type", w.FormDataContentType()}, header...)...)
}

// signForm gives the fields that sign a policy of conditions, as
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
// has it.
func (b *bucketWorld) signForm(k key, conditions string) []string {
	day, at := b.now().Format("20060102"), b.now().Format("20060102T150405Z")
	credential := k.id + "/" + day + "/us-east-1/s3/aws4_request"
	document := fmt.Sprintf(`{"expiration":%q,"conditions":[{"x-amz-algorithm":"AWS4-HMAC-SHA256"},{"x-amz-credential":%q},{"x-amz-date":%q},%s]}`,
		b.now().Add(time.Hour).Format("2006-01-02T15:04:05.000Z"), credential, at, conditions)
	policy := base64.StdEncoding.EncodeToString([]byte(document))
	signing := []byte("AWS4" + k.secret)
	for _, part := range []string{day, "us-east-1", "s3", "aws4_request", policy} {
		mac := hmac.New(sha256.New, signing)
		mac.Write([]byte(part))
		signing = mac.Sum(nil)
	}
	return []string{"policy", policy, "x-amz-algorithm", "AWS4-HMAC-SHA256", "X-Amz-Credential", credential, "X-Amz-Date", at, "X-Amz-Signature", hex.EncodeToString(signing)}
}

const anyKey = `{"bucket":"private"},["starts-with","$key",""]`

// TestPost: a form does what a PUT with its fields as headers would.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
func TestPost(t *testing.T) {
	b := newBucketWorld(t)
	fields := append(b.signForm(b.root(), anyKey+`,{"acl":"public-read"},["starts-with","$Content-Type","text/"],["starts-with","$x-amz-meta-note",""],
		{"x-amz-storage-class":"STANDARD_IA"},["starts-with","$tagging",""],{"x-amz-server-side-encryption":"AES256"}`),
		"key", "in/${filename}", "acl", "public-read", "Content-Type", "text/plain", "x-amz-meta-Note", "für ${filename}", "X-Amz-Storage-Class", "STANDARD_IA",
		"tagging", "<Tagging><TagSet><Tag><Key>a&amp;b</Key><Value>c d</Value></Tag><Tag><Key>e</Key><Value/></Tag></TagSet></Tagging>",
		"x-amz-server-side-encryption", "AES256", "x-ignore-me", "x")
	u := upload{fields: fields, filename: `C:\My Files\café.txt`, content: "content", after: []string{"submit", "Upload"}}
	a := b.do(u.request(t, "/private")).want(t, 204, "")
	o := b.object("private/in/café.txt")
	if o == nil {
		t.Fatalf("put was %v", b.objects)
	}
	in := o.input
	if string(o.body) != "content" || *in.ContentType != "text/plain" || in.ACL != "public-read" || in.Metadata["note"] != "für café.txt" || in.StorageClass != "STANDARD_IA" ||
		*in.Tagging != "a%26b=c+d&e=" || in.ServerSideEncryption != "AES256" || in.ContentLength != nil {
		t.Errorf("%+v", in)
	}
	if location := a.header.Get("Location"); location != "http://127.0.0.1:4566/private/in%2Fcaf%C3%A9.txt" || a.body != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("%v %q", a.header, a.body)
	}
	tagged := false
	for name, values := range a.header {
		tagged = tagged || strings.EqualFold(name, "ETag") && values[0] == `"9a0364b9e99bb480dd25e1f0284c8555"`
	}
	if !tagged {
		t.Errorf("no ETag in %v", a.header)
	}
	if s := b.call.Signature; s.AuthType != "POST" || s.Version != "AWS4-HMAC-SHA256" || b.call.Account() != "111122223333" {
		t.Errorf("%+v", s)
	}
	if who, code := b.recorded("PutObject"); who != "Root 111122223333" || code != "" {
		t.Errorf("recorded %s, %s", who, code)
	}
}

// TestPostAnswers: the form says how it is answered. The bodies and redirects
// are those of captures of AWS's, in the issues 504 of jamhall/s3rver and 8 of
// layervault/layervault_ruby_client.
func TestPostAnswers(t *testing.T) {
	b := newBucketWorld(t)
	post := func(host string, more ...string) *s3Answer {
		fields := append([]string{"key", "a/b c+é"}, more...)
		target := "/public"
		if host != "127.0.0.1:4566" {
			target = "/"
		}
		return b.do(upload{fields: fields, content: "content"}.request(t, target, "Host", host))
	}
	const etag = "%229a0364b9e99bb480dd25e1f0284c8555%22"
	const query = "bucket=public&key=a%2Fb+c%2B%C3%A9&etag=" + etag
	for _, test := range []struct {
		name, value, host string
		status            int
		location          string
	}{
		{"success_action_status", "200", "127.0.0.1:4566", 200, "http://127.0.0.1:4566/public/a%2Fb%20c%2B%C3%A9"},
		{"success_action_status", "201", "127.0.0.1:4566", 201, "http://127.0.0.1:4566/public/a%2Fb%20c%2B%C3%A9"},
		{"success_action_status", "201", "public.s3.localhost:4566", 201, "http://public.s3.localhost:4566/a%2Fb%20c%2B%C3%A9"},
		{"success_action_status", "999", "127.0.0.1:4566", 204, "http://127.0.0.1:4566/public/a%2Fb%20c%2B%C3%A9"},
		{"success_action_redirect", "https://example.com/done", "127.0.0.1:4566", 303, "https://example.com/done?" + query},
		{"success_action_redirect", "https://example.com/done?a=1", "127.0.0.1:4566", 303, "https://example.com/done?a=1&" + query},
		{"redirect", "http://example.com", "127.0.0.1:4566", 303, "http://example.com?" + query},
		{"success_action_redirect", "/relative", "127.0.0.1:4566", 204, "http://127.0.0.1:4566/public/a%2Fb%20c%2B%C3%A9"},
		{"success_action_redirect", "javascript:alert(1)", "127.0.0.1:4566", 204, "http://127.0.0.1:4566/public/a%2Fb%20c%2B%C3%A9"},
		{"success_action_redirect", "https://a\r\nX: b/", "127.0.0.1:4566", 204, "http://127.0.0.1:4566/public/a%2Fb%20c%2B%C3%A9"},
	} {
		a := post(test.host, test.name, test.value).want(t, test.status, "")
		if got := a.header.Get("Location"); got != test.location {
			t.Errorf("%s=%s leads to %s, want %s", test.name, test.value, got, test.location)
		}
		if test.status != 201 {
			if a.body != "" {
				t.Errorf("%q", a.body)
			}
			continue
		}
		var out struct {
			XMLName                     xml.Name `xml:"PostResponse"`
			Location, Bucket, Key, ETag string
		}
		if err := xml.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(a.body, `<ETag>"9a0364b9e99bb480dd25e1f0284c8555"</ETag>`) {
			t.Errorf("%s", a.body)
		}
		if out.Location != test.location || out.Bucket != "public" || out.Key != "a/b c+é" || out.ETag != `"9a0364b9e99bb480dd25e1f0284c8555"` || a.header.Get("Content-Type") != "application/xml" {
			t.Errorf("%+v", out)
		}
	}
}

// TestPostFilename: only what the browser tells replaces the variable, as the
// recordings of LocalStack's tests have it.
func TestPostFilename(t *testing.T) {
	for filename, want := range map[string]string{"": "k-${filename}", "-": "k-", "a.txt": "k-a.txt", "a/b/c.txt": "k-c.txt", `a\b\c.txt`: "k-c.txt", "..": "k-.."} {
		b := newBucketWorld(t)
		b.do(upload{fields: []string{"key", "k-${filename}"}, filename: filename, content: "x"}.request(t, "/public")).want(t, 204, "")
		if b.object("public/"+want) == nil {
			t.Errorf("%q: %v was put", filename, b.objects)
		}
	}
}

// TestPostRefusals: codes and words are those of AWS's, as the recordings of
// LocalStack's tests (tests/aws/services/s3/test_s3.py, TestS3PresignedPost) and
// issues of clients have them.
func TestPostRefusals(t *testing.T) {
	b := newBucketWorld(t)
	nobody := b.user("nobody", "")
	signed := func(conditions string, more ...string) []string {
		return append(b.signForm(b.root(), conditions), more...)
	}
	edited := func(fields []string, name, value string) []string {
		for i := 0; i < len(fields); i += 2 {
			if fields[i] == name {
				fields[i+1] = value
			}
		}
		return fields
	}
	html := bucketRequest("POST", "/private", "key=k", "Content-Type", "text/html")
	cut := upload{fields: []string{"key", "k"}, content: "content"}.request(t, "/public")
	text := string(payload(t, cut))
	setBody(cut, text[:strings.Index(text, "content")+3])
	for name, test := range map[string]struct {
		request       *http.Request
		status        int
		code, message string
	}{
		"no form":                        {html, 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"},
		"no boundary":                    {bucketRequest("POST", "/private", "x", "Content-Type", "multipart/form-data"), 400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."},
		"other boundary":                 {bucketRequest("POST", "/private", "--a\r\n", "Content-Type", "multipart/form-data; boundary=b"), 400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."},
		"no file":                        {upload{fields: []string{"key", "k"}, noFile: true}.request(t, "/private"), 400, "InvalidArgument", "POST requires exactly one file upload per request."},
		"no key":                         {upload{after: []string{"key", "k"}}.request(t, "/private"), 400, "InvalidArgument", "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields."},
		"half a file":                    {cut, 400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."},
		"large field":                    {upload{fields: []string{"key", strings.Repeat("k", 20481)}}.request(t, "/public"), 400, "MaxPostPreDataLengthExceeded", "Your POST request fields preceeding the upload file was too large."},
		"many fields":                    {upload{fields: append(manyFields(), "key", "k")}.request(t, "/public"), 400, "MaxPostPreDataLengthExceeded", "Your POST request fields preceeding the upload file was too large."},
		"field twice":                    {upload{fields: []string{"key", "k", "Key", "j"}}.request(t, "/public"), 400, "InvalidArgument", "POST requires exactly one field of a name per request."},
		"not anybody's":                  {upload{fields: []string{"key", "k"}}.request(t, "/private"), 403, "AccessDenied", ""},
		"not the signer's":               {upload{fields: append(b.signForm(nobody, anyKey), "key", "k")}.request(t, "/private"), 403, "AccessDenied", ""},
		"no signature":                   {upload{fields: edited(signed(anyKey, "key", "k"), "X-Amz-Signature", "")}.request(t, "/private"), 400, "InvalidArgument", "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, please check the order of the fields."},
		"other signature":                {upload{fields: edited(signed(anyKey, "key", "k"), "X-Amz-Signature", strings.Repeat("0", 64))}.request(t, "/private"), 403, "SignatureDoesNotMatch", ""},
		"other policy":                   {upload{fields: edited(signed(anyKey, "key", "k"), "policy", "e30=")}.request(t, "/private"), 403, "SignatureDoesNotMatch", ""},
		"unknown key":                    {upload{fields: append(b.signForm(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, anyKey), "key", "k")}.request(t, "/private"), 403, "InvalidAccessKeyId", ""},
		"other bucket":                   {upload{fields: signed(anyKey, "key", "k")}.request(t, "/public"), 403, "AccessDenied", `Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "private"]`},
		"other bucket, said":             {upload{fields: signed(anyKey, "key", "k", "bucket", "private")}.request(t, "/public"), 403, "AccessDenied", `Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "private"]`},
		"key that the file's name makes": {upload{fields: signed(`{"bucket":"private"},["starts-with","$key","a/"]`, "key", "${filename}"), filename: "b"}.request(t, "/private"), 403, "AccessDenied", `Invalid according to Policy: Policy Condition failed: ["starts-with","$key","a/"]`},
		"more fields":                    {upload{fields: signed(anyKey, "key", "k", "acl", "public-read")}.request(t, "/private"), 403, "AccessDenied", "Invalid according to Policy: Extra input fields: acl"},
		"tags no XML":                    {upload{fields: []string{"key", "k", "tagging", "not-xml"}}.request(t, "/public"), 400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"},
		"too large":                      {upload{fields: signed(anyKey+`,["content-length-range",5,10]`, "key", "k"), content: "content and more"}.request(t, "/private"), 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"},
		"too small":                      {upload{fields: signed(anyKey+`,["content-length-range",5,10]`, "key", "k"), content: "cont"}.request(t, "/private"), 400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.do(test.request).want(t, test.status, test.code)
			if test.message != "" && a.Message != test.message {
				t.Errorf("%s", a.Message)
			}
			if len(b.objects) > 0 {
				t.Fatalf("%v was put", b.objects)
			}
		})
	}
	for _, size := range []int{5, 10} {
		u := upload{fields: signed(anyKey+`,["content-length-range",5,10]`, "key", "k"), content: "0123456789"[:size]}
		b.do(u.request(t, "/private")).want(t, 204, "")
	}
	b.advance(time.Hour + time.Second)
	expired := upload{fields: signed(anyKey, "key", "k")}.request(t, "/private")
	b.advance(2 * time.Hour)
	if a := b.do(expired).want(t, 403, "AccessDenied"); a.Message != "Invalid according to Policy: Policy expired." {
		t.Errorf("%s", a.Message)
	}
}

func manyFields() (fields []string) {
	for i := range 3000 {
		fields = append(fields, fmt.Sprint("x-ignore-", i), "")
	}
	return fields
}

// TestPostLarge: a file is streamed, and what does not end is not kept.
func TestPostLarge(t *testing.T) {
	s := newBucketServer(t)
	content := strings.Repeat("0123456789abcdef", 5<<20/16)
	r := upload{fields: []string{"key", "k"}, content: content}.request(t, "/public")
	r.Header.Del("Content-Length")
	whole := s.text(r)
	resp, body := s.send(whole, "POST")
	if resp.StatusCode != 204 || string(s.object("public/k").body) != content {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// FuzzPost: whatever is posted, the answer is one of S3's, and without a
// signature nothing is put where not everybody may.
func FuzzPost(f *testing.F) {
	b := newBucketWorld(f)
	for _, u := range []upload{
		{fields: []string{"key", "k"}, content: "content"},
		{fields: append(b.signForm(b.root(), anyKey), "key", "a${filename}"), filename: `a\b`, content: "content", after: []string{"a", "b"}},
		{fields: []string{"key", "k", "tagging", "<Tagging/>", "acl", "x", "success_action_status", "201"}, noFile: true},
	} {
		r := u.request(f, "/private")
		f.Add(r.Header.Get("Content-Type"), string(payload(f, r)))
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		b := &bucketWorld{world: &world{TB: t, Fortlet: b.Fortlet}, objects: map[string]*object{}}
		a := b.do(bucketRequest("POST", "/private", body, "Content-Type", contentType))
		if a.status == 500 || a.status >= 300 && a.Code == "" && a.status != 303 {
			t.Errorf("%d %s", a.status, a.body)
		}
		if a.status < 300 && !strings.Contains(strings.ToLower(body), "x-amz-signature") {
			t.Errorf("put without a signature: %d", a.status)
		}
	})
}
