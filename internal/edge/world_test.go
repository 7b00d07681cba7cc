package edge

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// privateKey opens what the tests' keys seal.
var privateKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

const keyARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

// fakeKMS is a KMS with one RSA key. It can be away.
type fakeKMS struct {
	mu       sync.Mutex
	away     error
	fetched  int
	decrypts int
}

func (k *fakeKMS) set(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.away = err
}

func (k *fakeKMS) GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away != nil {
		return nil, k.away
	}
	k.fetched++
	der, err := x509.MarshalPKIXPublicKey(&privateKey().PublicKey)
	return &kms.GetPublicKeyOutput{
		KeyId: aws.String(keyARN), PublicKey: der, KeyUsage: types.KeyUsageTypeEncryptDecrypt, KeySpec: types.KeySpecRsa2048,
		EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecRsaesOaepSha256, types.EncryptionAlgorithmSpecRsaesOaepSha1},
	}, err
}

func (k *fakeKMS) Decrypt(_ context.Context, in *kms.DecryptInput, _ ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away != nil {
		return nil, k.away
	}
	k.decrypts++
	plain, err := rsa.DecryptOAEP(sha256.New(), nil, privateKey(), in.CiphertextBlob, nil)
	if err != nil {
		return nil, &types.InvalidCiphertextException{}
	}
	return &kms.DecryptOutput{KeyId: aws.String(keyARN), Plaintext: plain, EncryptionAlgorithm: in.EncryptionAlgorithm}, nil
}

func (k *fakeKMS) Encrypt(context.Context, *kms.EncryptInput, ...func(*kms.Options)) (*kms.EncryptOutput, error) {
	return nil, errors.New("the edge encrypts by itself")
}

func (k *fakeKMS) GenerateDataKey(context.Context, *kms.GenerateDataKeyInput, ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error) {
	return nil, errors.New("the edge generates by itself")
}

// recorder is an origin that keeps every byte that reaches it, whether net/http
// takes it for a request or not.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	idle     *sync.Cond // nothing is being handled
	handling int
	bytes    bytes.Buffer
	requests []received
	answer   http.HandlerFunc // nil: 200 "ok"
}

// received is a request as the origin understood it.
type received struct {
	*http.Request
	body string
	err  error // of reading the body
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	o := &recorder{}
	o.idle = sync.NewCond(&o.mu)
	o.Server = httptest.NewUnstartedServer(o)
	o.Listener = &tap{o.Listener, o}
	return o
}

func (o *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.handling++
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		o.handling--
		o.mu.Unlock()
		o.idle.Broadcast()
	}()
	body, err := io.ReadAll(r.Body)
	o.mu.Lock()
	o.requests = append(o.requests, received{r, string(body), err})
	answer := o.answer
	o.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	io.WriteString(w, "ok")
}

// tap records what connections bring.
type tap struct {
	net.Listener
	origin *recorder
}

func (t *tap) Accept() (net.Conn, error) {
	c, err := t.Listener.Accept()
	return &tapped{c, t.origin}, err
}

type tapped struct {
	net.Conn
	origin *recorder
}

func (c *tapped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.origin.mu.Lock()
	c.origin.bytes.Write(p[:n])
	c.origin.mu.Unlock()
	return n, err
}

// raw is every byte that has reached the origin.
func (o *recorder) raw() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes.String()
}

// end ends the origin and gives all requests that reached it. HTTP/2 servers do
// not wait for their handlers by themselves.
func (o *recorder) end() []received {
	o.Close()
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.handling > 0 {
		o.idle.Wait()
	}
	return o.requests
}

// last is the last request that reached the origin.
func (o *recorder) last(t *testing.T) received {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.requests) == 0 {
		t.Fatal("the origin got no request")
	}
	return o.requests[len(o.requests)-1]
}

// never fails the test if one of the texts has reached the origin.
func (o *recorder) never(t *testing.T, secrets ...string) {
	t.Helper()
	raw := o.raw()
	for _, s := range secrets {
		if i := strings.Index(raw, s); i >= 0 {
			t.Errorf("the origin received %q: …%s…", s, raw[max(0, i-100):min(len(raw), i+100)])
		}
	}
}

