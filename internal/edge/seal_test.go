package edge

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The person of the article "How to protect sensitive data for its entire
// lifecycle in AWS".
const alejandro = `[{"fname": "Alejandro", "lname": "Rosalez", "email": "alejandro.rosalez@example.com", "ssn": "123-45-6789", "dob": "1990-01-02", "phone": "+1-202-555-0100", "plan": "gold"}]`

var alejandroSecrets = []string{"Alejandro", "Rosalez", "example.com", "123-45-6789", "1990-01-02", "555-0100"}

func TestSealsTheArticlesFields(t *testing.T) {
	w := protecting(t, person)
	resp, body := w.post(alejandro, isJSON)
	if resp.StatusCode != http.StatusOK || body != "ok" {
		t.Fatalf("answer %d %q", resp.StatusCode, body)
	}
	w.origin.never(t, alejandroSecrets...)
	got := w.origin.last(t)
	if n := strings.Count(got.body, "#pii.1#"); n != 6 {
		t.Errorf("%d fields are sealed, want 6:\n%s", n, got.body)
	}
	if back := opened(t, got.body); back != alejandro {
		t.Errorf("opened:\n%s\nwant:\n%s", back, alejandro)
	}
	if got.ContentLength != int64(len(got.body)) || len(got.TransferEncoding) > 0 {
		t.Errorf("Content-Length %d, Transfer-Encoding %v for a short body of %d bytes", got.ContentLength, got.TransferEncoding, len(got.body))
	}
}

