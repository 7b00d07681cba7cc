package gateway_test

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/policy"
)

// store is an S3 made up for the tests: a few operations with the types of the
// real one, over a map.
var store = api.Service{
	Name: "s3", ID: "S3", SigningName: "s3", Version: "2006-03-01", Protocol: api.RestXML, Public: true,
	Namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
	Unbuilt:   []string{"GetBucketAnalyticsConfiguration"},
	UnbuiltRoutes: []api.Route{
		{Name: "GetBucketAnalyticsConfiguration", Method: "GET", Path: "/{Bucket}?analytics"},
	},
}

// like defines an operation of the store like one of S3's.
func like[In, Out any](op *api.Op[In, Out]) *api.Op[In, Out] {
	o := op.Operation
	o.Service = &store
	return api.Define[In, Out](o)
}

var (
	opPut       = like(s3api.OpPutObject)
	opGet       = like(s3api.OpGetObject)
	opHead      = like(s3api.OpHeadObject)
	opDelete    = like(s3api.OpDeleteObject)
	opDeletes   = like(s3api.OpDeleteObjects)
	opPart      = like(s3api.OpUploadPart)
	opComplete  = like(s3api.OpCompleteMultipartUpload)
	opList      = like(s3api.OpListObjectsV2)
	opPutPolicy = like(s3api.OpPutBucketPolicy)
	opPutTags   = like(s3api.OpPutBucketTagging)
)

// object is an object of the store.
type object struct {
	input *s3api.PutObjectInput
	body  []byte
}

// bucketWorld is a world with the store. Everybody may do everything in buckets
// whose names begin with public, the first account in all others.
type bucketWorld struct {
	*world
	mu      sync.Mutex
	objects map[string]*object // by bucket and key
	call    *cloud.Call        // the last one
	failure error              // of the last body that was read
	policy  string             // that was put last
	// body is what GetObject answers with, in place of what was put.
	body func() (r io.Reader, length int64)
}

func newBucketWorld(tb testing.TB, options ...gateway.Option) *bucketWorld {
	tb.Helper()
	b := &bucketWorld{world: newWorld(tb), objects: map[string]*object{}}
	err := b.Cloud.Register(&store,
		cloud.Handle(opPut, b.put), cloud.Handle(opGet, b.get), cloud.Handle(opHead, b.head), cloud.Handle(opDelete, b.delete),
		cloud.Handle(opDeletes, b.deletes), cloud.Handle(opPart, b.part), cloud.Handle(opComplete, b.complete), cloud.Handle(opList, b.list),
		cloud.Handle(opPutPolicy, b.putPolicy), cloud.Handle(opPutTags, b.putTags))
	if err != nil {
		tb.Fatal(err)
	}
	b.Cloud.CORS = b
	b.Handler = gateway.New(b.Cloud, "test", options...)
	return b
}

// CORS implements cloud.CORS: pages of one origin may get and put what is in
// public buckets.
func (b *bucketWorld) CORS(_ context.Context, bucket string, r cloud.CORSRequest) ([]cloud.HeaderField, error) {
	if !strings.HasPrefix(bucket, "public") || r.Origin != "https://example.com" || r.Method != "GET" && r.Method != "PUT" {
		e := api.Errorf("AccessForbidden", 403, "CORSResponse: This CORS request is not allowed.")
		e.Fields = map[string]any{"Method": r.Method, "ResourceType": map[bool]string{true: "OBJECT", false: "BUCKET"}[r.Key]}
		return nil, e
	}
	return []cloud.HeaderField{
		{Name: "Access-Control-Allow-Origin", Value: r.Origin},
		{Name: "Access-Control-Allow-Headers", Value: strings.Join(r.Headers, ", ")},
	}, nil
}

