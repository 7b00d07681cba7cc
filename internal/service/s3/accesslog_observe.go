package s3

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// observe logs a request: in the log of its bucket, and that of the bucket which
// a copy comes from.
func (l *accessLogs) observe(a *cloud.Answered) {
	if b := l.bucket(a.Bucket); b != nil {
		line := l.line(a, b)
		text := line.append(nil)
		if a.Operation == &s3api.OpDeleteObjects.Operation {
			text = appendDeletions(text, a, line)
		}
		l.add(b, a.Time, text)
	}
	if a.Operation == nil || a.Call == nil || !copies[a.Operation.Name] {
		return
	}
	if bucket, key := copiedFrom(a.Call); bucket != "" {
		if b := l.bucket(bucket); b != nil {
			line := l.line(a, b)
			line.operation, line.key, line.version = line.operation+"_GET", key, ""
			l.add(b, a.Time, line.append(nil))
		}
	}
}

// line is the line about a request in the log of a bucket.
func (l *accessLogs) line(a *cloud.Answered, b *Bucket) *accessLine {
	line := &accessLine{
		owner:     l.canonicalID(b.Account),
		bucket:    b.Name,
		at:        a.Time,
		requestID: a.RequestID,
		operation: operationOf(a),
		key:       a.Key,
		status:    a.Status,
		code:      a.Error,
		size:      objectSize(a),
		version:   a.Version,
	}
	if line.version == "" {
		line.version = versionIn(a.Output)
	}
	if c := a.Call; c != nil {
		line.requester = l.requester(c.Principal)
		line.signature, line.auth = loggedSignature[c.Signature.Version], loggedAuth[c.Signature.AuthType]
		line.aclRequired = slices.ContainsFunc(c.Decisions(), (*authz.Decision).ByACL)
	}
	if w := a.Wire; w != nil {
		line.remoteIP, line.requestLine, line.hostID, line.host = w.RemoteIP, w.RequestLine, w.HostID, w.Host
		line.referer, line.agent, line.sent, line.total = w.Referer, w.UserAgent, w.Sent, w.Total
		if a.Key != "" {
			line.turnAround = w.TurnAround
		}
	}
	return line
}

// lifecycle logs what lifecycle rules have done in a bucket.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html
func (l *accessLogs) lifecycle(swept *Bucket, list []swept, at time.Time) {
	if l == nil || len(list) == 0 {
		return
	}
	b := l.bucket(swept.Name)
	if b == nil {
		return
	}
	var text []byte
	for _, d := range list {
		line := accessLine{
			owner: l.canonicalID(b.Account), bucket: b.Name, at: at, requester: lifecycleRequester, requestID: cloud.NewID(),
			operation: d.operation, key: d.key, size: d.size, version: d.version,
		}
		text = line.append(text)
	}
	l.add(b, at, text)
}

// The words of logs for how a request was signed.
var (
	loggedSignature = map[string]string{"AWS4-HMAC-SHA256": "SigV4", "AWS": "SigV2"}
	loggedAuth      = map[string]string{"REST-HEADER": "AuthHeader", "REST-QUERY-STRING": "QueryString"}
)

// requester is who a log says has called: the canonical user id of a root user,
// the ARN of whoever else an account has, "" for nobody who has signed.
func (l *accessLogs) requester(p *authz.Principal) string {
	switch p.Type {
	case policy.Anonymous:
		return ""
	case policy.Root:
		return l.canonicalID(p.Account)
	case policy.ServicePrincipal:
		return "svc:" + p.Service
	}
	return p.ARN
}

// canonicalID is that of an account, "" where it cannot be found.
func (l *accessLogs) canonicalID(account string) string {
	id, err := l.service.canonicalID(context.Background(), account)
	if err != nil {
		return ""
	}
	return id
}

// objectSize is the size of the object of a request, -1 where there is none.
func objectSize(a *cloud.Answered) int64 {
	switch out := a.Output.(type) {
	case *s3api.GetObjectOutput:
		return wholeSize(out.ContentLength, out.ContentRange)
	case *s3api.HeadObjectOutput:
		return wholeSize(out.ContentLength, out.ContentRange)
	case *s3api.GetObjectAttributesOutput:
		return wholeSize(out.ObjectSize, nil)
	}
	return a.Received
}

// wholeSize is the size of an object of which an answer has all or a part.
func wholeSize(length *int64, of *string) int64 {
	if _, total, ok := strings.Cut(value(of), "/"); ok {
		if n, err := strconv.ParseInt(total, 10, 64); err == nil {
			return n
		}
	}
	if length == nil {
		return -1
	}
	return *length
}

// versionIn is the version id that an answer has, "" without one.
func versionIn(out any) string {
	if out == nil {
		return ""
	}
	if f := reflect.ValueOf(out).Elem().FieldByName("VersionId"); f.IsValid() {
		if id, ok := f.Interface().(*string); ok {
			return value(id)
		}
	}
	return ""
}

// copiedFrom finds the source of a copy: it is what the caller had to be allowed
// to read first.
func copiedFrom(c *cloud.Call) (bucket, key string) {
	for _, d := range c.Decisions() {
		if d.Request.Action == "s3:GetObject" || d.Request.Action == "s3:GetObjectVersion" {
			bucket, key, _ = strings.Cut(strings.TrimPrefix(d.Request.Resource, bucketARN("")), "/")
			return bucket, key
		}
	}
	return "", ""
}

// appendDeletions appends a line for each object that a DeleteObjects names: what
// was asked about it tells its key, the answer whether it was deleted.
func appendDeletions(text []byte, a *cloud.Answered, whole *accessLine) []byte {
	if a.Call == nil || a.Output == nil {
		return text
	}
	failed := map[string]string{} // codes by key and version
	for _, e := range a.Output.(*s3api.DeleteObjectsOutput).Errors {
		failed[value(e.Key)+"\x00"+value(e.VersionId)] = value(e.Code)
	}
	for _, d := range a.Call.Decisions() {
		if d.Request.Action != "s3:DeleteObject" && d.Request.Action != "s3:DeleteObjectVersion" {
			continue
		}
		line := *whole
		line.operation, line.requestLine, line.sent, line.size, line.status, line.version = batchDelete, "", 0, -1, 204, ""
		line.total, line.turnAround = 0, 0
		line.key = strings.TrimPrefix(d.Request.Resource, objectARN(a.Bucket, ""))
		if v, ok := d.Request.Keys.Lookup("s3:versionid"); ok {
			line.version = v[0]
		}
		if code, ok := failed[line.key+"\x00"+line.version]; ok {
			line.code, line.status = code, statusOf(code)
		}
		text = line.append(text)
	}
	return text
}

// statusOf is the status of an error in a list of them, which names only codes.
func statusOf(code string) int {
	switch code {
	case "AccessDenied":
		return 403
	case "NoSuchKey", "NoSuchVersion":
		return 404
	case "PreconditionFailed":
		return 412
	case "NotImplemented":
		return 501
	case "InternalError":
		return 500
	}
	return 400
}
