package command

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/fortlet"
)

// TestNoSigV2: the flag decides whether S3 knows the older signature.
func TestNoSigV2(t *testing.T) {
	for _, refused := range []bool{false, true} {
		o := upOptions{ephemeral: true, noSigV2: refused, logLevel: "error"}
		cfg, err := o.config(&streams{strings.NewReader(""), io.Discard, io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		f, err := fortlet.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		date := time.Now().UTC().Format(http.TimeFormat)
		mac := hmac.New(sha1.New, []byte(f.RootKey.Secret))
		mac.Write([]byte("GET\n\n\n" + date + "\n/"))
		r.Header.Set("Date", date)
		r.Header.Set("Authorization", "AWS "+f.RootKey.ID+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		f.Handler.ServeHTTP(w, r)
		listed := w.Code == http.StatusOK && strings.Contains(w.Body.String(), "ListAllMyBucketsResult")
		unsupported := w.Code == http.StatusBadRequest && strings.Contains(w.Body.String(), "is not supported. Please use AWS4-HMAC-SHA256.")
		if listed == refused || unsupported != refused {
			t.Errorf("refused is %v: %d %s", refused, w.Code, w.Body)
		}
	}
}
