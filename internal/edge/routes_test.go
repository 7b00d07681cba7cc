package edge

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// routed has a protected part amid an origin that is otherwise passed.
const routed = `
listen: [{address: "127.0.0.1:0"}]
keys: [{name: pii, pem: public.pem}]
rules: [{name: person, key: pii, fields: [ssn]}]
origins:
  - {name: people, url: ORIGIN}
  - {name: below, url: ORIGIN/base/}
routes:
  - {name: people, path: /people, origin: people, protect: [person]}
  - {name: deep, path: /people/deep/, origin: below, protect: [person]}
  - {name: open, path: /, origin: people, pass: true}
  - {name: host, hosts: [api.example.com], path: /v1, origin: people, protect: [person]}
  - {name: wild, hosts: ["*.example.com"], origin: people, protect: [person]}
`

func TestRoutes(t *testing.T) {
	w := protecting(t, routed)
	for _, c := range []struct{ host, target, want, origin string }{
		{"", "/", "open", "/"},
		{"", "/peoples", "open", "/peoples"},
		{"", "/people", "people", "/people"},
		{"", "/people/", "people", "/people/"},
		{"", "/people/1?x=1", "people", "/people/1?x=1"},
		{"", "/%70eople/1", "people", "/%70eople/1"},
		{"", "/people/deep", "deep", "/base/people/deep"},
		{"", "/people/deep/a%20b", "deep", "/base/people/deep/a%20b"},
		{"", "/people/deeper", "people", "/people/deeper"},
		{"", "/a/people", "open", "/a/people"},
		{"", "/naïve", "open", "/na%C3%AFve"},
		{"api.example.com", "/v1", "host", "/v1"},
		{"API.Example.com.:8443", "/v1", "host", "/v1"},
		{"api.example.com", "/people", "", ""},
		{"other.example.com", "/people", "wild", "/people"},
		{"a.b.example.com", "/people", "people", "/people"},
		{"example.com", "/people", "people", "/people"},
		{"[::1]:80", "/people", "people", "/people"},
	} {
		t.Run(c.host+c.target, func(t *testing.T) {
			r := w.request("GET", c.target, "")
			if c.host != "" {
				r.Host = c.host
			}
			resp, body := w.do(r)
			if c.want == "" {
				w2 := *w
				if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, reasonNoRoute) {
					t.Errorf("answer %d %s", resp.StatusCode, body)
				}
				_ = w2
				return
			}
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("answer %d %s", resp.StatusCode, body)
			}
			if got := w.origin.last(t).RequestURI; got != c.origin {
				t.Errorf("the origin got %s, want %s", got, c.origin)
			}
			if log := w.log.String(); !strings.Contains(lastLine(log), `"route":"`+c.want+`"`) {
				t.Errorf("the route is not %s: %s", c.want, lastLine(log))
			}
		})
	}
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// A client must not be able to write the path of a protected route in a way
// that goes around the rules and that an origin understands all the same.
func TestPathsThatGoAround(t *testing.T) {
	for _, target := range []string{
		"/People", "/PEOPLE/1", "/people;v=1", "/people;/1", "/x;/../people", "/open/../people", "/./people", "/open/%2e%2e/people", "/%2E/people",
		"//people", "/open//people", "/people%2f1", "/open%2F..%2Fpeople", `/open\..\people`, "/open%5c..%5cpeople", "/%2570eople", "/people%00", "/peo%0aple",
		"/;x/people", "/..;/people", "/.;x/people", "/people%ff", "/open/..", "/open/.",
	} {
		t.Run(target, func(t *testing.T) {
			w := protecting(t, routed)
			c, r := w.dial()
			body := `{"ssn":"123-45-6789"}`
			io.WriteString(c, "POST "+target+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"+body)
			answer, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
				t.Errorf("answer %s", answer)
			}
			if got := w.origin.raw(); got != "" {
				t.Errorf("the origin received %s", got)
			}
		})
	}
}

// A route may be one listener's alone.
func TestListenersHaveTheirOwnRoutes(t *testing.T) {
	w := protecting(t, `
listen: [{name: outside, address: "127.0.0.1:0"}, {name: inside, address: "localhost:0"}]
keys: [{name: pii, pem: public.pem}]
rules: [{name: person, key: pii, fields: [ssn]}]
origins: [{name: people, url: ORIGIN}]
routes:
  - {name: in, origin: people, protect: [person]}
  - {name: out, path: /reports, listeners: [inside], origin: people, pass: true}
`)
	for listener, want := range map[string]string{"outside": "in", "inside": "out"} {
		r := httptest.NewRequest("GET", "/reports/1", nil)
		found, err := w.state.Load().routes[listener].find(r)
		if err != nil || found.config.Name != want {
			t.Errorf("%s: route %v, error %v", listener, found, err)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"/people/1", "/a/../b", "/%2e%2e/", "//", "/a;b/c", "/%252e", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, target string) {
		r, err := http.NewRequest("GET", "http://x/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = r.URL.Parse(target); err != nil {
			return
		}
		path, err := checkPath(r.URL)
		if err != nil {
			return
		}
		for segment := range strings.SplitSeq(path[1:], "/") {
			if segment == ".." || segment == "." || strings.ContainsAny(segment, "\\\x00\n") {
				t.Errorf("%q gives %q", target, path)
			}
		}
		if strings.Contains(path, "//") {
			t.Errorf("%q gives %q", target, path)
		}
	})
}
