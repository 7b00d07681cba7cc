package gateway_test

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestRememberedRequests: what is remembered of calls, so that they can be
// explained, does not grow with what their callers send. The caller here may do
// nothing at all.
func TestRememberedRequests(t *testing.T) {
	const (
		requests = 60
		most     = 26 << 20 // of the heap, for all of them
	)
	form := func(body string) *http.Request {
		r := newRequest("POST", "/", body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	with := func(header, value string) *http.Request {
		r := query("sts", "GetCallerIdentity")
		r.Header.Set(header, value)
		return r
	}
	// Nothing in the form is escaped, so that its values are parts of the body.
	const assume = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/none&RoleSessionName=abc&Other="
	for name, request := range map[string]func(i string) (string, *http.Request){
		"form": func(i string) (string, *http.Request) {
			return "sts", form(assume + strings.Repeat("a", 900<<10) + i)
		},
		"many small values": func(i string) (string, *http.Request) {
			context := make([]string, 50_000)
			for j := range context {
				context[j] = `"` + i + "-" + strconv.Itoa(j) + `":""`
			}
			return "kms", jsonCall("Encrypt", `{"KeyId":"00000000-0000-0000-0000-000000000000","Plaintext":"AAAA","EncryptionContext":{`+strings.Join(context, ",")+`}}`)
		},
		"user agent": func(i string) (string, *http.Request) {
			return "sts", with("User-Agent", strings.Repeat("u", 500<<10)+i)
		},
		"referer": func(i string) (string, *http.Request) {
			return "sts", with("Referer", strings.Repeat("r", 500<<10)+i)
		},
		"host": func(i string) (string, *http.Request) {
			r := query("sts", "GetCallerIdentity")
			r.Host = strings.Repeat("h", 500<<10) + i
			return "sts", r
		},
		"authorization": func(i string) (string, *http.Request) {
			return "kms", jsonCall("ListKeys", "{}")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			nobody := w.user("nobody", "")
			before := heap()
			for i := range requests {
				service, r := request(strconv.Itoa(i))
				w.as(nobody, service, r)
				if name == "authorization" {
					// Spaces are no change of the signature.
					r.Header.Set("Authorization", r.Header.Get("Authorization")+strings.Repeat(" ", 500<<10))
				}
				if a := w.serve(r); a.status == http.StatusBadRequest && a.code != "AccessDeniedException" && a.code != "ValidationException" {
					t.Fatalf("%d %s", a.status, a.body)
				}
			}
			if kept := heap() - before; kept > most {
				t.Errorf("%d MB are kept of %d requests", kept>>20, requests)
			}
			runtime.KeepAlive(w)
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // sync.Pool keeps for one more
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
