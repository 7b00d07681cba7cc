package htmlreport_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/htmlreport"
)

// large is a comparison of accounts with many roles of five policies each, one
// in two of which differs.
func large(t testing.TB, roles int) *diff.Report {
	t.Helper()
	side := func(id, env string, more string) []roleSpec {
		var list []roleSpec
		for i := range roles {
			r := roleSpec{name: fmt.Sprintf("service-%04d-ENV", i), trust: trusts("lambda"), policies: map[string]string{}}
			for k := range 5 {
				action := `"dynamodb:GetItem","dynamodb:Query"`
				if i%2 == 0 && k == 3 {
					action += more
				}
				r.policies[fmt.Sprintf("policy-%d", k)] = fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Items","Effect":"Allow","Action":[%s],"Resource":"arn:aws:dynamodb:us-east-1:ACCOUNT:table/t-%d-%d"},{"Sid":"Logs","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`, action, i, k)
			}
			list = append(list, r)
		}
		return list
	}
	return compare(t, account(devAccount, "dev", side(devAccount, "dev", "")...), account(qaAccount, "qa", side(qaAccount, "qa", `,"dynamodb:PutItem"`)...), dictionary)
}

// TestLarge: what nobody has opened is not made.
func TestLarge(t *testing.T) {
	p := openPage(t, large(t, 1000), dictionary)
	if n := eval[int](p, `document.querySelectorAll("article:not([hidden])").length`); n != 500 {
		t.Errorf("%d roles are shown", n)
	}
	if n := eval[int](p, `document.querySelectorAll(".body > *").length`); n > 0 {
		t.Errorf("%d parts of roles were made before anybody opened one", n)
	}
	p.run(chromedp.Click(chromedp.CSS("article:not([hidden]) .row")))
	if n := eval[int](p, `document.querySelectorAll("article:not([hidden]) .sheet").length`); n != 6 {
		t.Errorf("%d policies of the open role", n)
	}
	t.Logf("from the start of loading: content after %.0f ms, loaded after %.0f ms",
		eval[float64](p, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`), eval[float64](p, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
	t.Logf("filtering: %.1f ms", eval[float64](p, `(() => { const e = document.getElementById("text"); e.value = "table/t-77"; e.dispatchEvent(new Event("input")); e.value = "table/t-78-"; const t0 = performance.now(); e.dispatchEvent(new Event("input")); document.body.offsetHeight; return performance.now() - t0 })()`))
	p.shows("service-0078-ENV")
	p.quiet()
}

// TestManyItems: a long list comes in parts.
func TestManyItems(t *testing.T) {
	e := &diff.Entity{Kind: diff.Role, Name: "admin", Path: "/", Status: diff.Different}
	for i := range 1000 {
		e.OnlyA = append(e.OnlyA, diff.Item{Policy: "p", Type: diff.Inline, Effect: "Allow", Service: "s3", Action: fmt.Sprintf("Action%d", i), Resource: "*", NoEffect: i < 500})
	}
	p := openPage(t, &diff.Report{A: diff.Side{Tag: "a"}, B: diff.Side{Tag: "b"}, Entities: []*diff.Entity{e}}, nil)
	p.run(chromedp.Click(chromedp.CSS(".row")))
	items := func() int { return eval[int](p, `document.querySelectorAll(".items li").length`) }
	if n := items(); n != 200 {
		t.Errorf("%d items at first", n)
	}
	if got := eval[string](p, `document.querySelector(".items li code").textContent`); got != "s3:Action500" {
		t.Errorf("the first is %s, which has no effect", got)
	}
	p.run(chromedp.Click(chromedp.CSS(".more")))
	if n := items(); n != 1000 || eval[int](p, `document.querySelectorAll(".more").length`) != 0 {
		t.Errorf("%d items then", n)
	}
	p.quiet()
}

// TestPrinted: a print has what differs, opened, and the screen is as before.
func TestPrinted(t *testing.T) {
	p := openPage(t, teams(t), dictionary)
	p.run(chromedp.Evaluate[chromedp.Void](`addEventListener("beforeprint", () => { document.body.dataset.printed = document.querySelectorAll("article:not([hidden]) .body:not([hidden])").length })`))
	pdf, err := chromedp.Run(p.Context, chromedp.PrintToPDF())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("%d bytes, %v", len(pdf), err)
	}
	if got := eval[string](p, `document.body.dataset.printed`); got != "5" {
		t.Errorf("%s roles were printed open", got)
	}
	if n := eval[int](p, `document.querySelectorAll(".body:not([hidden])").length`); n != 0 {
		t.Errorf("%d roles have stayed open", n)
	}
	p.quiet()
}

func BenchmarkWrite(b *testing.B) {
	r := large(b, 1000)
	var page bytes.Buffer
	for b.Loop() {
		page.Reset()
		if err := htmlreport.Write(&page, r, dictionary); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(page.Len()), "bytes")
}
