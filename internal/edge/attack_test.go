package edge

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// Origins that go by such header fields would find the protected path in a
// request that passes on the way to another.
func TestTargetsInHeadersOfWhatPasses(t *testing.T) {
	w := protecting(t, routed)
	resp, _ := w.do(w.request("POST", "/upload", oneField, isJSON, "X-Original-Url: /people", "X-Rewrite-URL: /people",
		"X_Original_URL: /people", "X-Forwarded-Prefix: /people", "X-Forwarded-Path: /people", "X-Original-Host: people"))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %d", resp.StatusCode)
	}
	for name, values := range w.origin.last(t).Header {
		if strings.Contains(values[0], "people") {
			t.Errorf("the origin got %s: %s", name, values[0])
		}
	}
}

// What is no name takes no route, not even that for all hosts: the origin may
// find one in it.
func TestHostsThatAreNone(t *testing.T) {
	for _, host := range []string{"api.example.com:80:80", "api.example.com,x", "api.example.com..", "api.example.com;x", "api%2eexample.com", "[api.example.com", "api.example.com*", "(api.example.com)", "[::1%25lo]"} {
		t.Run(host, func(t *testing.T) {
			w := protecting(t, routed)
			c, r := w.dial()
			io.WriteString(c, "POST /v1 HTTP/1.1\r\nHost: "+host+"\r\nContent-Type: application/json\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"+oneField)
			answer, err := io.ReadAll(r)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || w.origin.raw() != "" {
				t.Errorf("answer %s, %v, the origin received %s", answer, err, w.origin.raw())
			}
		})
	}
}

// Windows drops dots and spaces at the end of a name.
func TestPathsThatWindowsShortens(t *testing.T) {
	w := protecting(t, routed)
	for _, target := range []string{"/people.", "/people%20", "/people./1", "/people.%20.", "/people.;x", "/..."} {
		resp, body := w.do(w.request("POST", target, oneField, isJSON))
		w.refused(resp, body, reasonPath)
	}
}

// A range is meant for images, not for what some origin reads fields from.
func TestRangesTakeInNoFields(t *testing.T) {
	w := protecting(t, strings.Replace(person, "protect: [person]", "protect: [person], other: ['*/*', 'multipart/*', application/x-json]", 1))
	for _, contentType := range []string{"multipart/mixed; boundary=b", "multipart/related; boundary=b", "application/jsonp", "application/x-www-form-urlencoded2", "text/xml-external-parsed-entity", "application/json-seq", "application/json5"} {
		resp, body := w.post(oneField, "Content-Type: "+contentType)
		w.refused(resp, body, reasonMediaType)
	}
	if resp, _ := w.post("[]", "Content-Type: application/x-json"); resp.StatusCode != http.StatusOK {
		t.Errorf("what is named is answered %d", resp.StatusCode)
	}
}

// Of two rsa keys that are one to KMS, the marker of the one opens under the name
// of the other.
func TestKeysThatCanBeRenamed(t *testing.T) {
	config := func(cipher, open string) string {
		return `
listen: [{address: "127.0.0.1:0"}]
keys:
  - {name: ssn, cipher: ` + cipher + `, kms: ` + keyARN + `}
  - {name: mail, kms: ` + keyARN + `}
origins: [{name: people, url: "http://127.0.0.1:1"}]
routes: [{origin: people, pass: true, open: ` + open + `}]
`
	}
	for _, c := range []struct {
		cipher, open string
		good         bool
	}{
		{"rsa", "{keys: [mail]}", false},
		{"rsa", "{keys: [mail.1]}", false},
		{"rsa", "{keys: [mail, ssn]}", true},
		{"rsa", "{}", true},
		{"envelope", "{keys: [mail]}", true},
	} {
		w := newWorld(t, config(c.cipher, c.open))
		if _, err := w.load(); (err == nil) != c.good {
			t.Errorf("%s, %s: %v", c.cipher, c.open, err)
		}
	}
}

// A panic while an answer is being opened ends that exchange, not the proxy.
func TestPanicWhileOpening(t *testing.T) {
	w := newWorld(t, opening)
	w.start()
	w.store()
	w.do(w.request("POST", "/in", `{"ssn":"123-45-6789","email":"a@example.com"}`, isJSON))
	for _, r := range w.state.Load().byName {
		if r.unsealer != nil {
			finder, err := fieldcrypt.NewFinder()
			if err != nil {
				t.Fatal(err)
			}
			r.unsealer = fieldcrypt.NewUnsealer(finder, fieldcrypt.Openers{"ssn.1": nil}, fieldcrypt.UnsealOptions{})
		}
	}
	resp, body := w.do(w.request("GET", "/open", ""))
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(body, "123-45") {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
}
