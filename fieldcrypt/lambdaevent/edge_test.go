package lambdaevent_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fieldcrypt/lambdaevent"
)

// The article's markers, as in "How to protect sensitive data for its entire
// lifecycle in AWS".
var article = fieldcrypt.Marker{Key: "people", Version: 1, Prefix: "#01#", Suffix: "#10#"}

var privateKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func sealer(t testing.TB) fieldcrypt.Sealer {
	t.Helper()
	s, err := fieldcrypt.NewRSASealer(article, &privateKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func protector(t testing.TB, s fieldcrypt.Sealer, selectors ...string) *fieldcrypt.Protector {
	t.Helper()
	rule := fieldcrypt.Rule{Name: "people", Sealer: s}
	for _, text := range selectors {
		selector, err := fieldcrypt.ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		rule.Selectors = append(rule.Selectors, selector)
	}
	p, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{rule}, fieldcrypt.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// articleFields are those of the article, wherever they stand.
var articleFields = []string{"fname", "lname", "email", "ssn", "dob", "phone"}

const people = `[{"fname": "Alejandro", "lname": "Rosalez", "email": "alejandro@example.com", "ssn": "078-05-1120", "dob": "1980-02-29", "phone": "+1 206 555 0100", "city": "Seattle"}]`

var values = []string{"Alejandro", "Rosalez", "078-05-1120", "1980-02-29", "+1 206", "219-09-9999"}

// The events in testdata have the shape and the names of the examples of
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html,
// and a body as the same page describes it.

// event gives the origin request with another body, and with text
// replaced by other text, in pairs.
func event(t testing.TB, body string, replace ...string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/origin-request.json")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(replace); i += 2 {
		if !bytes.Contains(b, []byte(replace[i])) {
			t.Fatalf("the event has no %s", replace[i])
		}
	}
	text := strings.NewReplacer(replace...).Replace(string(b))
	return []byte(strings.Replace(text, `"BODY"`, `"`+base64.StdEncoding.EncodeToString([]byte(body))+`"`, 1))
}

func invoke(t testing.TB, e *lambdaevent.Edge, event []byte) map[string]any {
	t.Helper()
	out, err := e.Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	var result map[string]any
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return result
}

// requestOf gives the request of an event.
func requestOf(t testing.TB, event []byte) (request map[string]any, raw string) {
	t.Helper()
	var e struct {
		Records []struct {
			CF struct{ Request json.RawMessage }
		}
	}
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(e.Records[0].CF.Request, &request); err != nil {
		t.Fatal(err)
	}
	return request, string(e.Records[0].CF.Request)
}

// articleOpens is the article's decrypting function.
func articleOpens(t testing.TB, text string) string {
	t.Helper()
	return regexp.MustCompile(`#01#(.*?)#10#`).ReplaceAllStringFunc(text, func(marker string) string {
		ciphertext, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(marker, "#01#"), "#10#"))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := rsa.DecryptOAEP(sha256.New(), nil, privateKey(), ciphertext, nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(plain)
	})
}

func TestArticle(t *testing.T) {
	e := lambdaevent.NewEdge(protector(t, sealer(t), append(articleFields, "header:X-Ssn")...), lambdaevent.EdgeOptions{})
	in := event(t, people)
	got := invoke(t, e, in)
	was, _ := requestOf(t, in)

	body := got["body"].(map[string]any)
	if body["action"] != "replace" || body["encoding"] != "text" || body["inputTruncated"] != false {
		t.Errorf("body is %v", body)
	}
	sealed := body["data"].(string)
	for _, value := range values {
		if strings.Contains(sealed, value) {
			t.Errorf("%s is in the clear", value)
		}
	}
	if !strings.Contains(sealed, `"city": "Seattle"`) {
		t.Error("what nobody selected is not as it was")
	}
	if opened := articleOpens(t, sealed); opened != people {
		t.Errorf("the article's function opens\n%s", opened)
	}

	query := got["querystring"].(string)
	if !strings.HasPrefix(query, "size=large&ssn=%2301%23") || strings.ContainsAny(query, "# ") {
		t.Errorf("querystring is %s", query)
	}
	lines := got["headers"].(map[string]any)["x-ssn"].([]any)
	for i, want := range []string{"078-05-1120", "219-09-9999"} {
		line := lines[i].(map[string]any)
		if sealed := line["value"].(string); sealed == want || articleOpens(t, sealed) != want || line["key"] != "X-SSN" {
			t.Errorf("header line %d is %v", i, line)
		}
	}

	for _, r := range []map[string]any{got, was} {
		delete(r, "body")
		delete(r, "querystring")
		delete(r["headers"].(map[string]any), "x-ssn")
	}
	if !reflect.DeepEqual(got, was) {
		t.Errorf("the rest of the request was\n%v, is\n%v", was, got)
	}
}

// What needs no change comes out byte for byte.
func TestUnchanged(t *testing.T) {
	e := lambdaevent.NewEdge(protector(t, sealer(t), "json:$..nothing", "header:X-Nothing"), lambdaevent.EdgeOptions{})
	viewer, err := os.ReadFile("testdata/viewer-request.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range [][]byte{viewer, event(t, people), event(t, "")} {
		out, err := e.Invoke(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		_, raw := requestOf(t, in)
		if err := json.Compact(&want, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := json.Compact(&got, out); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("was\n%s, is\n%s", want.String(), got.String())
		}
	}
}

// Members keep their order and their exact values where others change.
func TestRestIsExact(t *testing.T) {
	e := lambdaevent.NewEdge(protector(t, sealer(t), articleFields...), lambdaevent.EdgeOptions{})
	out, err := e.Invoke(t.Context(), event(t, people))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(out, []byte(`{"exact": 12345678901234567890.10, "html": "<&>"}`)) {
		t.Errorf("a member that is not known has changed: %s", out)
	}
	var at []int
	for _, name := range []string{`"body"`, `"action"`, `"clientIp"`, `"headers"`, `"method"`, `"origin"`, `"querystring"`, `"uri"`} {
		at = append(at, bytes.Index(out, []byte(name)))
	}
	for i := 1; i < len(at); i++ {
		if at[i] < at[i-1] {
			t.Errorf("members are in another order: %s", out)
		}
	}
}

// What is answered has the members of a generated response:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html
func TestRefused(t *testing.T) {
	long := `{"ssn": "` + strings.Repeat("1", 200) + `"}`
	growing := `[` + strings.Repeat(`{"ssn":"1"},`, 4000) + `{}]`
	manyNumbers := strings.Repeat("ssn=1&", 25) + "x=1"
	for _, tt := range []struct {
		name   string
		event  []byte
		status string
	}{
		{"truncated", event(t, people, `"inputTruncated": false`, `"inputTruncated": true`), "413"},
		{"malformed", event(t, `{"ssn": "078-05-1120"`), "400"},
		{"duplicate", event(t, `{"ssn": "078-05-1120", "ssn": "1"}`), "400"},
		{"too deep", event(t, strings.Repeat("[", 1000)+strings.Repeat("]", 1000)), "400"},
		{"other format", event(t, people, "application/json", "image/png"), "415"},
		{"other character set", event(t, people, "application/json", "application/json; charset=utf-16"), "415"},
		{"no content type", event(t, people, `"content-type"`, `"x-type"`), "415"},
		{"two content types", event(t, people, `"value": "application/json"`, `"value": "application/json"}, {"value": "text/plain"`), "415"},
		{"compressed", event(t, people, `"content-length"`, `"content-encoding": [{"value": "gzip"}], "content-length"`), "415"},
		{"value longer than the key takes", event(t, long), "413"},
		{"longer than CloudFront takes back", event(t, growing), "413"},
		{"query longer than CloudFront takes back", event(t, people, "size=large&ssn=078-05-1120", manyNumbers), "414"},
		{"bad query", event(t, people, "ssn=078", "ss%6=078"), "400"},
		{"number with literal markers", event(t, `{"ssn": 12}`), "422"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := lambdaevent.NewEdge(protector(t, sealer(t), append(articleFields, "header:X-Ssn")...), lambdaevent.EdgeOptions{})
			got := invoke(t, e, tt.event)
			if got["status"] != tt.status || got["uri"] != nil || got["headers"] == nil || got["statusDescription"] == "" {
				t.Fatalf("answers %.300v, want status %s", got, tt.status)
			}
			h := got["headers"].(map[string]any)
			line := h["cache-control"].([]any)[0].(map[string]any)
			if line["key"] != "Cache-Control" || line["value"] != "no-store" {
				t.Errorf("CloudFront would keep the answer: %v", h)
			}
			if got["bodyEncoding"] != "text" || !strings.Contains(got["body"].(string), "error") {
				t.Errorf("body is %v", got["body"])
			}
			for _, value := range values {
				if strings.Contains(got["body"].(string), value) {
					t.Errorf("the answer has a value: %v", got["body"])
				}
			}
		})
	}
}

type brokenSealer struct{ err error }

func (s brokenSealer) Seal(context.Context, []byte, []byte, fieldcrypt.Encoding) ([]byte, error) {
	return nil, s.err
}

func TestSealerFails(t *testing.T) {
	cause := errors.New("dial kms.internal: refused")
	var log bytes.Buffer
	e := lambdaevent.NewEdge(protector(t, brokenSealer{cause}, "ssn"), lambdaevent.EdgeOptions{Log: slog.New(slog.NewTextHandler(&log, nil))})
	got := invoke(t, e, event(t, people))
	if got["status"] != "503" || strings.Contains(got["body"].(string), "kms") {
		t.Errorf("answers %v", got)
	}
	if !strings.Contains(log.String(), "kms.internal") || strings.Contains(log.String(), "078") {
		t.Errorf("logged %s", log.String())
	}
	// A function whose time is over gives an error: Lambda knows what it is.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := e.Invoke(ctx, event(t, people)); err == nil {
		t.Errorf("answers %s", out)
	}
}

