package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsanalyzer "github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	analyzertypes "github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/api/sts"
)

// fakeAWS answers the SDK's calls of one operation: it decodes what the SDK
// serialized and encodes what the SDK will deserialize.
type fakeAWS struct {
	op  *api.Operation
	out any
	err *api.Error

	in     any
	failed error
}

func (f *fakeAWS) Do(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	codec := For(f.op.Service.Protocol)
	header := r.Header.Clone()
	if r.ContentLength > 0 {
		header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10)) // as a server sees it
	}
	f.in, f.failed = codec.Decode(f.op, &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: header, Body: body,
		Labels: labels(f.op, r.URL.EscapedPath()),
	})
	var resp Response
	if f.err != nil {
		resp = codec.EncodeError(nil, f.op.Service, f.op, f.err, "request-1")
	} else {
		resp = codec.EncodeOutput(nil, f.op, f.out, "request-1")
	}
	h := http.Header{}
	for _, field := range resp.Header {
		h.Add(field.Name, field.Value)
	}
	var stream io.Reader = bytes.NewReader(resp.Body)
	if resp.Stream != nil {
		stream = resp.Stream
	}
	return &http.Response{
		StatusCode: resp.Status, Header: h, Request: r,
		Body: io.NopCloser(stream), ContentLength: int64(len(resp.Body)),
	}, nil
}

// labels are the parameters in the path of an operation.
func labels(op *api.Operation, path string) map[string]string {
	found := map[string]string{}
	rest := strings.TrimPrefix(path, "/")
	template, _, _ := strings.Cut(strings.Trim(op.Path, "/"), "?")
	for part := range strings.SplitSeq(template, "/") {
		text, after, _ := strings.Cut(rest, "/")
		if strings.HasSuffix(part, "+}") {
			text, after = rest, ""
		}
		if rest = after; strings.HasPrefix(part, "{") {
			label, err := url.PathUnescape(text)
			if err != nil {
				panic(err)
			}
			found[strings.Trim(part, "{+}")] = label
		}
	}
	return found
}

func (f *fakeAWS) client(t testing.TB) any {
	t.Helper()
	cfg := aws.Config{
		Region:     "us-east-1",
		HTTPClient: f,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}, nil
		}),
		RetryMaxAttempts: 1,
	}
	switch f.op.Service.Name {
	case "sts":
		return awssts.NewFromConfig(cfg)
	case "iam":
		return awsiam.NewFromConfig(cfg)
	case "kms":
		return awskms.NewFromConfig(cfg)
	case "access-analyzer":
		return awsanalyzer.NewFromConfig(cfg)
	case "s3":
		// The checksums that the SDK adds are not in the inputs.
		cfg.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		cfg.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		return awss3.NewFromConfig(cfg, func(o *awss3.Options) { o.UsePathStyle = true })
	}
	t.Fatalf("no SDK client for %s", f.op.Service.Name)
	return nil
}

// call calls the operation through the SDK with an SDK input.
func (f *fakeAWS) call(t testing.TB, in reflect.Value) (out reflect.Value, err error) {
	t.Helper()
	method := reflect.ValueOf(f.client(t)).MethodByName(f.op.Name)
	results := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
	if e := results[1].Interface(); e != nil {
		err = e.(error)
	}
	return results[0], err
}

func builtServices() []*api.Service {
	return []*api.Service{&sts.Service, &iam.Service, &kms.Service, &s3api.Service, &accessanalyzer.Service}
}

// TestAgainstSDK makes the AWS SDK for Go v2 the judge: for every operation
// that is built, whatever its serializer sends is decoded into the same values,
// and whatever we encode its deserializer reads as the same values.
func TestAgainstSDK(t *testing.T) {
	for _, svc := range builtServices() {
		for _, op := range svc.Operations {
			t.Run(svc.Name+"/"+op.Name, func(t *testing.T) {
				for seed := range uint64(12) {
					compareWithSDK(t, op, seed)
				}
			})
		}
	}
}