func TestSealsEveryMethodAndPlace(t *testing.T) {
	w := protecting(t, strings.Replace(person, "phone]", "phone, 'header:X-Ssn']", 1))
	const secret = "123-45-6789"
	for _, c := range []struct {
		name, method, target, body string
		headers                    []string
		want                       string // what the origin gets, opened
	}{
		{name: "PUT", method: "PUT", target: "/", body: `{"ssn":"123-45-6789"}`, headers: []string{isJSON}, want: `{"ssn":"123-45-6789"}`},
		{name: "PATCH", method: "PATCH", target: "/", body: `{"ssn":"123-45-6789"}`, headers: []string{"Content-Type: application/merge-patch+json"}, want: `{"ssn":"123-45-6789"}`},
		{name: "DELETE with a body", method: "DELETE", target: "/", body: `{"ssn":"123-45-6789"}`, headers: []string{isJSON}, want: `{"ssn":"123-45-6789"}`},
		{name: "GET with a body", method: "GET", target: "/", body: `{"ssn":"123-45-6789"}`, headers: []string{isJSON}, want: `{"ssn":"123-45-6789"}`},
		{name: "a method of nobody's", method: "ENROLL", target: "/", body: `{"ssn":"123-45-6789"}`, headers: []string{isJSON}, want: `{"ssn":"123-45-6789"}`},
		{name: "nested", method: "POST", target: "/", body: `{"a":[{"b":{"ssn":"123-45-6789"}}]}`, headers: []string{isJSON}, want: `{"a":[{"b":{"ssn":"123-45-6789"}}]}`},
		{name: "number", method: "POST", target: "/", body: `{"ssn":123456789}`, headers: []string{isJSON}, want: `{"ssn":123456789}`},
		{name: "escaped name", method: "POST", target: "/", body: `{"\u0073s\u006e":"123-45-6789"}`, headers: []string{isJSON}, want: `{"\u0073s\u006e":"123-45-6789"}`},
		{name: "other case", method: "POST", target: "/", body: `{"SSN":"123-45-6789"}`, headers: []string{isJSON}, want: `{"SSN":"123-45-6789"}`},
		{name: "long s", method: "POST", target: "/", body: `{"ſsn":"123-45-6789"}`, headers: []string{isJSON}, want: `{"ſsn":"123-45-6789"}`},
		{name: "form", method: "POST", target: "/", body: `a=1&ssn=123-45-6789`, headers: []string{"Content-Type: application/x-www-form-urlencoded"}, want: `a=1&ssn=123-45-6789`},
		{name: "XML", method: "POST", target: "/", body: `<p><ssn>123-45-6789</ssn></p>`, headers: []string{"Content-Type: application/xml"}, want: `<p><ssn>123-45-6789</ssn></p>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := w.do(w.request(c.method, c.target, c.body, c.headers...))
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("answer %d %s", resp.StatusCode, body)
			}
			got := w.origin.last(t)
			if got.Method != c.method {
				t.Errorf("method %s", got.Method)
			}
			text := got.body
			if c.name == "form" {
				// A marker has characters that a form escapes.
				form, err := url.ParseQuery(text)
				if err != nil {
					t.Fatal(err)
				}
				text = "a=" + form.Get("a") + "&ssn=" + form.Get("ssn")
			}
			if back := opened(t, text); back != c.want {
				t.Errorf("opened %s", back)
			}
			w.origin.never(t, secret, "123456789")
		})
	}
	t.Run("query", func(t *testing.T) {
		resp, body := w.do(w.request("GET", "/search?a=1&%73sn=123-45-6789&b", ""))
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("answer %d %s", resp.StatusCode, body)
		}
		w.origin.never(t, secret)
		if target := w.origin.last(t).RequestURI; strings.ContainsAny(target, "#+ ") {
			t.Errorf("the target %s has what a query escapes", target)
		}
		query := w.origin.last(t).URL.Query()
		if query.Get("a") != "1" || opened(t, query.Get("ssn")) != secret {
			t.Errorf("the origin's query is %v", query)
		}
	})
	t.Run("header", func(t *testing.T) {
		resp, body := w.do(w.request("GET", "/", "", "X-Ssn: 123-45-6789", "X_ssn: 123-45-6789"))
		if resp.StatusCode == http.StatusOK {
			if got := w.origin.last(t).Header.Get("X-Ssn"); opened(t, got) != secret {
				t.Errorf("the origin's header is %q", got)
			}
		} else if resp.StatusCode >= 500 {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
		w.origin.never(t, secret)
	})
}

// A rule may name a key's version, and several rules go together.
func TestSeveralKeys(t *testing.T) {
	w := protecting(t, `
listen: [{address: "127.0.0.1:0"}]
keys:
  - {name: pii, pem: public.pem}
  - {name: pii, version: 2, pem: public.pem}
  - {name: mail, cipher: envelope, kms: `+keyARN+`}
rules:
  - {name: person, key: pii, fields: [ssn]}
  - {name: old, key: pii.1, fields: [dob]}
  - {name: contact, key: mail, fields: [email]}
  - {name: card, key: mail, fields: ["any:pan"]}
origins: [{name: people, url: ORIGIN}]
routes: [{origin: people, protect: [person, old, contact, card]}]
`)
	resp, body := w.post(`{"ssn":"123-45-6789","dob":"1990-01-02","email":"a@example.com","note":"paid with 4111 1111 1111 1111"}`, isJSON)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %d %s", resp.StatusCode, body)
	}
	got := w.origin.last(t).body
	for _, want := range []string{`"ssn":"#pii.2#`, `"dob":"#pii.1#`, `"email":"#mail.1#`, `"note":"paid with #mail.1#`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	w.origin.never(t, "123-45-6789", "1990-01-02", "a@example.com", "4111 1111")
	if w.kms.decrypts != 0 {
		t.Error("sealing asked KMS to decrypt")
	}
}

// What looks sealed is sealed again: a client could have forged it.
func TestForgedMarkerIsSealed(t *testing.T) {
	w := protecting(t, person)
	const forged = `#pii.1#MTIzLTQ1LTY3ODk=#1.pii#`
	if resp, body := w.post(`{"ssn":"`+forged+`"}`, isJSON); resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %d %s", resp.StatusCode, body)
	}
	w.origin.never(t, forged)
}

// The article's own markers leave no room to say that a value is a number.
func TestLiteralMarkers(t *testing.T) {
	config := strings.Replace(person, "pem: public.pem", `pem: public.pem, prefix: "#01#", suffix: "#10#"`, 1)
	t.Run("strings", func(t *testing.T) {
		w := protecting(t, config)
		if resp, body := w.post(alejandro, isJSON); resp.StatusCode != http.StatusOK {
			t.Fatalf("answer %d %s", resp.StatusCode, body)
		}
		if got := w.origin.last(t).body; strings.Count(got, `"#01#`) != 6 || strings.Count(got, `#10#"`) != 6 {
			t.Errorf("the origin got %s", got)
		}
		w.origin.never(t, alejandroSecrets...)
	})
	for _, value := range []string{"123456789", "true", `{"a":"123-45-6789"}`, `["123-45-6789"]`} {
		t.Run(value, func(t *testing.T) {
			w := protecting(t, config)
			resp, body := w.post(`{"ssn":`+value+`}`, isJSON)
			w.refused(resp, body, reasonField)
		})
	}
}
