package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The choices of Origin.HTTP2.
const (
	http2Auto = "auto"
	http2Only = "only"
	http2Off  = "off"
)

// origin is a web service behind the proxy.
type origin struct {
	name         string
	url          *url.URL
	preserveHost bool
	transport    *http.Transport
}

// idleConnections is how many connections to an origin are kept for the next
// requests: opening one costs more than a request.
const idleConnections = 256

func newOrigin(c *Config, o *Origin) (*origin, error) {
	u, err := parseOrigin(o.URL)
	if err != nil {
		return nil, err
	}
	secure, err := c.originTLS(o.TLS)
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	switch {
	case o.HTTP2 == http2Only && u.Scheme == "http":
		protocols.SetUnencryptedHTTP2(true)
	case o.HTTP2 == http2Only:
		protocols.SetHTTP2(true)
	default:
		protocols.SetHTTP1(true)
		protocols.SetHTTP2(o.HTTP2 == http2Auto)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &origin{name: o.Name, url: u, preserveHost: o.PreserveHost, transport: &http.Transport{
		// No proxy of the environment: it would see what no rule seals.
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  c.Limits.OriginTime,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConns:           0,
		MaxIdleConnsPerHost:    idleConnections,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		DisableCompression:     true, // what the origin sends is forwarded as it is
		Protocols:              protocols,
	}}, nil
}

// originTLS is how the proxy does TLS with an origin.
func (c *Config) originTLS(o *OriginTLS) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	if o == nil {
		return t, nil
	}
	t.ServerName = o.ServerName
	if o.CA != "" {
		pool, err := c.pool(o.CA)
		if err != nil {
			return nil, err
		}
		t.RootCAs = pool
	}
	if o.Client != nil {
		pair, err := c.keyPair(*o.Client)
		if err != nil {
			return nil, err
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}

// pool reads a file of certificates.
func (c *Config) pool(file string) (*x509.CertPool, error) {
	data, err := c.read(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s has no certificate", file)
	}
	return pool, nil
}

// keyPair reads a certificate and its key. No error tells what is in the key.
func (c *Config) keyPair(p Certificate) (tls.Certificate, error) {
	cert, err := c.read(p.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := c.read(p.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s and %s: %w", p.Cert, p.Key, err)
	}
	return pair, nil
}

// failure sorts the errors of requests to origins. Their text may hold what the
// origin sent, so only its kind is told.
func failure(ctx context.Context, err error) *Refusal {
	var done *Refusal
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var network *net.OpError
	switch {
	case errors.As(err, &done):
		return done
	case errors.Is(ctx.Err(), context.Canceled):
		return refuse(reasonGone, "the client went away")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return refuse(reasonLate, "the origin did not answer in time")
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		r := refuse(reasonOriginTLS, "the origin could not be reached")
		r.Cause = errors.New("no TLS connection to the origin")
		if certificate != nil {
			r.Cause = certificate.Err
		}
		return r
	}
	r := refuse(reasonOrigin, "the origin could not be reached")
	if errors.As(err, &network) {
		r.Cause = network
	}
	return r
}