func compareWithSDK(t *testing.T, op *api.Operation, seed uint64) {
	t.Helper()
	fill := filler{Rand: rand.New(rand.NewPCG(seed, 7))}
	out := reflect.New(op.Output)
	fill.structure(out.Elem(), nil)
	f := &fakeAWS{op: op, out: out.Interface()}

	method := reflect.ValueOf(f.client(t)).MethodByName(op.Name)
	in := reflect.New(method.Type().In(1).Elem())
	fill.structure(in.Elem(), op.Input)

	sdkOut, err := f.call(t, in)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if f.failed != nil {
		t.Fatalf("seed %d: Decode: %v", seed, f.failed)
	}
	if want, got := plain(in, op.Input), plain(reflect.ValueOf(f.in), nil); !reflect.DeepEqual(want, got) {
		t.Errorf("seed %d: input\nSDK sent %v\ndecoded  %v", seed, want, got)
	}
	if want, got := plain(out, nil), plain(sdkOut, op.Output); !reflect.DeepEqual(want, got) {
		t.Errorf("seed %d: output\nencoded  %v\nSDK read %v", seed, want, got)
	}
}

// TestErrorsAgainstSDK has the SDK read our errors: code, message, who is at
// fault and the request id, and the type of those that the model names.
func TestErrorsAgainstSDK(t *testing.T) {
	for _, test := range []struct {
		op    *api.Operation
		err   *api.Error
		fault smithy.ErrorFault
		typed any // pointer to the SDK's type
	}{
		{&kms.OpDescribeKey.Operation, kms.ErrNotFoundException("Key '%s' does not exist", "k"), smithy.FaultClient, new(*kmstypes.NotFoundException)},
		{&kms.OpDescribeKey.Operation, kms.ErrKMSInternalException("<&>\"é"), smithy.FaultServer, new(*kmstypes.KMSInternalException)},
		{&kms.OpDescribeKey.Operation, api.Errorf("AccessDeniedException", 400, "User: x is not authorized"), smithy.FaultUnknown, nil},
		{&iam.OpGetUser.Operation, iam.ErrNoSuchEntity("The user with name <&> cannot be found."), smithy.FaultClient, new(*iamtypes.NoSuchEntityException)},
		{&iam.OpGetUser.Operation, api.Errorf("AccessDenied", 403, "User: x is not authorized"), smithy.FaultUnknown, nil},
		{&sts.OpAssumeRole.Operation, sts.ErrPackedPolicyTooLarge("too large"), smithy.FaultClient, new(*ststypes.PackedPolicyTooLargeException)},
		{&s3api.OpGetObject.Operation, s3api.ErrNoSuchKey("The specified key does not exist."), smithy.FaultClient, new(*s3types.NoSuchKey)},
		{&s3api.OpCreateBucket.Operation, s3api.ErrBucketAlreadyOwnedByYou("<&>\r\n\"é"), smithy.FaultClient, new(*s3types.BucketAlreadyOwnedByYou)},
		{&s3api.OpPutObject.Operation, api.Errorf("AccessDenied", 403, "User: x is not authorized"), smithy.FaultUnknown, nil},
		{&accessanalyzer.OpGetAnalyzer.Operation, accessanalyzer.ErrResourceNotFoundException("<&>\r\n\"é"), smithy.FaultClient, new(*analyzertypes.ResourceNotFoundException)},
		{&accessanalyzer.OpCheckNoNewAccess.Operation, accessanalyzer.ErrUnprocessableEntityException("no"), smithy.FaultClient, new(*analyzertypes.UnprocessableEntityException)},
		{&accessanalyzer.OpListAnalyzers.Operation, api.Errorf("AccessDeniedException", 403, "User: x is not authorized"), smithy.FaultClient, new(*analyzertypes.AccessDeniedException)},
		{&accessanalyzer.OpListAnalyzers.Operation, api.Errorf("UnrecognizedClientException", 403, "invalid"), smithy.FaultUnknown, nil},
	} {
		t.Run(test.op.Name+"/"+test.err.Code, func(t *testing.T) {
			f := &fakeAWS{op: test.op, err: test.err}
			in := reflect.New(reflect.ValueOf(f.client(t)).MethodByName(test.op.Name).Type().In(1).Elem())
			filler{Rand: rand.New(rand.NewPCG(1, 1))}.structure(in.Elem(), test.op.Input)
			_, err := f.call(t, in)
			var got smithy.APIError
			if !errors.As(err, &got) {
				t.Fatalf("%T %v", err, err)
			}
			if got.ErrorCode() != test.err.Code || got.ErrorMessage() != test.err.Message || got.ErrorFault() != test.fault {
				t.Errorf("SDK read %s, %q, %v", got.ErrorCode(), got.ErrorMessage(), got.ErrorFault())
			}
			if test.typed != nil && !errors.As(err, test.typed) {
				t.Errorf("SDK made it %T", got)
			}
			var response *awshttp.ResponseError
			if !errors.As(err, &response) || response.ServiceRequestID() != "request-1" || response.HTTPStatusCode() != test.err.Status {
				t.Errorf("response %v", response)
			}
		})
	}
}

