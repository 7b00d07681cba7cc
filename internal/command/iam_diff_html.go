package command

import (
	"io"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/htmlreport"
	"github.com/fortlet/fortlet/internal/inspect/report"
)

// writeHTML writes the page of --html, whole or not at all.
func (o *diffOptions) writeHTML(r *diff.Report) error {
	if o.html == "" {
		return nil
	}
	return report.WriteFile(o.html, 0o644, func(w io.Writer) error { return htmlreport.Write(w, r, o.dictionary) })
}