func TestErrors(t *testing.T) {
	viewer, err := os.ReadFile("testdata/viewer-request.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][]byte{
		"empty":                   nil,
		"no JSON":                 []byte("{"),
		"a list":                  []byte("[]"),
		"null":                    []byte("null"),
		"no records":              []byte("{}"),
		"two records":             []byte(`{"Records":[{"cf":{"config":{"eventType":"origin-request"},"request":{}}},{}]}`),
		"no request":              []byte(`{"Records":[{"cf":{"config":{"eventType":"origin-request"}}}]}`),
		"request without headers": []byte(`{"Records":[{"cf":{"config":{"eventType":"origin-request"},"request":{"uri":"/","querystring":""}}}]}`),
		"response event":          event(t, people, "origin-request", "origin-response"),
		"unknown event":           event(t, people, "origin-request", ""),
		"member twice":            event(t, people, `"method"`, `"body"`),
		"body of another type":    event(t, people, `"encoding": "base64"`, `"encoding": 64`),
		"unknown encoding":        event(t, people, `"encoding": "base64"`, `"encoding": "hex"`),
		"no base64":               event(t, people, `"BODY"`, `"*"`),
		"no data":                 event(t, people, `"data"`, `"date"`),
		"no inputTruncated":       event(t, people, `"inputTruncated"`, `"truncated"`),
		"body not included":       event(t, people, `"body"`, `"bodies"`),
		"chunked, not included":   event(t, people, `"body"`, `"bodies"`, "content-length", "transfer-encoding"),
		"null body":               event(t, people, `"body": {`, `"body": null, "x": {`),
		"header of another type":  event(t, people, `"x-ssn": [`, `"x-ssn": 1, "y": [`),
		"header without value":    event(t, people, `"value": "078-05-1120"`, `"val": "078-05-1120"`),
		"header twice":            event(t, people, "x-ssn", "Host"),
		"no query":                bytes.ReplaceAll(viewer, []byte("querystring"), []byte("q")),
	} {
		e := lambdaevent.NewEdge(protector(t, sealer(t), append(articleFields, "header:X-Ssn")...), lambdaevent.EdgeOptions{})
		out, err := e.Invoke(t.Context(), in)
		if err == nil || out != nil {
			t.Errorf("%s: gives %.200s, %v", name, out, err)
			continue
		}
		for _, value := range values {
			if strings.Contains(err.Error(), value) {
				t.Errorf("%s: the error has a value: %v", name, err)
			}
		}
	}
}