// TestStreamsAgainstSDK sends content through the SDK, and has it read that.
func TestStreamsAgainstSDK(t *testing.T) {
	const content = "a\x00\xff\r\n"
	f := &fakeAWS{op: &s3api.OpPutObject.Operation, out: &s3api.PutObjectOutput{ETag: new(`"e"`)}}
	put, err := f.client(t).(*awss3.Client).PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: new("amzn-s3-demo-bucket"), Key: new("a b/é"), Body: strings.NewReader(content), Metadata: map[string]string{"Name": "v"},
	})
	if err != nil || *put.ETag != `"e"` || f.failed != nil {
		t.Fatal(err, f.failed)
	}
	in := f.in.(*s3api.PutObjectInput)
	if got, err := io.ReadAll(in.Body); err != nil || string(got) != content || *in.ContentLength != int64(len(content)) {
		t.Errorf("decoded %q, %v", got, err)
	}
	if *in.Key != "a b/é" || in.Metadata["name"] != "v" {
		t.Errorf("decoded %s, %v", *in.Key, in.Metadata)
	}

	f = &fakeAWS{op: &s3api.OpGetObject.Operation, out: &s3api.GetObjectOutput{Body: strings.NewReader(content), Metadata: in.Metadata}}
	get, err := f.client(t).(*awss3.Client).GetObject(t.Context(), &awss3.GetObjectInput{Bucket: new("amzn-s3-demo-bucket"), Key: new("k")})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(get.Body); err != nil || string(got) != content || get.Metadata["name"] != "v" {
		t.Errorf("SDK read %q, %v, %v", got, get.Metadata, err)
	}
}

// filler fills structures with random values.
type filler struct {
	*rand.Rand
	tag api.Tag // of the member being filled
}

// unequal are members of S3 that the SDK does not have as they are: it reads
// Expires as a time, refuses algorithms that it does not know, and endpoints of
// buckets whose names it does not like.
var unequal = []string{"Expires", "ChecksumAlgorithm", "Bucket"}

// unions are members of which the SDK has one of several types; see
// TestUnionsAgainstSDK.
var unions = []string{"configuration", "findingDetails", "findingsStatistics", "path"}

// structure fills the fields of v, if like is given those that it has too. Some
// stay empty, but neither those that the SDK insists on nor the first: the query
// protocol has no way to send a structure that has nothing in it.
func (f filler) structure(v reflect.Value, like reflect.Type) {
	for i := range v.NumField() {
		tags, fieldLike := v.Type().Field(i), reflect.Type(nil)
		if like != nil {
			ours, ok := like.FieldByName(tags.Name)
			if !ok {
				continue
			}
			tags, fieldLike = ours, ours.Type
		}
		tag, err := api.ParseTag(tags.Tag.Get(api.TagMember))
		if err != nil {
			panic(err)
		}
		if v.Field(i).Type() != reflect.TypeFor[*string]() && slices.Contains(unions, tag.Name) {
			if v.Field(i).Kind() == reflect.Slice && tag.Required {
				v.Field(i).Set(reflect.MakeSlice(v.Field(i).Type(), 0, 0)) // there is always one
			}
			continue
		}
		if tag.Location != "" && slices.Contains(unequal, tags.Name) {
			if tags.Name == "Bucket" {
				v.Field(i).Set(reflect.ValueOf(new("amzn-s3-demo-bucket")))
			}
			continue
		}
		if i == 0 || tag.Required || tags.Name == "ContentType" || f.IntN(4) > 0 {
			filler{f.Rand, tag}.value(v.Field(i), fieldLike)
		}
	}
}

