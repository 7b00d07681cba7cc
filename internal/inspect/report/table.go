package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/inspect/diff"
)

// tableTitle stands in the table's upper border.
const tableTitle = "Summary Report"

// writeTable draws the summary. IAMCTL draws a line below each row.
func writeTable(w io.Writer, r *diff.Report, lines bool) error {
	rows := [][3]string{{"Metric", r.A.Tag, r.B.Tag}}
	for _, m := range r.Summary {
		rows = append(rows, [3]string{m.Name, strconv.Itoa(m.A), strconv.Itoa(m.B)})
	}
	t := table{rows: rows}
	for _, row := range rows {
		for i, cell := range row {
			t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
		}
	}
	t.border("┌", "┬", "┐", tableTitle)
	for i, row := range rows {
		fmt.Fprintf(&t.out, "│ %-*s │ %*s │ %*s │\n", t.widths[0], row[0], t.widths[1], row[1], t.widths[2], row[2])
		if i == 0 || lines && i < len(rows)-1 {
			t.border("├", "┼", "┤", "")
		}
	}
	t.border("└", "┴", "┘", "")
	_, err := io.WriteString(w, t.out.String())
	return err
}

type table struct {
	rows   [][3]string
	widths [3]int
	out    strings.Builder
}

// border draws a line. A title takes the place of its beginning.
func (t *table) border(left, inner, right, title string) {
	var line strings.Builder
	for i, width := range t.widths {
		if i > 0 {
			line.WriteString(inner)
		}
		line.WriteString(strings.Repeat("─", width+2))
	}
	rest := []rune(line.String())
	fmt.Fprintf(&t.out, "%s%s%s%s\n", left, title, string(rest[min(utf8.RuneCountInString(title), len(rest)):]), right)
}
