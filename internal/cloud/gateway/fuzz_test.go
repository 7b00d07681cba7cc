package gateway_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// parse reads a request as a server does, with its body.
func parse(raw []byte) (*http.Request, []byte, error) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	r.RemoteAddr = "127.0.0.1:1"
	return r, body, nil
}

// failing ends a body the way it ended before.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// FuzzGateway sends any request, as it is or signed by root. Whatever it is,
// the answer is well formed; unsigned, it is no success but for health.
func FuzzGateway(f *testing.F) {
	for _, r := range []*http.Request{
		create(), createKey(), query("sts", "GetCallerIdentity"), jsonCall("ListKeys", "{}"), jsonCall("GenerateRandom", `{"NumberOfBytes":1e2}`),
		newRequest("GET", "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256", ""),
		newRequest("GET", "/_fortlet/health", ""), newRequest("POST", "/_fortlet/reset", ""), newRequest("POST", "/_fortlet/accounts", `{"name":"x"}`),
		newRequest("GET", "/_fortlet/explain/x", ""), newRequest("PUT", "/analyzer", `{"analyzerName":"a","type":"ACCOUNT"}`), newRequest("GET", "/tags/"+analyzerARN, ""), edit(create(), func(r *http.Request) { r.Header.Set("Authorization", literalAuthorization) }),
	} {
		body := payload(f, r)
		f.Add(fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", head(r), len(body), body), "")
		f.Add(fmt.Appendf(nil, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head(r), len(body), body), "kms")
		for _, service := range []string{"iam", "sts", "kms", "s3", "access-analyzer", "fortlet"} {
			f.Add(fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", head(r), len(body), body), service)
		}
	}
	f.Add([]byte("0 * HTTP/0.0\n\n"), "s30") // a service that is not there, in the words of S3
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, raw []byte, service string) {
		r, body, err := parse(raw)
		if err != nil {
			return // net/http answers
		}
		w := &world{TB: t, Fortlet: w.Fortlet}
		if service != "" && w.root().signer(service).Sign(r, sigv4.HashPayload(body), w.now()) != nil {
			return
		}
		a := w.serve(r)
		switch {
		case len(a.requestID) != 36:
			t.Errorf("request id %q", a.requestID)
		case a.status == 500:
			t.Errorf("%s", a.body)
		case a.status < 300 && service == "" && r.URL.Path != "/_fortlet/health":
			t.Errorf("unsigned, and answered %d %s", a.status, a.body)
		case a.status >= 300 && a.code == "" && r.Method != http.MethodHead:
			t.Errorf("no code: %d %s", a.status, a.body)
		}
	})
}

// signedTexts are requests that get through, as they go over the wire. Their
// key is always the same, so that what the fuzzer finds can be tried again.
func signedTexts(w *world) []string {
	presigned := newRequest("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "")
	if err := w.root().signer("sts").Presign(presigned, sigv4.EmptyPayload, w.now(), time.Minute); err != nil {
		w.Fatal(err)
	}
	var texts []string
	for _, r := range []*http.Request{
		w.as(w.root(), "sts", query("sts", "GetCallerIdentity")),
		w.as(w.root(), "kms", jsonCall("ListKeys", `{"Limit":7}`)),
		w.as(w.root(), "sts", newRequest("GET", "/?Action=GetCallerIdentity&Version=2011-06-15&x=a%2fb", "")),
		presigned,
	} {
		texts = append(texts, (&server{world: w}).text(r))
	}
	return texts
}

// meaning is all that a signed request says to a service, in one spelling.
func meaning(r *http.Request, body []byte) (string, error) {
	s, err := sigv4.Parse(sigv4.FromHTTP(r))
	if err != nil {
		return "", err
	}
	params, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	said := []string{r.Method, r.Host, strings.TrimPrefix(r.URL.EscapedPath(), "/"), params.Encode(), string(body),
		s.AccessKeyID, s.Date, s.Region, s.Service, s.SecurityToken, s.Time.String(), s.Expires.String()}
	names := strings.Split(s.SignedHeaders, ";")
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Amz-") {
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		values := strings.Join(r.Header.Values(name), ",")
		said = append(said, name+"="+strings.Join(strings.Fields(values), " "))
	}
	return strings.Join(said, "\n"), nil
}