func (f filler) value(v reflect.Value, like reflect.Type) {
	if like != nil && (like.Kind() == reflect.Pointer || like.Kind() == reflect.Slice || like.Kind() == reflect.Map) {
		like = like.Elem()
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		// Eighths of a second: the SDK loses milliseconds that binary fractions
		// cannot hold. The dates of HTTP have none at all.
		when := time.UnixMilli(f.Int64N(32e9) * 125).UTC()
		if f.tag.TimestampFormat == "rfc822" || f.tag.Location != "" && f.tag.TimestampFormat != "iso8601" {
			when = when.Truncate(time.Second)
		}
		v.Set(reflect.ValueOf(when))
	case v.Kind() == reflect.Interface:
		v.Set(reflect.ValueOf(io.NopCloser(strings.NewReader(f.text()))))
	case v.Type() == reflect.TypeFor[[]byte]():
		blob := make([]byte, 1+f.IntN(40))
		for i := range blob {
			blob[i] = byte(f.Uint32())
		}
		v.SetBytes(blob)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), like)
	case v.Kind() == reflect.String && like != nil && like.Kind() == reflect.Int32:
		v.SetString(strconv.Itoa(f.IntN(1 << 31))) // a number that the SDK takes for text
	case v.Kind() == reflect.String:
		v.SetString(f.text())
	case v.Kind() == reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case v.CanInt():
		v.SetInt(f.Int64N(1 << 31))
	case v.CanFloat():
		v.SetFloat(f.Float64())
	case v.Kind() == reflect.Struct:
		f.structure(v, like)
	case v.Kind() == reflect.Slice:
		n := 1 + f.IntN(12) // more than nine: numbers sort otherwise than texts
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.value(v.Index(i), like)
		}
		if list, ok := v.Interface().([]string); ok && f.tag.Location == "querystring" {
			// The SDK sorts what it sends.
			sent := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
			slices.SortFunc(list, func(a, b string) int { return strings.Compare(sent(a), sent(b)) })
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 1 + f.IntN(3) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.value(key, nil)
			f.value(elem, like)
			if f.tag.Location == "headers" {
				key.SetString(fmt.Sprintf("k-%x", key.String()))
			}
			v.SetMapIndex(key, elem)
		}
	default:
		panic("cannot fill " + v.Type().String())
	}
}

// text makes a string of what is hard on some protocol.
func (f filler) text() string {
	pieces := []string{"a", "Z9", " ", "&", "=", "+", "%41", "<b>", "\"", "'", "\\", "/", ".", "é", "日本", "😀", "\n", "\t", ",", ";", "]]>", "\u2028"}
	if f.tag.Location == "header" || f.tag.Location == "headers" {
		pieces = []string{"a", "Z9", " ", "&", "=", "+", "%41", "<b>", "\"", "'", "\\", "/", ".", ";", "]]>"}
	}
	s := "x"
	for range 1 + f.IntN(8) {
		s += pieces[f.IntN(len(pieces))]
	}
	return s + "y"
}

// plain turns a structure into maps and lists, without what is absent and, where
// like is given, without fields that it lacks.
func plain(v reflect.Value, like reflect.Type) any {
	if like != nil && (like.Kind() == reflect.Pointer || like.Kind() == reflect.Slice || like.Kind() == reflect.Map) && like != reflect.TypeFor[[]byte]() {
		like = like.Elem()
	}
	switch {
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem(), like)
	case v.Type() == reflect.TypeFor[time.Time]():
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano)
	case v.Kind() == reflect.Interface:
		return nil // a stream, which another test reads
	case v.Type() == reflect.TypeFor[[]byte]():
		if v.IsNil() {
			return nil
		}
		return fmt.Sprintf("%x", v.Bytes())
	case v.Kind() == reflect.Struct:
		return plainStruct(v, like)
	case v.Kind() == reflect.Slice:
		if v.IsNil() {
			return nil
		}
		list := []any{}
		for i := range v.Len() {
			list = append(list, plain(v.Index(i), like))
		}
		return list
	case v.Kind() == reflect.Map:
		if v.IsNil() {
			return nil
		}
		m := map[string]any{}
		for _, key := range v.MapKeys() {
			m[key.String()] = plain(v.MapIndex(key), like)
		}
		return m
	case v.Kind() == reflect.String:
		if v.String() == "" {
			return nil
		}
		return v.String()
	}
	return fmt.Sprint(v.Interface())
}

func plainStruct(v reflect.Value, like reflect.Type) any {
	m := map[string]any{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		var fieldLike reflect.Type
		if like != nil {
			other, ok := like.FieldByName(field.Name)
			if !ok {
				continue
			}
			fieldLike = other.Type
			// The SDK has a few numbers and booleans that cannot be absent.
			if v.Field(i).Kind() != reflect.Pointer && v.Field(i).IsZero() {
				continue
			}
		}
		if p := plain(v.Field(i), fieldLike); p != nil && p != "false" && p != "0" {
			m[field.Name] = p
		}
	}
	return m
}