var publicPolicy = func() *policy.Policy {
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`, policy.Resource)
	if err != nil {
		panic(err)
	}
	return p
}()

// bucketServer is a bucketWorld behind a listener.
type bucketServer struct {
	*bucketWorld
	net *server
}

func (s *bucketServer) dial() net.Conn              { return s.net.dial() }
func (s *bucketServer) text(r *http.Request) string { return s.net.text(r) }
func (s *bucketServer) send(raw, method string) (*http.Response, []byte) {
	return s.net.send(raw, method)
}
func (s *bucketServer) receive(c net.Conn, method string) (*http.Response, []byte) {
	return s.net.receive(c, method)
}

func newBucketServer(tb testing.TB, options ...gateway.Option) *bucketServer {
	tb.Helper()
	b := newBucketWorld(tb, options...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := gateway.NewServer(b.Handler, b.Cloud.Log)
	go s.Serve(l)
	tb.Cleanup(func() { s.Close() })
	return &bucketServer{b, &server{b.world, l.Addr().String()}}
}

// bucketRequest is an unsigned request to the store.
func bucketRequest(method, target, body string, header ...string) *http.Request {
	r := newRequest(method, "/", body)
	path, query, _ := strings.Cut(target, "?")
	r.RequestURI, r.URL.Path, r.URL.RawQuery = target, path, query
	for i := 0; i+1 < len(header); i += 2 {
		if strings.EqualFold(header[i], "Host") {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	if body != "" || method == http.MethodPut {
		r.Header.Set("Content-Length", fmt.Sprint(len(body)))
	}
	return r
}

// signed signs a request to the store, with what it says of its body or else
// its hash.
func (b *bucketWorld) signed(k key, r *http.Request) *http.Request {
	b.Helper()
	declared := cmp.Or(r.Header.Get("X-Amz-Content-Sha256"), sigv4.HashPayload(payload(b.world, r)))
	r.Header.Set("X-Amz-Content-Sha256", declared)
	if err := k.signer("s3").Sign(r, declared, b.now()); err != nil {
		b.Fatal(err)
	}
	return r
}

// s3Failure is an error of S3.
type s3Failure struct {
	XMLName xml.Name `xml:"Error"`
	Code, Message, RequestId, HostId,
	Method, ResourceType, ArgumentName, Header, Condition string
}

// s3Answer is an answer of the store.
type s3Answer struct {
	status int
	header http.Header
	body   string
	s3Failure
}

func (b *bucketWorld) do(r *http.Request) *s3Answer {
	b.Helper()
	rec := httptest.NewRecorder()
	b.Handler.ServeHTTP(rec, r)
	return readS3(b.world, r.Method, rec.Code, rec.Header(), rec.Body.Bytes())
}

// readS3 takes an answer apart, and fails the test if an error is not in S3's
// form.
func readS3(tb testing.TB, method string, status int, h http.Header, body []byte) *s3Answer {
	tb.Helper()
	a := &s3Answer{status: status, header: h, body: string(body)}
	var id []string
	for name, values := range h { // a recorder keeps the names as they are written
		if strings.EqualFold(name, "X-Amz-Request-Id") {
			id = append(id, values...)
		}
	}
	if len(id) != 1 || h.Get("Server") != "AmazonS3" {
		tb.Errorf("header %v", h)
	}
	if status < 300 || status == 303 || status == 304 || method == http.MethodHead {
		return a
	}
	if err := xml.Unmarshal(body, &a.s3Failure); err != nil {
		tb.Errorf("%d %q: %v", status, body, err)
	}
	if a.RequestId != id[0] || a.HostId == "" || h.Get("Content-Type") != "application/xml" {
		tb.Errorf("%q, header %v", body, h)
	}
	return a
}

// want checks the status and code of an answer.
func (a *s3Answer) want(tb testing.TB, status int, code string) *s3Answer {
	tb.Helper()
	if a.status != status || a.Code != code {
		tb.Errorf("%d %s %s, want %d %s", a.status, a.Code, a.body, status, code)
	}
	return a
}

// recorded tells the last record of an operation: who, and with what error.
func (b *bucketWorld) recorded(operation string) (who, code string) {
	b.Helper()
	for entry, err := range b.Cloud.Audit.Events(audit.Filter{EventName: operation}) {
		if err != nil {
			b.Fatal(err)
		}
		u := entry.Record.UserIdentity
		return u.Type + " " + u.AccountID, entry.Record.ErrorCode
	}
	return "", ""
}
