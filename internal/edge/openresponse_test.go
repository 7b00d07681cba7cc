package edge

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// opening stores what it is posted at /in, and gives it back opened at /open,
// and with one key alone at /mail.
const opening = `
listen: [{address: "127.0.0.1:0"}]
keys:
  - {name: ssn, cipher: envelope, kms: ` + keyARN + `}
  - {name: mail, kms: ` + keyARN + `}
rules:
  - {name: ssn, key: ssn, fields: [ssn]}
  - {name: mail, key: mail, fields: [email]}
origins: [{name: people, url: ORIGIN}]
limits: {buffer: 4KiB}
routes:
  - {path: /in, origin: people, protect: [ssn, mail]}
  - {path: /open, origin: people, protect: [ssn, mail], open: {}}
  - {path: /mail, origin: people, pass: true, open: {keys: [mail]}}
  - {path: /strict, origin: people, pass: true, open: {keys: [mail], strict: true}}
`

// store makes the origin answer with what it was last posted.
func (w *world) store(headers ...string) {
	w.origin.mu.Lock()
	defer w.origin.mu.Unlock()
	w.origin.answer = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/in" {
			return
		}
		var stored received
		w.origin.mu.Lock()
		for _, r := range w.origin.requests {
			if r.URL.Path == "/in" {
				stored = r
			}
		}
		w.origin.mu.Unlock()
		rw.Header().Set("Content-Type", stored.Header.Get("Content-Type"))
		rw.Header().Set("Etag", `"1"`)
		rw.Header().Set("Cache-Control", "public, max-age=3600")
		rw.Header().Set("Content-Md5", "x")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			rw.Header().Set(name, value)
		}
		body := stored.body
		if coding := rw.Header().Get("Content-Encoding"); compressors[coding] != nil {
			body = compress(coding, body)
		}
		io.WriteString(rw, body)
	}
}

func TestOpensResponses(t *testing.T) {
	const payload = `{"ssn":"123-45-6789","email":"a@example.com","n":1}`
	w := protecting(t, opening)
	w.store()
	if resp, body := w.do(w.request("POST", "/in", payload, isJSON)); resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %d %s", resp.StatusCode, body)
	}
	resp, body := w.do(w.request("GET", "/open", "", "If-None-Match: \"1\"", "Range: bytes=0-9", "Accept-Encoding: gzip"))
	if resp.StatusCode != http.StatusOK || body != payload {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	if resp.Header.Get("Cache-Control") != "private, no-store" || resp.Header.Get("Etag") != "" || resp.Header.Get("Content-Md5") != "" {
		t.Errorf("a cache may keep it: %v", resp.Header)
	}
	got := w.origin.last(t).Header
	if got.Get("Range") != "" || got.Get("If-None-Match") != "" || got.Get("Accept-Encoding") != "identity" {
		t.Errorf("the origin was asked %v", got)
	}

	// A route with one key opens its fields alone, and does not ask KMS for others.
	before := w.kms.decrypts
	resp, body = w.do(w.request("GET", "/mail", ""))
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, `"email":"a@example.com"`) || !strings.Contains(body, `"ssn":"#ssn.1#`) {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	if asked := w.kms.decrypts - before; asked > 1 {
		t.Errorf("KMS was asked %d times", asked)
	}
	if !strings.Contains(lastLine(w.log.String()), `"opened":1,"leftSealed":1`) {
		t.Errorf("the log says %s", lastLine(w.log.String()))
	}

	// Strict refuses it as a whole.
	resp, body = w.do(w.request("GET", "/strict", ""))
	if resp.StatusCode != http.StatusBadGateway || strings.Contains(body, "example.com") || strings.Contains(body, "#ssn.1#") {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	if strings.Contains(w.log.String(), "a@example.com") || strings.Contains(w.log.String(), "123-45") {
		t.Errorf("the log has a value: %s", w.log)
	}

	// HEAD tells no length: it would be that of the sealed answer.
	resp, _ = w.do(w.request("HEAD", "/open", ""))
	if resp.StatusCode != http.StatusOK || resp.ContentLength >= 0 {
		t.Errorf("HEAD: %d, Content-Length %d", resp.StatusCode, resp.ContentLength)
	}

	// While KMS is away what is sealed stays so.
	w.kms.set(errors.New("KMS is away"))
	resp, body = w.do(w.request("GET", "/mail", ""))
	if resp.StatusCode != http.StatusOK || strings.Contains(body, "a@example.com") || !strings.Contains(body, "#mail.1#") {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
}

func TestOpensCompressedResponses(t *testing.T) {
	for coding := range compressors {
		t.Run(coding, func(t *testing.T) {
			w := protecting(t, opening)
			w.store("Content-Encoding: " + coding)
			w.do(w.request("POST", "/in", `{"email":"a@example.com"}`, isJSON))
			resp, body := w.do(w.request("GET", "/mail", ""))
			if resp.StatusCode != http.StatusOK || body != `{"email":"a@example.com"}` || resp.Header.Get("Content-Encoding") != "" {
				t.Errorf("answer %d %v %s", resp.StatusCode, resp.Header, body)
			}
		})
	}
}

func TestOpensLongResponses(t *testing.T) {
	payload := strings.ReplaceAll(people(300), "ssn", "email")
	w := protecting(t, opening)
	w.store()
	if resp, body := w.do(w.request("POST", "/in", payload, isJSON)); resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %d %s", resp.StatusCode, body)
	}
	resp, body := w.do(w.request("GET", "/mail", ""))
	if resp.StatusCode != http.StatusOK || body != payload || resp.ContentLength != -1 {
		t.Errorf("answer %d, %d of %d bytes, Content-Length %d", resp.StatusCode, len(body), len(payload), resp.ContentLength)
	}
	if !strings.Contains(lastLine(w.log.String()), `"opened":300`) {
		t.Errorf("the log says %s", lastLine(w.log.String()))
	}
}

// What cannot be looked into stays as it is, unless the route is strict.
func TestResponsesThatAreNotOpened(t *testing.T) {
	for name, header := range map[string]string{
		"an image": "Content-Type: image/png", "unknown coding": "Content-Encoding: compress", "no type": "Content-Type: ",
	} {
		t.Run(name, func(t *testing.T) {
			w := protecting(t, opening)
			w.store(header)
			w.do(w.request("POST", "/in", `{"email":"a@example.com"}`, isJSON))
			resp, body := w.do(w.request("GET", "/mail", ""))
			if resp.StatusCode != http.StatusOK || !strings.Contains(body, "#mail.1#") || strings.Contains(body, "example.com") {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			if resp, body = w.do(w.request("GET", "/strict", "")); resp.StatusCode != http.StatusBadGateway {
				t.Errorf("strict: answer %d %s", resp.StatusCode, body)
			}
		})
	}
	t.Run("malformed", func(t *testing.T) {
		w := protecting(t, opening)
		w.store("Content-Type: application/json")
		w.do(w.request("POST", "/in", `email=a%40example.com`, "Content-Type: application/x-www-form-urlencoded"))
		resp, body := w.do(w.request("GET", "/mail", ""))
		if resp.StatusCode != http.StatusBadGateway || strings.Contains(body, "example.com") {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
	})
	t.Run("a part", func(t *testing.T) {
		w := newWorld(t, opening)
		w.origin.answer = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			rw.Header().Set("Content-Range", "bytes 0-1/10")
			rw.WriteHeader(http.StatusPartialContent)
			io.WriteString(rw, "{}")
		}
		w.start()
		if resp, body := w.do(w.request("GET", "/mail", "")); resp.StatusCode != http.StatusBadGateway {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
	})
}
