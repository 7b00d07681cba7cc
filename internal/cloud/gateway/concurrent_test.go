package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestConcurrentCallers: everybody is told who they are, and nobody who
// another is.
func TestConcurrentCallers(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("user-%d", i)
		k := w.user(name, everything)
		wg.Go(func() {
			for range 50 {
				a := w.serve(w.as(k, "sts", query("sts", "GetCallerIdentity")))
				if a.status != http.StatusOK || !strings.Contains(a.body, ":user/"+name+"<") {
					t.Errorf("%s is told %s", name, a.body)
				}
				wrong := w.serve(w.as(key{id: k.id, secret: "x"}, "kms", jsonCall("ListKeys", "{}")))
				if wrong.code != "InvalidSignatureException" {
					t.Errorf("%s with a wrong secret is told %s", name, wrong.body)
				}
			}
		})
	}
	wg.Wait()
}
