package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// secret is in every field that is to be sealed.
const secret = "5ecr3t"

// suffix begins the suffix of every sealed field and stands nowhere else: base64
// has no '.'.
const suffix = "#1."

// fields are the article's six, and then those by which HIPAA's Safe Harbor
// method (45 CFR 164.514(b)(2)) comes to eighteen.
var fields = []string{
	"ssn", "fname", "lname", "email", "dob", "phone",
	"address", "fax", "mrn", "beneficiary", "account", "license", "vehicle", "device", "url", "ip", "biometric", "photo",
}

// person is the article's record, with further fields up to n.
func person(n int) string {
	var b strings.Builder
	b.WriteString(`[{"plan": "gold", "since": 2019`)
	for _, f := range fields[:max(n, 6)] {
		fmt.Fprintf(&b, `, "%s": "%s-of-%s"`, f, secret, f)
	}
	b.WriteString("}]")
	return b.String()
}

// clean is the record with secrets only in the first n fields, so that the
// origin can tell that all that must be sealed is.
func clean(n int) string {
	text := person(n)
	for _, f := range fields[n:max(n, 6)] {
		text = strings.Replace(text, secret+"-of-"+f, "public-of-"+f, 1)
	}
	return text
}

// passPath is where the origin is told that nothing is sealed.
const passPath = "/pass"

// routePath is where n fields are sealed with a cipher.
func routePath(cipher string, n int) string { return fmt.Sprintf("/%s/%d", cipher, n) }

// configure writes the configuration of the proxy, and the key that it names.
func configure(dir, origin string) (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return "", err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, "public.pem"), public, 0o600); err != nil {
		return "", err
	}
	const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	var rules, routes strings.Builder
	for _, cipher := range ciphers {
		for _, n := range counts {
			name := fmt.Sprintf("%s%d", cipher, n)
			fmt.Fprintf(&rules, "  - {name: %s, key: %s, fields: [%s]}\n", name, cipher+"key", strings.Join(fields[:n], ", "))
			fmt.Fprintf(&routes, "  - {path: %s, origin: origin, protect: [%s]}\n", routePath(cipher, n), name)
		}
	}
	text := fmt.Sprintf(`
listen: [{address: "127.0.0.1:0"}]
limits: {body: 64GiB, totalTime: 24h}
keys:
  - {name: rsakey, pem: public.pem}
  - {name: envelopekey, cipher: envelope, kms: %q, pem: public.pem}
rules:
%sorigins: [{name: origin, url: %q}]
routes:
%s  - {path: %s, origin: origin, pass: true}
`, arn, rules.String(), origin, routes.String(), passPath)
	file := filepath.Join(dir, "edge.yaml")
	return file, os.WriteFile(file, []byte(text), 0o600)
}

var (
	ciphers = []string{"rsa", "envelope"}
	counts  = []int{1, 6, 18}
)