// A header that is read-only in origin requests:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html.
// A rule that CloudFront would not let the function follow is the operator's
// mistake, and nothing passes until it is mended.
func TestReadOnlyHeader(t *testing.T) {
	e := lambdaevent.NewEdge(protector(t, sealer(t), "json:$..ssn", "header:If-None-Match"), lambdaevent.EdgeOptions{})
	in := event(t, people, `"x-ssn"`, `"if-none-match"`)
	if out, err := e.Invoke(t.Context(), in); err == nil || !strings.Contains(err.Error(), "If-None-Match") {
		t.Errorf("gives %s, %v", out, err)
	}
}

func TestBinaryBodyIsBase64(t *testing.T) {
	form := "--b\r\nContent-Disposition: form-data; name=\"ssn\"\r\n\r\n078-05-1120\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--b--\r\n"
	e := lambdaevent.NewEdge(protector(t, sealer(t), "ssn"), lambdaevent.EdgeOptions{})
	got := invoke(t, e, event(t, form, "application/json", "multipart/form-data; boundary=b"))
	body, _ := got["body"].(map[string]any)
	if body["encoding"] != "base64" || body["action"] != "replace" {
		t.Fatalf("%.300v", got)
	}
	data, err := base64.StdEncoding.DecodeString(body["data"].(string))
	if err != nil || strings.Contains(string(data), "078") || articleOpens(t, string(data)) != form {
		t.Errorf("%q, %v", data, err)
	}
}

