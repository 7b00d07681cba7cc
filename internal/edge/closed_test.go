package edge

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Whatever is not understood is answered by the proxy itself: the origin gets
// not one byte.
func TestFailsClosed(t *testing.T) {
	const form = "Content-Type: application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, body string
		headers    []string
		reason     string
	}{
		// The wrong Content-Type. The second is what curl -d sends by default.
		{"JSON as text", alejandro, []string{"Content-Type: text/plain"}, reasonMediaType},
		{"JSON as a form", alejandro, []string{form}, reasonMalformed},
		{"JSON object as a form", `{"ssn":"123-45-6789"}`, []string{form}, reasonMalformed},
		{"JSON as XML", alejandro, []string{"Content-Type: application/xml"}, reasonMalformed},
		{"JSON as multipart", alejandro, []string{"Content-Type: multipart/form-data; boundary=x"}, reasonMalformed},
		{"JSON as an image", alejandro, []string{"Content-Type: image/png"}, reasonMediaType},
		{"JSON as octets", alejandro, []string{"Content-Type: application/octet-stream"}, reasonMediaType},
		{"JSON as something", alejandro, []string{"Content-Type: application/vnd.example"}, reasonMediaType},
		{"JSON as HTML", alejandro, []string{"Content-Type: text/html"}, reasonMediaType},
		{"form as JSON", `ssn=123-45-6789`, []string{isJSON}, reasonMalformed},
		{"XML as JSON", `<ssn>123-45-6789</ssn>`, []string{isJSON}, reasonMalformed},
		{"XML as a form", `<ssn a="1">123-45-6789</ssn>`, []string{form}, reasonMalformed},
		{"no Content-Type", alejandro, nil, reasonMediaType},
		{"empty Content-Type", alejandro, []string{"Content-Type: "}, reasonMediaType},
		{"broken Content-Type", alejandro, []string{"Content-Type: application/json; charset"}, reasonMediaType},
		{"two Content-Types", alejandro, []string{isJSON, "Content-Type: text/plain"}, reasonMediaType},
		{"two Content-Types in one", alejandro, []string{"Content-Type: application/json, text/plain"}, reasonMediaType},
		{"UTF-16", "\xff\xfe{\x00\"\x00s\x00s\x00n\x00\"\x00:\x001\x00}\x00", []string{isJSON}, reasonMalformed},
		{"UTF-7", `{"ssn":"123-45-6789"}`, []string{"Content-Type: application/json; charset=utf-7"}, reasonMediaType},
		{"Latin 1", `{"ssn":"123-45-6789"}`, []string{"Content-Type: application/json; charset=iso-8859-1"}, reasonMediaType},
		{"multipart without boundary", "x", []string{"Content-Type: multipart/form-data"}, reasonMediaType},
		{"multipart mixed", "x", []string{"Content-Type: multipart/mixed; boundary=x"}, reasonMediaType},

		// Names that are there twice: an origin takes the one or the other.
		{"duplicate", `{"ssn":"123-45-6789","ssn":"1"}`, []string{isJSON}, reasonDuplicate},
		{"duplicate by escape", `{"ssn":"1","\u0073sn":"123-45-6789"}`, []string{isJSON}, reasonDuplicate},
		{"duplicate by case", `{"ssn":"1","sSn":"123-45-6789"}`, []string{isJSON}, reasonDuplicate},
		{"duplicate above", `{"p":{"ssn":"1"},"p":{"x":"123-45-6789"}}`, []string{isJSON}, reasonDuplicate},

		// Syntax of which some parsers think otherwise.
		{"truncated", `[{"ssn":"123-45-6789"}`, []string{isJSON}, reasonMalformed},
		{"two values", `{"a":1}{"ssn":"123-45-6789"}`, []string{isJSON}, reasonMalformed},
		{"comment", `{/*"*/"ssn":"123-45-6789"/*"*/}`, []string{isJSON}, reasonMalformed},
		{"trailing comma", `{"ssn":"123-45-6789",}`, []string{isJSON}, reasonMalformed},
		{"single quotes", `{'ssn':'123-45-6789'}`, []string{isJSON}, reasonMalformed},
		{"NaN", `{"a":NaN,"ssn":"123-45-6789"}`, []string{isJSON}, reasonMalformed},
		{"invalid UTF-8 in a name", "{\"ssn\xff\":\"123-45-6789\"}", []string{isJSON}, reasonMalformed},
		{"lone surrogate in a name", `{"ssn\ud800":"123-45-6789"}`, []string{isJSON}, reasonMalformed},
		{"control character", "{\"ssn\":\"123-45\n6789\"}", []string{isJSON}, reasonMalformed},
		{"BOM", "\xef\xbb\xbf" + `{"ssn":"123-45-6789"}`, []string{isJSON}, reasonMalformed},
		{"too deep", strings.Repeat(`{"a":`, 2000) + `{"ssn":"123-45-6789"}` + strings.Repeat(`}`, 2000), []string{isJSON}, reasonTooDeep},
		{"form with semicolons", `a=1;ssn=123-45-6789`, []string{form}, reasonMalformed},
		{"form with a bad escape", `a=1&s%sn=123-45-6789`, []string{form}, reasonMalformed},
		{"XML with a DTD", `<!DOCTYPE p [<!ENTITY s "123-45-6789">]><p><ssn>&s;</ssn></p>`, []string{"Content-Type: text/xml"}, reasonMediaType},
		{"XML in UTF-16", `<?xml version="1.0" encoding="utf-16"?><ssn>123-45-6789</ssn>`, []string{"Content-Type: text/xml"}, reasonMediaType},
		{"XML not closed", `<p><ssn>123-45-6789</ssn>`, []string{"Content-Type: text/xml"}, reasonMalformed},

		// What no key of this kind seals: 190 bytes are the limit of RSA_2048.
		{"too long for RSA", `{"ssn":"` + strings.Repeat("1", 191) + `"}`, []string{isJSON}, reasonTooLong},
		{"too long for a field", `{"ssn":"` + strings.Repeat("1", 70_000) + `"}`, []string{isJSON}, reasonTooLong},

		// Content codings.
		{"unknown coding", "123-45-6789", []string{isJSON, "Content-Encoding: deflate"}, reasonCoding},
		{"doubled coding", zipped(zipped(alejandro)), []string{isJSON, "Content-Encoding: gzip, gzip"}, reasonCoding},
		{"doubled coding in two headers", zipped(alejandro), []string{isJSON, "Content-Encoding: gzip", "Content-Encoding: br"}, reasonCoding},
		{"JSON called gzip", alejandro, []string{isJSON, "Content-Encoding: gzip"}, reasonMalformed},
		{"JSON called br", alejandro, []string{isJSON, "Content-Encoding: br"}, reasonMalformed},
		{"JSON called zstd", alejandro, []string{isJSON, "Content-Encoding: zstd"}, reasonMalformed},
		{"gzip called JSON", zipped(alejandro), []string{isJSON}, reasonMalformed},
		{"gzip of something else", zipped("ssn=123-45-6789"), []string{isJSON, "Content-Encoding: gzip"}, reasonMalformed},
		{"gzip truncated", zipped(alejandro)[:60], []string{isJSON, "Content-Encoding: gzip"}, reasonMalformed},
		{"gzip with more after it", zipped(alejandro) + alejandro, []string{isJSON, "Content-Encoding: gzip"}, reasonMalformed},
		{"gzip twice", zipped(alejandro) + zipped(alejandro), []string{isJSON, "Content-Encoding: gzip"}, reasonMalformed},

		// Half a body.
		{"a part", oneField, []string{isJSON, "Content-Range: bytes 0-20/100"}, reasonMalformed},

		// Protocols that nobody here can read.
		{"WebSocket", "", []string{"Connection: Upgrade", "Upgrade: websocket", "X-Ssn: 1"}, reasonUpgrade},
		{"upgrade to several", "", []string{"Connection: Upgrade", "Upgrade: h2c, websocket"}, reasonUpgrade},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := protecting(t, person)
			resp, body := w.post(c.body, c.headers...)
			w.refused(resp, body, c.reason)
			for _, secret := range alejandroSecrets {
				if strings.Contains(body, secret) {
					t.Errorf("the answer has %q: %s", secret, body)
				}
			}
			if strings.Contains(w.log.String(), "123-45") {
				t.Errorf("the log has a value: %s", w.log)
			}
		})
	}
}

