package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

const region = "us-east-1"

// message is a request that is not signed yet.
type message struct {
	method      string // POST when empty
	service     string
	path        string // with the query
	target      string // of the JSON protocol
	contentType string
	body        []byte
	hash        string // of a body that is sent so often that it is hashed once
}

// kmsCall is a call of KMS, which speaks JSON.
func kmsCall(operation string, in map[string]any) message {
	body, err := json.Marshal(in)
	if err != nil {
		panic(err) // made of strings, bytes and maps only
	}
	return message{
		service:     "kms",
		path:        "/",
		target:      "TrentService." + operation,
		contentType: "application/x-amz-json-1.1",
		body:        body,
	}
}

var versions = map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}

// queryCall is a call of IAM or STS, which take a form. Parameters are names
// and values in turn.
func queryCall(service, action string, parameters ...string) message {
	form := url.Values{"Action": {action}, "Version": {versions[service]}}
	for i := 0; i < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	return message{
		service:     service,
		path:        "/",
		contentType: "application/x-www-form-urlencoded; charset=utf-8",
		body:        []byte(form.Encode()),
	}
}

// The three operations that are measured.

func getCallerIdentity() message { return queryCall("sts", "GetCallerIdentity") }

func encrypt(keyID string) message {
	return kmsCall("Encrypt", map[string]any{"KeyId": keyID, "Plaintext": random(32)})
}

func sign(keyID string) message {
	return kmsCall("Sign", map[string]any{
		"KeyId": keyID, "Message": random(32), "MessageType": "RAW", "SigningAlgorithm": "ECDSA_SHA_256",
	})
}

// random is base64 text of n random bytes.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// identity is an access key.
type identity struct{ id, secret string }

// newRequest makes a signed request with the headers that it must have, and
// the invocation id of the AWS SDKs, which makes every request one of its own.
func (m message) newRequest(addr string, as identity, now time.Time) (*http.Request, error) {
	r, err := http.NewRequest(cmp.Or(m.method, http.MethodPost), "http://"+addr+m.path, bytes.NewReader(m.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "fortlet-bench/1.0")
	if m.contentType != "" {
		r.Header.Set("Content-Type", m.contentType)
	}
	r.Header.Set("Amz-Sdk-Invocation-Id", invocationID())
	if m.target != "" {
		r.Header.Set("X-Amz-Target", m.target)
	}
	hash := m.hash
	if hash == "" {
		hash = sigv4.HashPayload(m.body)
	}
	if m.service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hash)
	}
	signer := sigv4.Signer{AccessKeyID: as.id, Secret: as.secret, Region: region, Service: m.service}
	return r, signer.Sign(r, hash, now)
}

func invocationID() string {
	var b [16]byte
	rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// request is a signed request as it goes over the wire. A large body is shared
// by all the requests that send it.
type request struct{ head, body []byte }

// sharedBody is the size from which bodies are shared.
const sharedBody = 256 << 10

// signed makes the request that goes over the wire.
func (m message) signed(addr string, as identity, now time.Time) (request, error) {
	r, err := m.newRequest(addr, as, now)
	if err != nil {
		return request{}, err
	}
	var b bytes.Buffer
	if len(m.body) < sharedBody {
		err = r.Write(&b)
		return request{head: b.Bytes()}, err
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.RequestURI(), r.Host, len(m.body))
	err = r.Header.Write(&b)
	b.WriteString("\r\n")
	return request{b.Bytes(), m.body}, err
}
