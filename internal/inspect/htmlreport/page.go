package htmlreport

import (
	"strconv"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// page is the whole document. Text and attributes escape what they are given;
// g.Raw does not, so only this function has it: for constants of ours, and for
// the data block, which encode made harmless.
func page(r *diff.Report, data string) g.Node {
	return h.Doctype(h.HTML(h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			g.Raw(policy()),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.Meta(h.Name("referrer"), h.Content("no-referrer")),
			h.TitleEl(g.Text(r.A.Tag+" and "+r.B.Tag+": IAM comparison")),
			h.StyleEl(g.Raw(style)),
		),
		h.Body(
			h.A(h.Class("skip"), h.Href("#list"), g.Text("Skip to the list")),
			header(r),
			h.Main(summary(r), withoutScript(), list(r)),
			h.Script(h.Type("application/json"), h.ID("data"), g.Raw(data)),
			h.Script(g.Raw(script)),
		),
	))
}

func header(r *diff.Report) g.Node {
	return h.Header(
		h.P(h.Class("what"), g.Text("IAM comparison")),
		h.H1(
			h.Span(h.Class("side a"), g.Text(r.A.Tag)), g.Text(" "),
			h.Span(h.Class("and"), g.Text("and")), g.Text(" "),
			h.Span(h.Class("side b"), g.Text(r.B.Tag)),
		),
		h.Dl(h.Class("sides"), side(r.A), side(r.B)),
	)
}

// side says where a side came from, and when.
func side(s diff.Side) g.Node {
	var from string
	switch {
	case s.Baseline != "":
		from = " baseline " + s.Baseline
	case s.Profile != "":
		from = " profile " + s.Profile
	}
	taken := s.Taken.UTC()
	return h.Div(
		h.Dt(g.Text(s.Tag)),
		h.Dd(
			g.If(s.Account != "", h.Span(h.Class("account"), g.Text(s.Account))),
			g.Text(from),
			g.If(!taken.IsZero(), g.Group{
				g.Text(", "),
				h.Time(h.DateTime(taken.Format("2006-01-02T15:04:05Z")), g.Text(taken.Format("2006-01-02 15:04 UTC"))),
			}),
		),
	)
}

func summary(r *diff.Report) g.Node {
	return h.Section(h.Aria("labelledby", "h-summary"),
		h.H2(h.ID("h-summary"), h.Class("out"), g.Text("Summary")),
		h.Div(h.Class("counts"), h.Role("group"), h.Aria("label", "Show by status"), g.Map(counts(r), button)),
		g.If(len(r.Warnings) > 0, warnings(r.Warnings)),
		metrics(r),
	)
}

// button shows how many entities have a status, and these entities.
func button(c count) g.Node {
	return h.Button(
		h.Type("button"), h.Class("count "+string(c.Status)), h.Data("status", string(c.Status)), h.Aria("pressed", "false"),
		h.B(g.Text(strconv.Itoa(c.N))), g.Text(" "), h.Span(g.Text(c.Title)),
	)
}

func warnings(list []string) g.Node {
	return h.Details(h.Class("warnings"), g.Attr("open"),
		h.Summary(g.Text("To know before you trust this: "+strconv.Itoa(len(list)))),
		h.Ul(g.Map(list, func(text string) g.Node { return h.Li(g.Text(text)) })),
	)
}

func metrics(r *diff.Report) g.Node {
	return h.Details(h.Class("metrics"),
		h.Summary(g.Text("All numbers")),
		h.Table(
			h.THead(h.Tr(
				h.Th(h.Scope("col"), g.Text("Count of")),
				h.Th(h.Scope("col"), h.Class("n"), g.Text(r.A.Tag)),
				h.Th(h.Scope("col"), h.Class("n"), g.Text(r.B.Tag)),
			)),
			h.TBody(g.Map(r.Summary, metric)),
		),
	)
}

func metric(m diff.Metric) g.Node {
	return h.Tr(g.If(m.A != m.B, h.Class("differs")),
		h.Th(h.Scope("row"), g.Text(m.Name)),
		h.Td(h.Class("n"), g.Text(strconv.Itoa(m.A))),
		h.Td(h.Class("n"), g.Text(strconv.Itoa(m.B))),
	)
}

func withoutScript() g.Node {
	return h.NoScript(h.P(h.Class("warnings"),
		g.Text("The list below is made by the page's own script, which your browser does not run."),
	))
}

// list is the frame of the list, which the script fills.
func list(r *diff.Report) g.Node {
	return h.Section(h.Aria("labelledby", "h-list"),
		h.H2(h.ID("h-list"), h.Class("out"), g.Text("Comparison by "+noun(r))),
		bar(),
		h.P(h.ID("shown"), h.Role("status"), h.Aria("live", "polite")),
		h.Div(h.ID("list"), h.TabIndex("-1")),
	)
}

// bar has the filters. The script shows those that there is a choice for.
func bar() g.Node {
	unseen := func(text string) g.Node { return h.Span(h.Class("out"), g.Text(text)) }
	return h.Div(h.Class("bar"), h.Role("search"),
		h.Label(h.Class("grow"), unseen("Filter by text"), h.Input(
			h.Type("search"), h.ID("text"), h.Placeholder("Filter: name, action, resource … ( / )"),
			h.AutoComplete("off"), g.Attr("spellcheck", "false"),
		)),
		h.Label(unseen("Service"), h.Select(h.ID("service"), h.Option(h.Value(""), g.Text("All services")))),
		h.Label(g.Attr("hidden"), unseen("Kind"), h.Select(h.ID("kind"), h.Option(h.Value(""), g.Text("All kinds")))),
		h.Label(h.Class("check"), g.Attr("hidden"),
			h.Input(h.Type("checkbox"), h.ID("linked"), h.Checked()), g.Text(" service-linked roles"),
		),
		h.Button(h.Type("button"), h.ID("open"), g.Text("Open all")),
		h.Button(h.Type("button"), h.ID("close"), g.Text("Close all")),
	)
}