func TestPassOther(t *testing.T) {
	in := event(t, "\x89PNG", "application/json", "image/png")
	e := lambdaevent.NewEdge(protector(t, sealer(t), "ssn"), lambdaevent.EdgeOptions{PassOther: true})
	body := invoke(t, e, in)["body"].(map[string]any)
	if body["action"] != "read-only" {
		t.Errorf("body is %v", body)
	}
	if got := invoke(t, e, event(t, people)); got["body"].(map[string]any)["action"] != "replace" {
		t.Error("what rules cover passes as well")
	}
	for _, kind := range []string{
		"application/json; charset=utf-16", "application/json; charset", "application/json; a=1; a=2",
		"application/json-patch+json", "multipart/form-data; boundary=a; x-boundary=b",
	} {
		if got := invoke(t, e, event(t, people, "application/json", kind)); got["status"] != "415" {
			t.Errorf("%s: %.300v", kind, got)
		}
	}
}

// A trigger of viewer requests gives back 40 KB of a body at most:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
func TestViewerLimit(t *testing.T) {
	grown := `[` + strings.Repeat(`{"ssn":"1"},`, 150) + `{}]` // 150 markers of 352 bytes
	e := lambdaevent.NewEdge(protector(t, sealer(t), "ssn"), lambdaevent.EdgeOptions{})
	if got := invoke(t, e, event(t, grown)); got["uri"] != "/people" {
		t.Errorf("at the origin: %.300v", got)
	}
	if got := invoke(t, e, event(t, grown, "origin-request", "viewer-request")); got["status"] != "413" {
		t.Errorf("at the viewer: %.300v", got)
	}
}

func FuzzInvoke(f *testing.F) {
	viewer, err := os.ReadFile("testdata/viewer-request.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(viewer)
	f.Add(event(f, people))
	e := lambdaevent.NewEdge(protector(f, sealer(f), "ssn", "header:X-Ssn"), lambdaevent.EdgeOptions{})
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := e.Invoke(t.Context(), in)
		if err == nil && !json.Valid(out) {
			t.Errorf("%s gives %s", in, out)
		}
	})
}

// What would tell a field by another way is removed: a hash of the body as it was,
// and the address of the page with the form.
func TestOtherCopies(t *testing.T) {
	e := lambdaevent.NewEdge(protector(t, sealer(t), "ssn"), lambdaevent.EdgeOptions{})
	header := func(name, value string) string {
		return `"` + strings.ToLower(name) + `": [{"key": "` + name + `", "value": "` + value + `"}], "content-type"`
	}
	for _, name := range []string{"Content-MD5", "Digest", "Repr-Digest", "X-Amz-Checksum-Sha256"} {
		in := event(t, people, `"content-type"`, header(name, "hashhash"))
		got := invoke(t, e, in)["headers"].(map[string]any)
		if got[strings.ToLower(name)] != nil || got["content-type"] == nil {
			t.Errorf("headers are %v", got)
		}
	}
	in := event(t, people, `"content-type"`, header("Referer", "https://example.com/form?ssn=219-09-1111"))
	if got, err := e.Invoke(t.Context(), in); err != nil || bytes.Contains(got, []byte("219-09-1111")) || !bytes.Contains(got, []byte("https://example.com/form\"")) {
		t.Errorf("%s, %v", got, err)
	}
	in = event(t, people, `"content-type"`, header("Content-Range", "bytes 0-9/20"))
	if got := invoke(t, e, in); got["status"] != "400" {
		t.Errorf("%v", got)
	}
}

// A value in the place of a name is not for the log.
func TestLogHasNoNames(t *testing.T) {
	var log bytes.Buffer
	e := lambdaevent.NewEdge(protector(t, sealer(t), "ssn"), lambdaevent.EdgeOptions{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for kind, body := range map[string]string{
		"application/x-www-form-urlencoded": "078-05-1120" + strings.Repeat("x", 2000),
		"application/json":                  `{"078-05-1120":{"ssn":1}}`,
	} {
		if got := invoke(t, e, event(t, body, "application/json", kind)); got["status"] == nil {
			t.Errorf("forwarded as %v", got)
		}
	}
	if strings.Contains(log.String(), "078-05") || strings.Count(log.String(), "\n") != 2 {
		t.Errorf("log: %s", &log)
	}
}
