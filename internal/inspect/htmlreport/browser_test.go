package htmlreport_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/htmlreport"
)

var update = flag.Bool("update", false, "take the guide's pictures anew")

// tab is a page in a real browser, with all that it complained about.
type tab struct {
	context.Context
	t    *testing.T
	file string

	mu       sync.Mutex
	troubles []string // errors, messages of the console, requests that left the page
}

// patience is how long a browser may take that is stuck.
const patience = 2 * time.Minute

func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no Chromium to read the page with: run scripts/browser.sh")
	return ""
}

// openPage writes a report to a disk and opens it from there.
func openPage(t *testing.T, r *diff.Report, d *equivalence.Dictionary, options ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	p := &tab{t: t, file: filepath.Join(t.TempDir(), "report.html")}
	f, err := os.Create(p.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := htmlreport.Write(f, r, d); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.WindowSize(1280, 1000))
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox) // Chromium refuses root its sandbox
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(flags, options...)...)
	t.Cleanup(cancel)
	p.Context, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Listen(p.Context, p.event); err != nil {
		t.Fatal(err)
	}
	p.run(chromedp.Navigate("file://"+p.file), chromedp.WaitReady(chromedp.CSS("#list")))
	return p
}

func (p *tab) event(e any) {
	switch e := e.(type) {
	case *runtime.EventExceptionThrown:
		p.trouble("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *runtime.EventConsoleAPICalled:
		p.trouble("console: %s %v", e.Type, e.Args)
	case *log.EventEntryAdded:
		p.trouble("log: %s %s", e.Entry.Text, e.Entry.URL)
	case *network.EventRequestWillBeSent:
		if e.Request.URL != "file://"+p.file {
			p.trouble("request: %s", e.Request.URL)
		}
	}
}

func (p *tab) trouble(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = append(p.troubles, fmt.Sprintf(format, args...))
}

func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.Context, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval is what an expression of JavaScript is in the page.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.Context, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// quiet fails if the page had anything to complain about.
func (p *tab) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, trouble := range p.troubles {
		p.t.Error(trouble)
	}
}

const (
	shownNames = `[...document.querySelectorAll("article:not([hidden]) .name")].map(e => e.textContent)`
	bodyOf     = `document.querySelector("article:not([hidden]) .body")`
)

func (p *tab) shows(want ...string) {
	p.t.Helper()
	if got := eval[[]string](p, shownNames); strings.Join(got, " ") != strings.Join(want, " ") {
		p.t.Errorf("shown: %v\nwant   %v", got, want)
	}
}

func (p *tab) press(status string) {
	p.t.Helper()
	p.run(chromedp.Click(chromedp.CSS(`.count[data-status="` + status + `"]`)))
}

func (p *tab) filter(text string) {
	p.t.Helper()
	p.set("text", "")
	if text != "" {
		p.run(chromedp.SendKeys(chromedp.CSS("#text"), text))
	}
}

