package htmlreport_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/htmlreport"
)

// TestSelfContained: the page names nothing that is elsewhere, and allows
// nothing but itself.
func TestSelfContained(t *testing.T) {
	page := write(t, teams(t), dictionary)
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

// TestHashes: the policy allows the style and the script as they stand in the
// page, to the byte.
func TestHashes(t *testing.T) {
	page := write(t, teams(t), dictionary)
	for directive, block := range map[string]string{
		"style-src":  between(t, page, "<style>", "</style>"),
		"script-src": between(t, page, "<script>", "</script>"),
	} {
		sum := sha256.Sum256([]byte(block))
		if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.Contains(page, want) {
			t.Errorf("the policy has no %s", want)
		}
	}
}

// hostile ends whatever it is in, if it is not escaped.
const hostile = `</title></style></script></textarea><b id="x" onclick='x'>&amp;<!--]]>`

// TestEscaped puts hostile text into every place of the markup.
func TestEscaped(t *testing.T) {
	for name, place := range map[string]struct {
		put func(*diff.Report)
		n   int // where the page shows it
	}{
		"first tag":  {func(r *diff.Report) { r.A.Tag = hostile }, 5}, // title, heading, side, button, table
		"second tag": {func(r *diff.Report) { r.B.Tag = hostile }, 5},
		"account":    {func(r *diff.Report) { r.A.Account = hostile }, 1},
		"profile":    {func(r *diff.Report) { r.A.Profile = hostile }, 1},
		"baseline":   {func(r *diff.Report) { r.B.Baseline = hostile }, 1},
		"warning":    {func(r *diff.Report) { r.Warnings = []string{hostile, hostile} }, 2},
		"metric":     {func(r *diff.Report) { r.Summary = append(r.Summary, diff.Metric{Name: hostile}) }, 1},
		"entity":     {func(r *diff.Report) { r.Entities[0].Name, r.Entities[0].Path = hostile, hostile }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := teams(t)
			place.put(r)
			page := write(t, r, dictionary)
			if n := strings.Count(page, html.EscapeString(hostile)); n != place.n {
				t.Errorf("it is there %d times as text, not %d", n, place.n)
			}
			if strings.Contains(page, "<b id") || strings.Contains(page, `id="x"`) || strings.Contains(page, "onclick='x'>") {
				t.Error("it is there as markup")
			}
			if n := strings.Count(page, "</script>"); n != 2 {
				t.Errorf("%d scripts end", n)
			}
		})
	}
}

// TestData: the data block is the report and the dictionary, whatever they say.
func TestData(t *testing.T) {
	type data struct {
		A, B     diff.Side
		Semantic bool
		Entities []*diff.Entity
		Equal    [][2]string
	}
	r := teams(t)
	r.A.Tag = hostile
	r.Entities = []*diff.Entity{{Kind: diff.Role, Name: hostile, Path: "\u2028" + hostile, Status: diff.OnlyA}}
	page := write(t, r, equivalence.New(equivalence.Entry{Name: hostile, Strings: []string{"x" + hostile}}))
	block := between(t, page, `<script type="application/json" id="data">`, "</script>")
	if strings.ContainsAny(block, "<>&\u2028") {
		t.Error("what could be markup is not escaped")
	}
	var got data
	if err := json.Unmarshal([]byte(block), &got); err != nil {
		t.Fatal(err)
	}
	want := data{r.A, r.B, r.Semantic, r.Entities, [][2]string{{"x" + hostile, hostile}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func write(t *testing.T, r *diff.Report, d *equivalence.Dictionary) string {
	t.Helper()
	var b strings.Builder
	if err := htmlreport.Write(&b, r, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// between is what stands after a text, up to the next end, as a browser reads
// it.
func between(t *testing.T, page, start, end string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, start)
	block, _, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("there is no %s with its %s", start, end)
	}
	return block
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
