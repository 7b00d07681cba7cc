package edge

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// certificate makes a certificate of a name, signed by a parent or by itself, in
// the files name.pem and name.key.
func (w *world) certificate(name string, parent *tls.Certificate) *tls.Certificate {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: parent == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signer, above := any(key), template
	if parent != nil {
		signer, above = parent.PrivateKey, parent.Leaf
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above, &key.PublicKey, signer)
	if err != nil {
		w.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		w.t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	w.write(name+".pem", string(cert))
	w.write(name+".key", string(secret))
	pair, err := tls.X509KeyPair(cert, secret)
	if err != nil {
		w.t.Fatal(err)
	}
	return &pair
}

func poolOf(c *tls.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.Leaf)
	return pool
}

const secureListen = `[{address: "127.0.0.1:0", tls: {certificates: [{cert: edge.pem, key: edge.key}]}}]`

func secured() string {
	return strings.Replace(person, `[{address: "127.0.0.1:0"}]`, secureListen, 1)
}

// clientOf is a client that trusts a certificate authority.
func clientOf(t *testing.T, ca *tls.Certificate, http2 bool, own ...tls.Certificate) *http.Transport {
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: poolOf(ca), Certificates: own}, Protocols: new(http.Protocols)}
	tr.Protocols.SetHTTP1(!http2)
	tr.Protocols.SetHTTP2(http2)
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func TestTLSIn(t *testing.T) {
	w := newWorld(t, secured())
	ca := w.certificate("ca", nil)
	w.certificate("edge", ca)
	w.start()
	for _, http2 := range []bool{false, true} {
		tr := clientOf(t, ca, http2)
		resp, body := w.doWith(tr, w.request("POST", "/", alejandro, isJSON))
		if resp.StatusCode != http.StatusOK || (resp.ProtoMajor == 2) != http2 {
			t.Errorf("answer %d %s over %s", resp.StatusCode, body, resp.Proto)
		}
		if got := w.origin.last(t).Header.Get("X-Forwarded-Proto"); got != "https" {
			t.Errorf("X-Forwarded-Proto %q", got)
		}
		// A body without a length, and none without a length.
		r := w.request("POST", "/", "", isJSON)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(alejandro)), -1
		if resp, body := w.doWith(tr, r); resp.StatusCode != http.StatusOK {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
		r = w.request("POST", "/", "")
		r.Body, r.ContentLength = io.NopCloser(&bytes.Buffer{}), -1
		if resp, body := w.doWith(tr, r); resp.StatusCode != http.StatusOK || w.origin.last(t).ContentLength != 0 {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
		// Refusals are the same.
		if resp, body := w.doWith(tr, w.request("POST", "/", alejandro, "Content-Type: text/plain")); resp.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
		r = w.request("POST", "/", "", isJSON)
		r.Body, r.ContentLength, r.Trailer = io.NopCloser(strings.NewReader("{}")), -1, http.Header{"X-Ssn": {"123-45-6789"}}
		if resp, body := w.doWith(tr, r); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
	}
	w.origin.never(t, alejandroSecrets...)
	_, err := tls.Dial("tcp", strings.TrimPrefix(w.url, "https://"), &tls.Config{RootCAs: poolOf(ca), MaxVersion: tls.VersionTLS11})
	if err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	// Plain HTTP on the port of TLS reaches nobody.
	resp, err := http.Get(strings.Replace(w.url, "https", "http", 1))
	if err == nil && resp.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP: answer %d", resp.StatusCode)
	}
}

