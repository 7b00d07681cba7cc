package crash

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// operation is a change that a writer asks for.
type operation struct {
	name string // as the API and its records have it
	// call asks for it and gives the id of what was made, if anything was, as
	// apply wants to have it.
	call func(ctx context.Context, c *clients) (id string, err error)
	// apply makes the same change in the writer's world.
	apply func(w *world, id string)
}

// writer changes its part of the cloud, one change after the other, and keeps
// the journal of it.
type writer struct {
	number  int
	rnd     *rand.Rand
	made    int // how many names it has given
	keys    int // how many keys it may have: they cannot be deleted soon
	choices []func(*writer) *operation

	// The journal.
	world        *world
	inFlight     *operation        // asked for and not acknowledged
	acknowledged map[string]string // operations by request id, since the last check
	sealed       map[string][]byte // by key id, a ciphertext that an answer held

	clients *clients
	failure error // what ended the last run
}

func newWriter(number int) *writer {
	return &writer{
		number:       number,
		choices:      choices,
		world:        newWorld(),
		acknowledged: map[string]string{},
		sealed:       map[string][]byte{},
	}
}

// prefix begins the name of all that a writer makes.
func prefix(number int) string { return fmt.Sprintf("w%d-", number) }

// newName gives a name that was never given before.
func (w *writer) newName(kind string) string {
	w.made++
	return fmt.Sprintf("%s%s%d", prefix(w.number), kind, w.made)
}

// run makes changes until one is not acknowledged. After each that is, it
// calls done.
func (w *writer) run(ctx context.Context, done func()) {
	for {
		o := w.next()
		w.inFlight = o
		id, err := o.call(ctx, w.clients)
		if err != nil {
			w.failure = fmt.Errorf("writer %d: %s: %w", w.number, o.name, err)
			return
		}
		w.world = w.world.with(o, id)
		w.acknowledged[w.clients.answers.requestID] = o.name
		w.inFlight = nil
		if o.name == "CreateKey" {
			w.seal(ctx, id)
		}
		done()
	}
}

// seal encrypts something, to prove later that the key is still the same.
func (w *writer) seal(ctx context.Context, key string) {
	out, err := w.clients.kms.Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte(key)})
	if err == nil {
		w.sealed[key] = out.CiphertextBlob
	}
}

// refusal is the HTTP status with which the cloud answered the change that
// ended the run, 0 when it did not answer.
func (w *writer) refusal() int {
	var answer *awshttp.ResponseError
	if errors.As(w.failure, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// clients are one caller's SDK clients. They do not try again: what was not
// acknowledged has to stay in flight.
type clients struct {
	iam     *iam.Client
	kms     *kms.Client
	s3      *s3.Client
	sts     *sts.Client
	config  aws.Config
	answers *answers
}

// newClients makes clients whose records can be told from others' by the app.
func newClients(endpoint, app string, transport http.RoundTripper) *clients {
	seen := &answers{transport: transport}
	cfg := aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider(rootKeyID, rootSecret, ""),
		HTTPClient:   &http.Client{Transport: seen, Timeout: patience},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		AppID:        app,
	}
	buckets := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	return &clients{iam.NewFromConfig(cfg), kms.NewFromConfig(cfg), buckets, sts.NewFromConfig(cfg), cfg, seen}
}

func newTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute}
}

// answers notes the request id of the last answer of any operation. It is one
// goroutine's.
type answers struct {
	transport http.RoundTripper
	requestID string
}

// RoundTrip sends the request with a body in memory. net/http has then done
// with it when the answer comes. The SDK's own body it would read once more
// after the last byte, to see its end; a cloud on the same machine can be
// faster, then the SDK has closed the body, and net/http breaks off the
// connection amid the answer.
func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.requestID = ""
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := a.transport.RoundTrip(r)
	if err == nil {
		a.requestID = cmp.Or(resp.Header.Get("X-Amzn-Requestid"), resp.Header.Get("X-Amz-Request-Id"))
	}
	return resp, err
}
