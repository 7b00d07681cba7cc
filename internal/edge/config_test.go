package edge

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// Everything that is wrong is told at once, with its line.
func TestConfigProblems(t *testing.T) {
	for name, c := range map[string]struct {
		yaml string
		want []string
	}{
		"empty":   {"\n", []string{"edge.yaml: empty"}},
		"no YAML": {"listen: [", []string{"edge.yaml:"}},
		"unknown keys": {person + "limit: {}\nlimits: {bodies: 1}\n", []string{
			"edge.yaml:7: ", "edge.yaml:8: ",
		}},
		"wrong types": {person + "limits:\n  body: 1 parsec\n  stallTime: soon\n", []string{
			"edge.yaml:8: ", "edge.yaml:9: ",
		}},
		"twice the same key": {person + "listen: []\n", []string{"edge.yaml:7: "}},
		"nothing to find": {strings.Replace(person, "protect: [person]", "protect: [person], accept: [text/plain]", 1), []string{
			"edge.yaml:6: routes[0]: accept: no rule can find a field in text/plain",
		}},
		"what rules find passes": {strings.Replace(person, "protect: [person]", "protect: [person], other: [application/json]", 1), []string{
			"edge.yaml:6: routes[0]: other: the rules find fields in application/json",
		}},
		"no key in the file": {strings.Replace(person, "public.pem", "edge.yaml", 1), []string{"edge.yaml:3: keys[0].pem: "}},
		"two documents":      {person + "---\nlisten: []\n", []string{"edge.yaml"}},
		"nothing": {"limits: {}\n", []string{
			"edge.yaml:1: listen: no address to listen on", "edge.yaml:1: routes: no routes",
		}},
		"everything": {`
listen:
  - {name: a, address: "8080"}
  - {name: a, address: "127.0.0.1:1", tls: {}}
  - {name: c, address: "127.0.0.1:1", tls: {minVersion: "1.1"}}
  - {name: d, address: "127.0.0.1:2", h2c: true, tls: {certificates: [{cert: none.pem, key: none.key}]}}
admin: "127.0.0.1:1"
limits: {body: 1KiB, concurrent: -1, idleTime: -1s}
keys:
  - {name: PII, pem: public.pem}
  - {name: ssn}
  - {name: mail, pem: none.pem}
rules:
  - {name: r, key: other, fields: ["json:["]}
  - {name: r, key: mail}
  - {key: mail, fields: [ssn, "header:X-Forwarded-For"]}
origins:
  - {name: o, url: "ftp://x"}
  - {name: o, url: "http://user:secret@x/?q"}
  - {name: p, url: "http://x", tls: {}}
  - {name: q, url: "https://x", http2: maybe}
routes:
  - {name: x, origin: nowhere, protect: [r, s, r], pass: true}
  - {name: x, origin: o, path: people}
  - {name: y, origin: o, path: "/c/../b", pass: true, other: [image]}
  - {name: z, origin: o, hosts: ["Example.com", "a*.b"], protect: [r], accept: ["json"], listeners: [nobody]}
  - {name: v, origin: o, path: /A, pass: true, open: {keys: [nokey]}}
  - {name: w, origin: o, path: /a/, pass: true}
`, []string{
			`edge.yaml:3: listen[0].address: "8080" is not an address`,
			`edge.yaml:4: listen[1].name: "a" is there twice`,
			`edge.yaml:4: listen[1].tls: no certificates`,
			`edge.yaml:5: listen[2].address: "127.0.0.1:1" is there twice`,
			`edge.yaml:5: listen[2].tls: minVersion "1.1" is neither 1.2 nor 1.3`,
			`edge.yaml:6: listen[3].h2c: h2c is HTTP/2 without TLS`,
			`edge.yaml:6: listen[3].tls: open `,
			`edge.yaml:7: admin: "127.0.0.1:1" is there twice`,
			`edge.yaml:8: limits.concurrent: negative`,
			`edge.yaml:8: limits.idleTime: negative`,
			`edge.yaml:10: keys[0]: `,
			`edge.yaml:11: keys[1]: `,
			`edge.yaml:12: keys[2].pem: open `,
			`edge.yaml:14: rules[0].key: there is no key "other"`,
			`edge.yaml:14: rules[0].fields[0]: `,
			`edge.yaml:15: rules[1].name: "r" is there twice`,
			`edge.yaml:15: rules[1]: no fields`,
			`edge.yaml:16: rules[2]: no name`,
			`edge.yaml:16: rules[2].fields[1]: header X-Forwarded-For is the proxy's own`,
			`edge.yaml:18: origins[0].url: not an http or https URL`,
			`edge.yaml:19: origins[1].name: "o" is there twice`,
			`edge.yaml:19: origins[1].url: a URL of an origin has no user`,
			`edge.yaml:20: origins[2].tls: the URL is not https`,
			`edge.yaml:21: origins[3].http2: "maybe" is none of auto`,
			`edge.yaml:23: routes[0].origin: there is no origin "nowhere"`,
			`edge.yaml:23: routes[0]: one of protect and pass: true is needed`,
			`edge.yaml:23: routes[0].protect[1]: there is no rule "s"`,
			`edge.yaml:23: routes[0].protect[2]: "r" is there twice`,
			`edge.yaml:24: routes[1]: "x" is there twice`,
			`edge.yaml:24: routes[1].path: "people" is not a plain path`,
			`edge.yaml:24: routes[1]: one of protect and pass: true is needed`,
			`edge.yaml:25: routes[2].path: "/c/../b" is not a plain path`,
			`edge.yaml:25: routes[2]: what passes is not looked at`,
			`edge.yaml:25: routes[2].other[0]: "image" is not a media type`,
			`edge.yaml:26: routes[3].hosts[0]: "Example.com" is not a host name`,
			`edge.yaml:26: routes[3].hosts[1]: "a*.b" is not a host name`,
			`edge.yaml:26: routes[3].accept[0]: "json" is not a media type`,
			`edge.yaml:26: routes[3].listeners[0]: there is no listener "nobody"`,
			`edge.yaml:27: routes[4].open.keys[0]: there is no key "nokey"`,
			`edge.yaml:28: routes[5]: it has a host and path of route "v"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.yaml)
			w.origin.URL = "http://127.0.0.1:1"
			_, err := w.load()
			var wrong *ConfigError
			if !errors.As(err, &wrong) {
				t.Fatalf("error %v", err)
			}
			text := strings.ReplaceAll(err.Error(), w.dir+"/", "")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("no problem %q in\n%s", want, text)
				}
			}
			if len(c.want) > 5 && len(wrong.Problems) > len(c.want)+2 {
				t.Errorf("%d problems, want %d:\n%s", len(wrong.Problems), len(c.want), text)
			}
			if strings.Contains(text, "secret") {
				t.Errorf("a password is told: %s", text)
			}
		})
	}
}

func TestConfigDefaults(t *testing.T) {
	w := newWorld(t, person)
	w.origin.URL = "http://127.0.0.1:1"
	c, err := w.load()
	if err != nil {
		t.Fatal(err)
	}
	if c.Limits.Body != 16<<20 || c.Limits.Buffer != 1<<20 || c.Limits.StallTime != 30*time.Second || c.Refresh != time.Hour {
		t.Errorf("defaults are %+v", c.Limits)
	}
	if r := c.Routes[0]; r.Path != "/" || r.Name != "/" || c.Listen[0].Name != "127.0.0.1:0" || c.Origins[0].HTTP2 != "auto" {
		t.Errorf("defaults are %+v %+v", r, c.Origins[0])
	}
}

// The commands that open fields read the same file.
func TestFieldsReadsTheConfiguration(t *testing.T) {
	w := newWorld(t, opening+"admin: 127.0.0.1:0\ntrustedProxies: [10.0.0.0/8]\nrefresh: 1h\n")
	w.origin.URL = "http://127.0.0.1:1"
	c, err := w.load()
	if err != nil {
		t.Fatal(err)
	}
	file, err := fieldkeys.ReadFile(filepath.Join(w.dir, "edge.yaml"))
	if err != nil || !reflect.DeepEqual(file.Keys, c.Keys) || !reflect.DeepEqual(file.Rules, c.Rules) {
		t.Errorf("%+v, %v", file, err)
	}
}

// A change of any file that was read is noticed once; a file that is away for a
// moment is no change.
func TestWatch(t *testing.T) {
	w := newWorld(t, person)
	w.origin.URL = "http://127.0.0.1:1"
	c, err := w.load()
	if err != nil {
		t.Fatal(err)
	}
	var watch Watch
	watch.Follow(c)
	if watch.Changed() {
		t.Error("a change where there is none")
	}
	w.write("public.pem", "other")
	if !watch.Changed() || watch.Changed() {
		t.Error("a change is not noticed once")
	}
	if err := os.Remove(filepath.Join(w.dir, "edge.yaml")); err != nil {
		t.Fatal(err)
	}
	if watch.Changed() {
		t.Error("a file that is away is a change")
	}
	w.write("edge.yaml", "x")
	if !watch.Changed() {
		t.Error("the configuration's change is not noticed")
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(person)
	f.Add(routed)
	f.Add(opening)
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := &Config{dir: "/nowhere", files: map[string][]byte{}}
		if strings.Contains(text, "/dev") || strings.Contains(text, "/proc") {
			return // files without an end
		}
		c.parse([]byte(text))
	})
}