func TestQueryFailsClosed(t *testing.T) {
	for _, query := range []string{
		"a=1;ssn=123-45-6789", "ssn;=123-45-6789", "s%sn=123-45-6789", "ssn=123-45-6789%", "s%00sn=123-45-6789;", "%ff=123-45-6789&%",
	} {
		t.Run(query, func(t *testing.T) {
			w := protecting(t, person)
			resp, body := w.do(w.request("GET", "/people?"+query, ""))
			w.refused(resp, body, reasonMalformed)
		})
	}
}

// Names that some frameworks take for ssn.
func TestNamesThatMeanTheField(t *testing.T) {
	for _, query := range []string{
		"ssn=123-45-6789", "SSN=123-45-6789", "%53%53%4e=123-45-6789", "ssn[]=123-45-6789", "ssn[0]=123-45-6789", "user[ssn]=123-45-6789",
		"user.ssn=123-45-6789", "ssn=1&ssn=123-45-6789", "s_sn=123-45-6789", "ssn=1&SSN=123-45-6789", "+ssn=123-45-6789", "ssn+=123-45-6789",
	} {
		t.Run(query, func(t *testing.T) {
			w := protecting(t, person)
			resp, body := w.do(w.request("GET", "/people?"+query, ""))
			w.origin.never(t, "123-45-6789")
			if resp.StatusCode >= 500 {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			r := w.request("POST", "/people", query, "Content-Type: application/x-www-form-urlencoded")
			if resp, body := w.do(r); resp.StatusCode >= 500 {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			w.origin.never(t, "123-45-6789")
		})
	}
}

func TestMultipart(t *testing.T) {
	w := protecting(t, person)
	part := func(header, body string) string {
		return "--x\r\n" + header + "\r\n\r\n" + body + "\r\n--x--\r\n"
	}
	for _, c := range []struct {
		name, body string
		forwarded  bool
	}{
		{"field", part(`Content-Disposition: form-data; name="ssn"`, "123-45-6789"), true},
		{"other case", part(`content-disposition: form-data; name=SSN`, "123-45-6789"), true},
		{"JSON part", part("Content-Disposition: form-data; name=\"doc\"\r\nContent-Type: application/json", `{"ssn":"123-45-6789"}`), true},
		{"two names", part(`Content-Disposition: form-data; name="a"; name="ssn"`, "123-45-6789"), false},
		{"RFC 5987 name", part(`Content-Disposition: form-data; name="a"; name*=utf-8''ssn`, "123-45-6789"), false},
		{"encoded part", part("Content-Disposition: form-data; name=\"ssn\"\r\nContent-Transfer-Encoding: base64", "MTIzLTQ1LTY3ODk="), false},
		{"no end", "--x\r\nContent-Disposition: form-data; name=\"ssn\"\r\n\r\n123-45-6789", false},
		{"other boundary", strings.ReplaceAll(part(`Content-Disposition: form-data; name="ssn"`, "123-45-6789"), "--x", "--y"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := w.post(c.body, "Content-Type: multipart/form-data; boundary=x")
			if (resp.StatusCode == http.StatusOK) != c.forwarded || resp.StatusCode >= 500 {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			w.origin.never(t, "123-45-6789", "MTIzLTQ1")
		})
	}
}

// Without a public key nothing is sealed, so nothing starts; and once it has
// started, it works on while KMS is away.
func TestKeysComeFromKMS(t *testing.T) {
	const config = `
listen: [{address: "127.0.0.1:0"}]
keys: [{name: pii, cipher: envelope, kms: ` + keyARN + `, reuse: {messages: 1}}]
rules: [{name: person, key: pii, fields: [ssn]}]
origins: [{name: people, url: ORIGIN}]
routes: [{origin: people, protect: [person]}]
`
	t.Run("away at start", func(t *testing.T) {
		w := newWorld(t, config)
		w.origin.Start()
		defer w.origin.Close()
		c, err := w.load()
		if err != nil {
			t.Fatal(err)
		}
		w.kms.set(errors.New("KMS is away"))
		if _, err := New(t.Context(), c, w.options()); err == nil {
			t.Error("a proxy started without its key")
		}
	})
	t.Run("away later", func(t *testing.T) {
		w := protecting(t, config)
		w.kms.set(errors.New("KMS is away"))
		if err := w.RefreshKeys(t.Context()); err == nil {
			t.Error("nobody was told that KMS is away")
		}
		for range 3 {
			if resp, body := w.post(`{"ssn":"123-45-6789"}`, isJSON); resp.StatusCode != http.StatusOK {
				t.Fatalf("answer %d %s", resp.StatusCode, body)
			}
		}
		w.origin.never(t, "123-45-6789")
		if why := w.unready(); why != "" {
			t.Errorf("not ready: %s", why)
		}
	})
}

// Bodies that no rule covers pass only where their type was named.
func TestOtherTypes(t *testing.T) {
	config := strings.Replace(person, "protect: [person]", "protect: [person], other: [image/*, '*/*', application/pdf]", 1)
	for contentType, forwarded := range map[string]bool{
		"image/png": true, "application/pdf": true, "application/octet-stream": true,
		"text/plain": false, "text/plain; charset=utf-16": false, "multipart/form-data": false,
		"application/json; charset=utf-7": false, "application/problem+json; charset=latin1": false, "": false, "x": false,
	} {
		t.Run(contentType, func(t *testing.T) {
			w := protecting(t, config)
			resp, body := w.post("plain bytes", "Content-Type: "+contentType)
			if !forwarded {
				w.refused(resp, body, reasonMediaType)
				return
			}
			if resp.StatusCode != http.StatusOK || w.origin.last(t).body != "plain bytes" {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
		})
	}
	t.Run("text by name", func(t *testing.T) {
		w := protecting(t, strings.Replace(person, "protect: [person]", "protect: [person], other: [text/plain]", 1))
		if resp, body := w.post("plain bytes", "Content-Type: text/plain"); resp.StatusCode != http.StatusOK {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
	})
}

// A rule that searches text takes text, but not beside one that looks for
// names, unless the route says so.
func TestPlainText(t *testing.T) {
	const config = `
listen: [{address: "127.0.0.1:0"}]
keys: [{name: pii, pem: public.pem}]
rules:
  - {name: cards, key: pii, fields: ["text:pan"]}
  - {name: named, key: pii, fields: [ssn]}
origins: [{name: people, url: ORIGIN}]
routes: [{origin: people, protect: PROTECT}]
`
	for _, c := range []struct {
		protect   string
		forwarded bool
	}{
		{"[cards]", true},
		{"[cards, named]", false},
		{"[cards, named], accept: [text/plain]", true},
		{"[cards, named], accept: [application/json]", false},
	} {
		t.Run(c.protect, func(t *testing.T) {
			w := protecting(t, strings.Replace(config, "PROTECT", c.protect, 1))
			resp, body := w.post("I paid with 4111 1111 1111 1111.", "Content-Type: text/plain")
			w.origin.never(t, "4111")
			if !c.forwarded {
				w.refused(resp, body, reasonMediaType)
				return
			}
			if got := w.origin.last(t).body; opened(t, got) != "I paid with 4111 1111 1111 1111." {
				t.Errorf("the origin got %s", got)
			}
		})
	}
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func ExampleRefusal() {
	fmt.Println(refuse(reasonDuplicate, "$[0].ssn: duplicate name"))
	// Output: duplicate_name: $[0].ssn: duplicate name
}
