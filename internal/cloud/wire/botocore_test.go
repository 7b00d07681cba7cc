package wire

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// TestAgainstBotocore decodes requests that botocore made, which are those of
// the aws command too. testdata/serialize.py wrote them down.
func TestAgainstBotocore(t *testing.T) {
	text, err := os.ReadFile("testdata/botocore.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Service, Operation, Params, Body string
			Path, Query                      string
			Headers                          map[string]string
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range golden.Cases {
		t.Run(c.Service+"/"+c.Operation, func(t *testing.T) {
			op := operation(t, c.Service, c.Operation)
			r := &Request{Method: "POST", Body: []byte(c.Body), RawQuery: c.Query, Header: http.Header{}, Labels: labels(op, c.Path)}
			for name, value := range c.Headers {
				r.Header.Set(name, value)
			}
			got, err := For(op.Service.Protocol).Decode(op, r)
			if err != nil {
				t.Fatal(err)
			}
			if put, ok := got.(*s3api.PutObjectInput); ok {
				put.Body = nil
			}
			want, err := decodeJSON(op, c.Params)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, got, want)
		})
	}
}

func operation(t *testing.T, service, name string) *api.Operation {
	t.Helper()
	for _, svc := range builtServices() {
		if svc.Name != service {
			continue
		}
		if i := slices.IndexFunc(svc.Operations, func(op *api.Operation) bool { return op.Name == name }); i >= 0 {
			return svc.Operations[i]
		}
	}
	t.Fatalf("%s.%s is not built", service, name)
	return nil
}
