package htmlreport_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/htmlreport"
)

// TestSelfContained: the page names nothing that is elsewhere, and allows
// nothing but itself.
func TestSelfContained(t *testing.T) {
	var b strings.Builder
	if err := htmlreport.Write(&b, teams(t), dictionary); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if found := regexp.MustCompile(`(?i)(src|href|action)\s*=\s*"[^#"]|@import|url\(`).FindAllString(page, -1); found != nil {
		t.Errorf("it refers to %q", found)
	}
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`).FindStringSubmatch(page)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none'; script-src 'sha256-") || strings.Contains(policy[1], "unsafe") {
		t.Errorf("policy: %q", policy)
	}
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("%d scripts", n)
	}
}

// TestEmpty: there is a page to read also where there is nothing to compare.
func TestEmpty(t *testing.T) {
	p := openPage(t, &diff.Report{A: diff.Side{Tag: "a"}, B: diff.Side{Tag: "b"}}, nil)
	if got := eval[string](p, `document.querySelector(".empty:not([hidden])").textContent`); got != "There is nothing to compare." {
		t.Error(got)
	}
	p.quiet()
}

type broken struct{ error }

func (b broken) Write([]byte) (int, error) { return 0, b.error }

func TestBrokenDisk(t *testing.T) {
	full := errors.New("no space left on device")
	if err := htmlreport.Write(broken{full}, teams(t), nil); !errors.Is(err, full) {
		t.Error(err)
	}
}
