package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// CloudTrail records a call of S3 as the request was written and not as the
// operation's members are named: parameters and headers under their own names
// and as text, documents element by element. Records of AWS that show it:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html

// AppendRequestTrail appends an input as the requestParameters of a record, and
// with it, where the service's records have them, the host that was called and
// what the URL says beside the members: {"policy": ""}.
func AppendRequestTrail(b []byte, op *api.Operation, in any, host string) []byte {
	val := reflect.ValueOf(in)
	switch {
	case !val.IsValid() || val.IsNil():
		return append(b, "null"...)
	case op.Service.Protocol == api.RestJSON:
		return appendTrailOf(b, structureOf(val.Type().Elem()), val.Elem())
	case !isS3(op.Service):
		return AppendTrail(b, in)
	}
	t := requestTrail{b: append(b, '{')}
	t.members(structureOf(val.Type().Elem()), val.Elem())
	if host != "" {
		t.text("Host", host)
	}
	_, query, _ := strings.Cut(op.Path, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" {
			t.text(name, value)
		}
	}
	if !t.some {
		return append(b, "null"...)
	}
	return append(t.b, '}')
}

// appendBoundTrail is AppendTrail for structures that are bound to HTTP.
func appendBoundTrail(b []byte, plan *structure, v reflect.Value) []byte {
	t := requestTrail{b: append(b, '{')}
	t.members(plan, v)
	return append(t.b, '}')
}

// requestTrail writes the object of a record, whose brace is open.
type requestTrail struct {
	b    []byte
	some bool // it has a member
}

func (t *requestTrail) key(name string) {
	if t.some {
		t.b = append(t.b, ',')
	}
	t.some = true
	t.b = append(appendJSONString(t.b, name), ':')
}

func (t *requestTrail) text(name, value string) {
	t.key(name)
	t.b = appendJSONString(t.b, value)
}

// members writes what a record has of an input or output. User metadata is not
// part of it, nor is what a client says by the headers that are not AWS's own.
func (t *requestTrail) members(plan *structure, v reflect.Value) {
	isInput := len(plan.bound.labels)+len(plan.bound.query) > 0
	for i := range plan.members {
		m := &plan.members[i]
		f := v.Field(m.index)
		if m.absent(f) {
			continue
		}
		switch val := m.deref(f); m.tag.Location {
		case "uri":
			t.text(labelInTrail(m.name), val.String())
		case "querystring":
			t.text(m.name, headerText(m, &m.shape, val))
		case "header":
			t.header(m, val)
		case "payload":
			if isInput {
				t.payload(m, val)
			}
		}
	}
}

// labelInTrail is the name of a part of the path.
func labelInTrail(name string) string {
	if name == "Bucket" {
		return "bucketName"
	}
	return lowerFirst(name)
}

func (t *requestTrail) header(m *member, v reflect.Value) {
	switch {
	case !strings.HasPrefix(m.name, "x-amz-") || m.name == "x-amz-mfa":
	case hiddenInTrail(&m.shape, m.name):
		t.key(m.name)
		t.b = append(t.b, hidden...)
	default:
		t.text(m.name, headerText(m, &m.shape, v))
	}
}

// hiddenInTrail reports whether a record must not show a member. The models
// call sensitive which key encrypts an object too; records show that.
func hiddenInTrail(s *shape, name string) bool {
	return s.tag.Sensitive && name != "x-amz-server-side-encryption-aws-kms-key-id" && name != "KMSMasterKeyID"
}

func (t *requestTrail) payload(m *member, v reflect.Value) {
	switch {
	case m.kind == kindStruct && m.name != "Delete" && m.name != "CompleteMultipartUpload":
		t.key(m.name)
		t.b = appendXMLTrail(t.b, &m.shape, v)
	case m.kind == kindString:
		t.key("bucket" + m.name)
		t.b = appendDocument(t.b, v.String())
	}
	// The documents of the two name objects by the thousand; a record names
	// them as its resources, if at all.
}

// appendDocument appends a policy as the JSON that it is, or else as text.
func appendDocument(b []byte, text string) []byte {
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(text)) != nil {
		return appendJSONString(b, text)
	}
	return append(b, compact.Bytes()...)
}

// appendXMLTrail appends what an element holds. Its namespace is one more
// member of it.
func appendXMLTrail(b []byte, s *shape, v reflect.Value) []byte {
	switch s.kind {
	case kindStruct:
		t := requestTrail{b: append(b, '{')}
		if s.tag.XMLNamespace != "" {
			name := "xmlns"
			if s.tag.XMLPrefix != "" {
				name += ":" + s.tag.XMLPrefix
			}
			t.text(name, s.tag.XMLNamespace)
		}
		t.elements(s.fields, v)
		return append(t.b, '}')
	case kindList:
		t := requestTrail{b: append(b, '{')}
		t.list(s, v, s.elemName())
		return append(t.b, '}')
	case kindBool, kindInt, kindFloat:
		return appendJSON(b, s, v)
	case kindTime:
		return append(appendISO8601(append(b, '"'), timeOf(v), true), '"')
	case kindBlob, kindMap, kindStream:
		return append(b, hidden...)
	}
	return appendJSONString(b, strings.TrimPrefix(v.String(), emptyEnum))
}

// elements writes the members of a structure under the names of their elements.
func (t *requestTrail) elements(plan *structure, v reflect.Value) {
	for i := range plan.members {
		m := &plan.members[i]
		f := v.Field(m.index)
		switch {
		case m.absent(f):
		case hiddenInTrail(&m.shape, m.name):
			t.key(m.name)
			t.b = append(t.b, hidden...)
		case m.kind == kindList && m.tag.Flattened:
			t.list(&m.shape, f, m.elementName())
		default:
			t.key(m.name)
			t.b = appendXMLTrail(t.b, &m.shape, m.deref(f))
		}
	}
}

// list writes elements of one name: a single one as it is, several as an array.
func (t *requestTrail) list(s *shape, v reflect.Value, name string) {
	n := v.Len()
	if n == 0 {
		return
	}
	t.key(name)
	if n > 1 {
		t.b = append(t.b, '[')
	}
	for i := range n {
		if i > 0 {
			t.b = append(t.b, ',')
		}
		t.b = appendXMLTrail(t.b, s.elem, v.Index(i))
	}
	if n > 1 {
		t.b = append(t.b, ']')
	}
}