// set is what choosing from a list does, or emptying a field.
func (p *tab) set(id, value string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event("input")) })()`, id, value)))
}

func TestPage(t *testing.T) {
	p := openPage(t, teams(t), dictionary)

	// What differs is shown, what is the same is not.
	p.shows("app1_ENV", "deploy", "load-test", "orders-worker-ENV", "sandbox")
	counts := eval[[]string](p, `[...document.querySelectorAll(".count")].map(e => e.textContent.trim().replace(/\s+/g, " "))`)
	if got := strings.Join(counts, ", "); got != "3 Different, 1 Only in dev, 1 Only in qa, 1 Same in effect, 7 Same" {
		t.Error(got)
	}

	// By status.
	p.press("different")
	p.press("only-a")
	p.shows("load-test")
	p.press("only-b")
	p.press("same-in-effect")
	p.shows("audit-reader")
	p.press("same-in-effect")
	if got := eval[string](p, `document.getElementById("shown").textContent`); got != "13 entries" {
		t.Error(got)
	}

	// By text, in what a policy says too, and by service.
	p.filter("app1 PUTOBJECT")
	p.shows("app1_ENV")
	p.filter("")
	p.set("service", "lambda")
	p.shows("load-test")
	p.set("service", "")
	p.filter("nowhere to be found")
	p.shows()
	if !eval[bool](p, `!document.querySelector(".empty").hidden`) {
		t.Error("an empty list does not say so")
	}
	p.filter("SupportRole")
	p.filter("ForSupport")
	p.shows("AWSServiceRoleForSupport")
	p.run(chromedp.Click(chromedp.CSS("#linked")))
	p.shows()

	// One role: what it means, what differs, both documents.
	p.filter("app1")
	p.run(chromedp.Click(chromedp.CSS("article:not([hidden]) .row")))
	text := eval[string](p, bodyOf+".innerText")
	for _, part := range []string{
		"qa allows s3:PutObject, dev does not", "allowed by app1-bucket", "statement 1", "Only in qa: 2", "Only in dev: 0",
		"arn:aws:iam::123456789012:role/app1_dev", "arn:aws:iam::987654321098:role/app1_qa",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in the role:\n%s", part, text)
		}
	}
	only := eval[[]string](p, `[...`+bodyOf+`.querySelectorAll(".l.only.b")].map(e => e.textContent)`)
	if len(only) != 1 || !strings.Contains(only[0], `"s3:PutObject"`) {
		t.Errorf("marked in qa: %q", only)
	}
	alias := eval[[]string](p, `[...`+bodyOf+`.querySelectorAll(".l.alias.r")].map(e => e.textContent)`)
	if len(alias) != 1 || !strings.Contains(alias[0], "app1-qa") {
		t.Errorf("equal by the dictionary: %q", alias)
	}
	if eval[string](p, `document.querySelector("article:not([hidden]) .row").getAttribute("aria-expanded")`) != "true" {
		t.Error("an open role does not say so")
	}
	proof := eval[string](p, `(() => { const d = `+bodyOf+`.querySelector("details"); d.open = true; return d.innerText })()`)
	if !strings.Contains(proof, "NoMatch") || !strings.Contains(proof, "Allow") {
		t.Errorf("proof: %s", proof)
	}
	p.quiet()
}

// TestKeyboard does what a hand at the keyboard does.
func TestKeyboard(t *testing.T) {
	p := openPage(t, teams(t), dictionary)
	active := `document.activeElement.textContent || document.activeElement.id`
	p.run(chromedp.KeyEvent("/"))
	if got := eval[string](p, active); got != "text" {
		t.Errorf("/ goes to %q", got)
	}
	p.run(chromedp.Focus(chromedp.CSS("article:not([hidden]) .row")), chromedp.KeyEvent(kb.ArrowDown))
	if got := eval[string](p, active); !strings.Contains(got, "deploy") {
		t.Errorf("the arrow goes to %q", got)
	}
	p.run(chromedp.KeyEvent("\r"))
	if !eval[bool](p, `document.activeElement.getAttribute("aria-expanded") === "true"`) {
		t.Error("Enter does not open the role")
	}
	unnamed := eval[int](p, `[...document.querySelectorAll("button, input, select")].filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).length`)
	if unnamed > 0 {
		t.Errorf("%d controls have no name for a screen reader", unnamed)
	}
	p.quiet()
}

// TestHostile: names and documents of an account that somebody made for this
// page.
func TestHostile(t *testing.T) {
	evil := []string{
		`</script><script>document.title='taken'</script>`, `"><img src=x onerror="document.title='taken'">`, `'onmouseover='alert(1)`, `<!--<script>`,
		"\u2028document.title='taken'//", `javascript:alert(1)`, `{{.}}`, `${alert(1)}`, "]]>", `\u003c/script>`, "\x00\x1b[31m", "http://example.com/x.png",
	}
	var roles []roleSpec
	for _, name := range evil {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x00", "", "\x1b", "").Replace(name)
		roles = append(roles, roleSpec{name: name, path: "/" + name + "/", trust: name, tags: map[string]string{name: name}, policies: map[string]string{
			name: `{"Version":"2012-10-17","Statement":[{"Sid":"` + quoted + `","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + quoted + `"}]}`,
		}})
	}
	a, b := account(devAccount, "dev", roles...), account(qaAccount, "qa", roles[:len(roles)/2]...)
	for i := range b.Roles {
		b.Roles[i].Tags = map[string]string{"<b>": "</textarea><script>document.title='taken'</script>"}
	}
	r := compare(t, a, b, nil)
	r.A.Tag, r.B.Tag = `</title><script>document.title='taken'</script>`, `"'><svg onload="document.title='taken'">`
	r.A.Account, r.B.Account = evil[3], evil[2]
	r.A.Profile, r.B.Baseline = evil[0], evil[1]
	r.Warnings = append(r.Warnings, evil...)
	r.Summary = append(r.Summary, diff.Metric{Name: evil[1], A: 1})

	p := openPage(t, r, equivalence.New(equivalence.Entry{Name: evil[0], Strings: []string{evil[1]}}))
	p.run(chromedp.Click(chromedp.CSS("#open")))
	if got := eval[string](p, "document.title"); got != r.A.Tag+" and "+r.B.Tag+": IAM comparison" {
		t.Errorf("title: %s", got)
	}
	if n := eval[int](p, `document.querySelectorAll("article").length`); n != len(evil) {
		t.Errorf("%d entries of %d", n, len(evil))
	}
	if n := eval[int](p, `document.querySelectorAll("img, svg, iframe, textarea, script:not([id]):not(:last-of-type)").length`); n > 0 {
		t.Errorf("%d elements that are not ours", n)
	}
	if n := eval[int](p, `document.querySelectorAll("script").length`); n != 2 {
		t.Errorf("%d scripts", n)
	}
	if n := eval[int](p, `[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on") || a.name === "style")).length`); n > 0 {
		t.Errorf("%d elements with handlers or styles", n)
	}
	if !eval[bool](p, `document.body.innerText.includes("<img src=x onerror=")`) {
		t.Error("the name is not there as it is")
	}
	p.quiet()
}

