package edge

import (
	"net/netip"
	"time"

	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// Config is the configuration of a proxy. docs/guide/field-level-encryption.md
// explains it. Get one from [Load]; nothing else has been checked.
type Config struct {
	Listen []Listener `yaml:"listen"`
	// Admin is the address of /metrics, /healthz and /readyz; none by default.
	Admin string `yaml:"admin"`
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `yaml:"trustedProxies"`
	Limits         Limits         `yaml:"limits"`
	// Refresh is how often public keys are fetched anew.
	Refresh time.Duration    `yaml:"refresh"`
	Keys    []fieldkeys.Key  `yaml:"keys"`
	Rules   []fieldkeys.Rule `yaml:"rules"`
	Origins []Origin         `yaml:"origins"`
	Routes  []Route          `yaml:"routes"`

	dir   string            // of the file: what file names are relative to
	files map[string][]byte // of the file and those it names, the digest when they were read
}

// A Listener is an address that requests come in at.
type Listener struct {
	Name    string `yaml:"name"` // default the address
	Address string `yaml:"address"`
	TLS     *TLS   `yaml:"tls"`
	// H2C takes HTTP/2 without TLS, for a balancer in front that ends TLS.
	H2C bool `yaml:"h2c"`
}

// TLS is how a listener does TLS. The server name chooses among certificates.
type TLS struct {
	Certificates []Certificate `yaml:"certificates"`
	MinVersion   string        `yaml:"minVersion"` // "1.2", the default, or "1.3"
	// ClientCA is a file of certificates; clients must then have one of theirs.
	ClientCA string `yaml:"clientCA"`
}

// A Certificate is a pair of PEM files.
type Certificate struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// An Origin is a web service that requests are forwarded to.
type Origin struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`
	// HTTP2 is auto (what TLS negotiates, the default), only, or off. With http
	// URLs only is HTTP/2 without TLS.
	HTTP2        string     `yaml:"http2"`
	PreserveHost bool       `yaml:"preserveHost"` // forward the client's Host
	TLS          *OriginTLS `yaml:"tls"`
}

// OriginTLS is how an origin proves itself, and the proxy to it.
type OriginTLS struct {
	CA         string       `yaml:"ca"` // file; default what the system trusts
	ServerName string       `yaml:"serverName"`
	Client     *Certificate `yaml:"client"`
}

// A Route says what happens to the requests of some hosts and paths. Of several
// that fit, the most specific host counts, and then the longest path.
type Route struct {
	Name      string   `yaml:"name"`      // default the first host and the path
	Hosts     []string `yaml:"hosts"`     // "api.example.com", "*.example.com"; default all
	Path      string   `yaml:"path"`      // "/people" and below it; default "/"
	Listeners []string `yaml:"listeners"` // default all
	Origin    string   `yaml:"origin"`
	// Protect names the rules. Exactly one of Protect and Pass must be said.
	Protect []string `yaml:"protect"`
	Pass    bool     `yaml:"pass"`
	// Accept are the media types that are parsed; default those in which the
	// rules can find a field. text/plain is among them by default only where all
	// rules search text: JSON that is called text would pass the others by.
	Accept []string `yaml:"accept"`
	// Other are media types whose bodies are forwarded as they are, "image/*".
	Other []string `yaml:"other"`
	// Open opens fields in the responses.
	Open *Open `yaml:"open"`
}

// Open says which fields of a response are opened.
type Open struct {
	// Keys are the names of the keys; default all. What others have sealed stays
	// sealed.
	Keys []string `yaml:"keys"`
	// Strict refuses a response of which a field does not open, rather than leave
	// it sealed.
	Strict bool `yaml:"strict"`
}

// Limits bound what a request may take.
type Limits struct {
	Body   fieldkeys.Size `yaml:"body"`   // bytes of a body that is parsed, decompressed
	Buffer fieldkeys.Size `yaml:"buffer"` // up to which a sealed body is held and sent whole
	Field  fieldkeys.Size `yaml:"field"`  // bytes of one field; default as fieldcrypt.Limits says
	Depth  int            `yaml:"depth"`  // of nested values; likewise
	Fields int            `yaml:"fields"` // sealed in one body; likewise
	Header fieldkeys.Size `yaml:"header"` // bytes of a request's header

	Concurrent int `yaml:"concurrent"` // requests at one time; more are answered 503

	HeaderTime time.Duration `yaml:"headerTime"` // for a request's header to arrive
	StallTime  time.Duration `yaml:"stallTime"`  // without progress of a body, either way
	IdleTime   time.Duration `yaml:"idleTime"`   // of a connection between requests
	OriginTime time.Duration `yaml:"originTime"` // until the origin begins to answer
	TotalTime  time.Duration `yaml:"totalTime"`  // of a request
	DrainTime  time.Duration `yaml:"drainTime"`  // from the signal to the last request's end
}

// times are the time limits by name.
func (l *Limits) times() map[string]time.Duration {
	return map[string]time.Duration{
		"headerTime": l.HeaderTime, "stallTime": l.StallTime, "idleTime": l.IdleTime,
		"originTime": l.OriginTime, "totalTime": l.TotalTime, "drainTime": l.DrainTime,
	}
}