// syncBuffer is a log.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// world is a proxy before a recording origin.
type world struct {
	*Edge
	t      *testing.T
	origin *recorder
	kms    *fakeKMS
	log    *syncBuffer
	url    string
	dir    string
}

// person protects the article's fields, wherever they stand.
const person = `
listen: [{address: "127.0.0.1:0"}]
keys: [{name: pii, pem: public.pem}]
rules: [{name: person, key: pii, fields: [fname, lname, email, ssn, dob, phone]}]
origins: [{name: people, url: ORIGIN}]
routes: [{origin: people, protect: [person]}]
`

// configOf gives a configuration whose key is in a file.
func configOf(t testing.TB, yaml string) *Config {
	t.Helper()
	dir := t.TempDir()
	writeKey(t, dir)
	file := filepath.Join(dir, "edge.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// writeKey writes the tests' public key to public.pem.
func writeKey(t testing.TB, dir string) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&privateKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, "public.pem"), public, 0o600); err != nil {
		t.Fatal(err)
	}
}

// newWorld writes a configuration and makes the proxy of it; start serves.
func newWorld(t *testing.T, yaml string) *world {
	t.Helper()
	w := &world{t: t, origin: newRecorder(t), kms: &fakeKMS{}, log: &syncBuffer{}, dir: t.TempDir()}
	writeKey(t, w.dir)
	w.write("edge.yaml", yaml)
	return w
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// load reads the configuration, with the origin's address in it.
func (w *world) load() (*Config, error) {
	file := filepath.Join(w.dir, "edge.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("edge.yaml", strings.ReplaceAll(string(data), "ORIGIN", w.origin.URL))
	return Load(file)
}

func (w *world) options() Options {
	return Options{
		Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		KMS: func(string, string) fieldkeys.KMS { return w.kms },
	}
}

func (w *world) start() *world {
	w.t.Helper()
	if w.origin.URL == "" {
		w.origin.Start()
	}
	w.t.Cleanup(w.origin.Close)
	c, err := w.load()
	if err != nil {
		w.t.Fatal(err)
	}
	w.Edge, err = New(w.t.Context(), c, w.options())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Wait(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Errorf("the proxy ended with %v", err)
		}
	})
	w.url = w.Addresses()[0]
	return w
}

func protecting(t *testing.T, yaml string) *world {
	t.Helper()
	return newWorld(t, yaml).start()
}

// do sends a request and gives the answer with its whole body.
func (w *world) do(r *http.Request) (*http.Response, string) {
	w.t.Helper()
	return w.doWith(http.DefaultTransport, r)
}

func (w *world) doWith(transport http.RoundTripper, r *http.Request) (*http.Response, string) {
	w.t.Helper()
	resp, err := transport.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp, string(body)
}

// request makes a request; headers are "Name: value".
func (w *world) request(method, target, body string, headers ...string) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+target, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body == "" {
		r.Body = http.NoBody
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Add(name, value)
	}
	return r
}

func (w *world) post(body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	return w.do(w.request(http.MethodPost, "/people", body, headers...))
}

const isJSON = "Content-Type: application/json"

// refused wants an answer of the proxy's own, and an origin that was not asked.
func (w *world) refused(resp *http.Response, body, reason string) {
	w.t.Helper()
	if resp.StatusCode != statusOf[reason] || !strings.Contains(body, `"reason":"`+reason+`"`) {
		w.t.Errorf("answer %d %s, want %d %s", resp.StatusCode, body, statusOf[reason], reason)
	}
	if got := w.origin.raw(); got != "" {
		w.t.Errorf("the origin received:\n%s", got)
	}
}

// opened is a text with its sealed fields opened.
func opened(t *testing.T, text string) string {
	t.Helper()
	finder, err := fieldcrypt.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for {
		s, start, end := finder.Find([]byte(text))
		if s == nil {
			return b.String() + text
		}
		b.WriteString(text[:start])
		plain, err := rsa.DecryptOAEP(sha256.New(), nil, privateKey(), s.Ciphertext, nil)
		if err != nil {
			t.Fatalf("a field does not open: %v", err)
		}
		if s.Encoding == fieldcrypt.JSON {
			// The marker stands in a string of its own.
			before := strings.TrimSuffix(b.String(), `"`)
			b.Reset()
			b.WriteString(before)
			end++
		}
		b.Write(plain)
		text = text[end:]
	}
}