// TestPolicyOfThePage: what is not the page's own does not run, even if it got
// in.
func TestPolicyOfThePage(t *testing.T) {
	p := openPage(t, teams(t), dictionary)
	p.quiet()
	got := eval[string](p, `(() => {
		const s = document.createElement("script"); s.textContent = "document.title = 'taken'"; document.body.append(s);
		const i = new Image(); i.src = "https://example.com/x.png"; document.body.append(i);
		const d = document.createElement("div"); d.innerHTML = "<b onclick=\"document.title='taken'\">x</b>"; document.body.append(d); d.firstChild.click();
		return document.title })()`)
	if got == "taken" {
		t.Error("a script that is not the page's ran")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if all := strings.Join(p.troubles, "\n"); strings.Count(all, "Content Security Policy") < 2 {
		t.Errorf("the browser did not refuse: %s", all)
	}
}

// TestPicture takes the pictures of the guide.
func TestPicture(t *testing.T) {
	if !*update {
		t.Skip("pictures are taken with -update")
	}
	for name, scheme := range map[string]string{"iam-diff.png": "light", "iam-diff-dark.png": "dark"} {
		p := openPage(t, teams(t), dictionary)
		_, err := chromedp.Call(p.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		if err != nil {
			t.Fatal(err)
		}
		p.run(chromedp.EmulateViewport(1180, 1180, chromedp.EmulateScale(1.5)), chromedp.Click(chromedp.CSS("article:not([hidden]) .row")), chromedp.Blur(chromedp.CSS("article:not([hidden]) .row")))
		picture, err := chromedp.Run(p.Context, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		p.quiet()
		if err := os.WriteFile(filepath.Join("../../../docs/guide/images", name), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
