package edge

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// compressors are other people's: each coding is written by its library.
var compressors = map[string]func(io.Writer) io.WriteCloser{
	"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
	"zstd": func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		if err != nil {
			panic(err)
		}
		return z
	},
}

func compress(coding, s string) string {
	var b bytes.Buffer
	z := compressors[coding](&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

// A compressed body is sealed inside, and goes on as it is without compression.
func TestCompressedBodies(t *testing.T) {
	w := protecting(t, person)
	for coding := range compressors {
		for _, header := range []string{coding, strings.ToUpper(coding), "identity, " + coding} {
			t.Run(header, func(t *testing.T) {
				resp, body := w.post(compress(coding, alejandro), isJSON, "Content-Encoding: "+header)
				if resp.StatusCode != http.StatusOK {
					t.Fatalf("answer %d %s", resp.StatusCode, body)
				}
				got := w.origin.last(t)
				if back := opened(t, got.body); back != alejandro {
					t.Errorf("opened %s", back)
				}
				if e := got.Header.Get("Content-Encoding"); e != "" || got.ContentLength != int64(len(got.body)) {
					t.Errorf("Content-Encoding %q, Content-Length %d of %d", e, got.ContentLength, len(got.body))
				}
				w.origin.never(t, alejandroSecrets...)
			})
		}
	}
	if resp, body := w.post(alejandro, isJSON, "Content-Encoding: identity"); resp.StatusCode != http.StatusOK {
		t.Errorf("identity: answer %d %s", resp.StatusCode, body)
	}
}

// The limit of a body counts what comes out: a small bomb is refused as a large
// body is.
func TestBombs(t *testing.T) {
	bomb := `{"a":"` + strings.Repeat("x", 8<<20) + `","ssn":"123-45-6789"}`
	for coding := range compressors {
		t.Run(coding, func(t *testing.T) {
			w := protecting(t, person+"limits: {body: 1MiB}\n")
			small := compress(coding, bomb)
			if len(small) > 100<<10 {
				t.Fatalf("the bomb has %d bytes", len(small))
			}
			resp, body := w.post(small, isJSON, "Content-Encoding: "+coding)
			if resp.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			for _, r := range w.origin.end() {
				if r.err == nil {
					t.Error("the origin saw an end")
				}
			}
		})
	}
}

// A zstd frame may ask for a window that no request needs.
func TestZstdWindow(t *testing.T) {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithWindowSize(64<<20), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, `{"a":"`+strings.Repeat("x", 100)+`"}`)
	z.Flush()
	io.WriteString(z, " ")
	z.Close()
	w := protecting(t, person)
	resp, body := w.post(b.String(), isJSON, "Content-Encoding: zstd")
	w.refused(resp, body, reasonMalformed)
}

// So may brotli.
func TestBrotliWindow(t *testing.T) {
	for window, status := range map[int]int{22: http.StatusOK, 23: http.StatusOK, 24: http.StatusUnsupportedMediaType} {
		var b bytes.Buffer
		z := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: 1, LGWin: window})
		io.WriteString(z, alejandro)
		z.Flush()
		z.Close()
		w := protecting(t, person)
		resp, body := w.post(b.String(), isJSON, "Content-Encoding: br")
		if resp.StatusCode != status {
			t.Errorf("a window of %d bits: answer %d %s", window, resp.StatusCode, body)
		}
		w.origin.never(t, alejandroSecrets...)
	}
}

// Whatever is cut off anywhere is refused, and so is what was changed where the
// coding has a checksum. Brotli has none: there it is another body, of the
// client's own making.
func TestDamagedCodings(t *testing.T) {
	for coding := range compressors {
		t.Run(coding, func(t *testing.T) {
			w := protecting(t, person)
			whole := compress(coding, alejandro)
			for n := range len(whole) - 1 {
				if n == 0 {
					continue // no body at all
				}
				resp, body := w.post(whole[:n], isJSON, "Content-Encoding: "+coding)
				if resp.StatusCode != http.StatusBadRequest {
					t.Errorf("%d of %d bytes: answer %d %s", n, len(whole), resp.StatusCode, body)
				}
			}
			if got := w.origin.raw(); got != "" {
				t.Errorf("the origin received %s", got)
			}
			if coding == "br" {
				return
			}
			for i := range len(whole) {
				changed := []byte(whole)
				changed[i] ^= 0x20
				w.post(string(changed), isJSON, "Content-Encoding: "+coding)
			}
			w.origin.never(t, alejandroSecrets...)
		})
	}
}

// Readers are used again; what one request left behind must not be in the next.
func TestCodingsAreUsedAgain(t *testing.T) {
	w := protecting(t, person)
	for range 20 {
		for coding := range compressors {
			w.post(compress(coding, alejandro)[:30], isJSON, "Content-Encoding: "+coding)
			resp, body := w.post(compress(coding, `{"plan":"`+coding+`"}`), isJSON, "Content-Encoding: "+coding)
			if resp.StatusCode != http.StatusOK || w.origin.last(t).body != `{"plan":"`+coding+`"}` {
				t.Fatalf("answer %d %s, the origin got %s", resp.StatusCode, body, w.origin.last(t).body)
			}
		}
	}
}