// New certificates are shown to new connections.
func TestCertificatesAreReloaded(t *testing.T) {
	w := newWorld(t, secured())
	ca := w.certificate("ca", nil)
	first := w.certificate("edge", ca)
	w.start()
	serial := func() *big.Int {
		c, err := tls.Dial("tcp", strings.TrimPrefix(w.url, "https://"), &tls.Config{RootCAs: poolOf(ca)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber
	}
	if serial().Cmp(first.Leaf.SerialNumber) != 0 {
		t.Error("another certificate is shown")
	}
	second := w.certificate("edge", ca)
	if err := w.reloadWith(secured()); err != nil {
		t.Fatal(err)
	}
	if serial().Cmp(second.Leaf.SerialNumber) != 0 {
		t.Error("the old certificate is shown")
	}
	w.write("edge.key", "no key")
	if err := w.reloadWith(secured()); err == nil {
		t.Error("a broken key was taken")
	}
	if serial().Cmp(second.Leaf.SerialNumber) != 0 {
		t.Error("another certificate is shown")
	}
}

func TestClientCertificates(t *testing.T) {
	w := newWorld(t, strings.Replace(secured(), "tls: {", "tls: {clientCA: clients.pem, ", 1))
	ca, clients := w.certificate("ca", nil), w.certificate("clients", nil)
	w.certificate("edge", ca)
	own, other := w.certificate("client", clients), w.certificate("other", nil)
	w.start()
	if resp, body := w.doWith(clientOf(t, ca, false, *own), w.request("POST", "/", alejandro, isJSON)); resp.StatusCode != http.StatusOK {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	before := w.origin.raw()
	for _, certificates := range [][]tls.Certificate{nil, {*other}} {
		if resp, err := clientOf(t, ca, false, certificates...).RoundTrip(w.request("GET", "/", "")); err == nil {
			t.Errorf("answer %d", resp.StatusCode)
		}
	}
	if w.origin.raw() != before {
		t.Error("the origin was asked")
	}
}

// The origin has to prove itself; if it does not, nothing is sent to it.
func TestTLSOut(t *testing.T) {
	for name, c := range map[string]struct {
		tls    string
		http2  string
		status int
		major  int
	}{
		"trusted":    {"{ca: ca.pem, serverName: origin}", "auto", http.StatusOK, 2},
		"HTTP/1.1":   {"{ca: ca.pem, serverName: origin}", `"off"`, http.StatusOK, 1},
		"HTTP/2":     {"{ca: ca.pem, serverName: origin}", "only", http.StatusOK, 2},
		"not known":  {"{ca: other.pem, serverName: origin}", "auto", http.StatusBadGateway, 0},
		"other name": {"{ca: ca.pem, serverName: elsewhere}", "auto", http.StatusBadGateway, 0},
		"system":     {"{serverName: origin}", "auto", http.StatusBadGateway, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, strings.Replace(person, "url: ORIGIN", "url: ORIGIN, http2: "+c.http2+", tls: "+c.tls, 1))
			ca := w.certificate("ca", nil)
			w.certificate("other", nil)
			w.origin.TLS = &tls.Config{Certificates: []tls.Certificate{*w.certificate("origin", ca)}}
			w.origin.EnableHTTP2 = true
			w.origin.StartTLS()
			w.start()
			resp, body := w.post(alejandro, isJSON)
			if resp.StatusCode != c.status {
				t.Fatalf("answer %d %s", resp.StatusCode, body)
			}
			if c.status != http.StatusOK {
				if len(w.origin.requests) > 0 || !strings.Contains(body, reasonOriginTLS) {
					t.Errorf("the origin got %d requests; answer %s", len(w.origin.requests), body)
				}
				return
			}
			got := w.origin.last(t)
			if got.ProtoMajor != c.major || opened(t, got.body) != alejandro || strings.Contains(got.body, "Alejandro") {
				t.Errorf("over %s the origin got %s", got.Proto, got.body)
			}
		})
	}
}

// HTTP/2 without TLS, both ways, where it was asked for.
func TestH2C(t *testing.T) {
	config := strings.Replace(person, `:0"}`, `:0", h2c: true}`, 1)
	w := newWorld(t, strings.Replace(config, "url: ORIGIN", "url: ORIGIN, http2: only", 1))
	w.origin.Config.Protocols = new(http.Protocols)
	w.origin.Config.Protocols.SetUnencryptedHTTP2(true)
	w.start()
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	defer tr.CloseIdleConnections()
	resp, body := w.doWith(tr, w.request("POST", "/?ssn=123-45-6789", alejandro, isJSON))
	got := w.origin.last(t)
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 || got.ProtoMajor != 2 {
		t.Fatalf("answer %d %s over %s, the origin over %s", resp.StatusCode, body, resp.Proto, got.Proto)
	}
	if opened(t, got.body) != alejandro || strings.Contains(got.body, "Alejandro") || strings.Contains(got.RequestURI, "123-45") {
		t.Errorf("the origin got %s %s", got.RequestURI, got.body)
	}
}