// forged reports a request that gets through although it does not say what
// one of the signed ones says.
func (w *world) forged(raw []byte, signed map[string]bool) {
	w.Helper()
	r, body, err := parse(raw)
	if err != nil {
		return
	}
	said, parseErr := meaning(r, body)
	a := w.serve(r)
	if a.status < 300 && (parseErr != nil || !signed[said]) {
		w.Errorf("answered %d %s:\n%s\nwhich says\n%s", a.status, a.body, raw, said)
	}
}

func meanings(tb testing.TB, texts []string) map[string]bool {
	tb.Helper()
	signed := make(map[string]bool)
	for _, text := range texts {
		r, body, err := parse([]byte(text))
		if err != nil {
			tb.Fatal(err)
		}
		said, err := meaning(r, body)
		if err != nil {
			tb.Fatal(err)
		}
		signed[said] = true
	}
	return signed
}

// TestEveryByte changes, leaves out and doubles every byte of requests that
// get through.
func TestEveryByte(t *testing.T) {
	w := fixedWorld(t)
	texts := signedTexts(w)
	signed := meanings(t, texts)
	for _, text := range texts {
		if a := w.serve(must(parse([]byte(text)))); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		for i := range len(text) {
			for _, with := range []byte(" \t\r\n\x00,;:=&+%/.-_0aAzZ\x7f\xff") {
				w.forged([]byte(text[:i]+string([]byte{with})+text[i+1:]), signed)
			}
			w.forged([]byte(text[:i]+string([]byte{text[i] ^ 1})+text[i+1:]), signed)
			w.forged([]byte(text[:i]+string([]byte{text[i] ^ 0x20})+text[i+1:]), signed)
			w.forged([]byte(text[:i]+text[i+1:]), signed)
			w.forged([]byte(text[:i+1]+text[i:]), signed)
		}
		lines := strings.SplitAfter(text, "\r\n")
		for i := range lines {
			without := slices.Delete(slices.Clone(lines), i, i+1)
			w.forged([]byte(strings.Join(without, "")), signed)
			w.forged([]byte(strings.Join(slices.Insert(slices.Clone(lines), i, lines[i]), "")), signed)
		}
	}
}

func must(r *http.Request, _ []byte, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}

// FuzzSigned edits requests that get through. edits come in fours: where (two
// bytes), what to do, and with which byte.
func FuzzSigned(f *testing.F) {
	w := fixedWorld(f)
	texts := signedTexts(w)
	signed := meanings(f, texts)
	for i := range texts {
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0, 20, 0, 'x', 1, 4, 1, '&', 0, 80, 2, 0, 0, 9, 3, 40})
	}
	f.Fuzz(func(t *testing.T, which uint8, edits []byte) {
		raw := []byte(texts[int(which)%len(texts)])
		edits = edits[:min(len(edits), 4*16)]
		for ; len(edits) >= 4 && len(raw) > 0; edits = edits[4:] {
			at := (int(edits[0])<<8 | int(edits[1])) % len(raw)
			switch edits[2] % 4 {
			case 0:
				raw[at] = edits[3]
			case 1:
				raw = slices.Insert(raw, at, edits[3])
			case 2:
				raw = slices.Delete(raw, at, at+1)
			case 3: // copy a stretch from there to the place of the last byte
				end := min(len(raw), at+1+int(edits[3]))
				raw = slices.Insert(raw, int(edits[3])*len(raw)/256, bytes.Clone(raw[at:end])...)
			}
		}
		(&world{TB: t, Fortlet: w.Fortlet}).forged(raw, signed)
	})
}
