package edge

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// serverTLS is how a listener does TLS. It does not name protocols: the
// listener does.
func (c *Config) serverTLS(t *TLS) (*tls.Config, error) {
	out := &tls.Config{}
	switch t.MinVersion {
	case "1.2":
		out.MinVersion = tls.VersionTLS12
	case "1.3":
		out.MinVersion = tls.VersionTLS13
	default:
		return nil, fmt.Errorf("minVersion %q is neither 1.2 nor 1.3", t.MinVersion)
	}
	if len(t.Certificates) == 0 {
		return nil, errors.New("no certificates")
	}
	for _, p := range t.Certificates {
		pair, err := c.keyPair(p)
		if err != nil {
			return nil, err
		}
		out.Certificates = append(out.Certificates, pair)
	}
	if t.ClientCA != "" {
		pool, err := c.pool(t.ClientCA)
		if err != nil {
			return nil, err
		}
		out.ClientCAs, out.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	return out, nil
}
