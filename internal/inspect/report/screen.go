package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/diff"
)

// maxLines bounds a list on the screen; the files and --json have all of it.
const maxLines = 20

// Screen writes the summary for the screen. With compat it is IAMCTL's table
// alone.
func Screen(w io.Writer, r *diff.Report, compat bool) error {
	if err := writeTable(w, r, compat); err != nil {
		return err
	}
	var b strings.Builder
	if !compat {
		s := screen{&b, r}
		s.unique()
		s.sameInEffect()
		s.deviations()
	}
	if r.Folder != "" {
		fmt.Fprintf(&b, "\nDetailed reports are available at this location:\n%s\n", r.Folder)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// screen writes what the table counts by name.
type screen struct {
	w io.Writer
	*diff.Report
}

func (s *screen) unique() {
	for _, side := range []struct {
		status diff.Status
		tag    string
	}{{diff.OnlyA, s.A.Tag}, {diff.OnlyB, s.B.Tag}} {
		var names []string
		for _, e := range s.with(side.status) {
			names = append(names, title(e)+called(e))
		}
		s.list(fmt.Sprintf("Only in %s:", side.tag), names)
	}
}

// title is an entity as it is compared: names that are the same under two paths
// are two roles.
func title(e *diff.Entity) string {
	if e.Path == "/" {
		return string(e.Kind) + " " + e.Name
	}
	return string(e.Kind) + " " + e.Path + e.Name
}

// called is what the account calls an entity of one side, where the dictionary
// has made another name of it.
func called(e *diff.Entity) string {
	var names []string
	for _, o := range slices.Concat(e.A, e.B) {
		if o.Name != e.Name {
			names = append(names, o.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

func (s *screen) sameInEffect() {
	var names []string
	for _, e := range s.with(diff.SameInEffect) {
		names = append(names, title(e))
	}
	s.list("Worded differently, same in effect:", names)
}

func (s *screen) with(status diff.Status) []*diff.Entity {
	var list []*diff.Entity
	for _, e := range s.Entities {
		if e.Status == status {
			list = append(list, e)
		}
	}
	return list
}

// list writes lines below a heading; nothing if there is none.
func (s *screen) list(heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(s.w, "\n%s\n", heading)
	shown := min(len(lines), maxLines)
	for _, line := range lines[:shown] {
		fmt.Fprintf(s.w, "  %s\n", line)
	}
	if more := len(lines) - shown; more > 0 {
		fmt.Fprintf(s.w, "  and %d more\n", more)
	}
}

// deviations are the differences among what both sides have.
func (s *screen) deviations() {
	total, idle := 0, 0
	var lines []string
	for _, e := range s.with(diff.Different) {
		n, without, of := s.entity(e)
		total, idle = total+n, idle+without
		lines = append(lines, of...)
	}
	if total == 0 && idle == 0 {
		fmt.Fprintf(s.w, "\nNo deviation in what both have.\n")
		return
	}
	s.list(plural(total, "deviation")+" in what both have:", lines)
	if total == 0 {
		fmt.Fprintf(s.w, "\nNo deviation with effect in what both have.\n")
	}
	if idle > 0 {
		fmt.Fprintf(s.w, "  (and %s without effect: the action does not act on such a resource)\n", plural(idle, "item"))
	}
}

// entity counts the deviations of an entity, and describes them.
func (s *screen) entity(e *diff.Entity) (n, idle int, lines []string) {
	what := title(e)
	for _, side := range []struct {
		tag   string
		items []diff.Item
	}{{s.A.Tag, e.OnlyA}, {s.B.Tag, e.OnlyB}} {
		for _, i := range side.items {
			if i.NoEffect {
				idle++
				continue
			}
			n++
			lines = append(lines, fmt.Sprintf("%s, %s policy %s: only %s: %s", what, i.Type, i.Policy, side.tag, i))
		}
	}
	for _, a := range e.Attributes {
		n++
		lines = append(lines, fmt.Sprintf("%s, %s: %s %s, %s %s", what, a.Name, s.A.Tag, orNone(a.A), s.B.Tag, orNone(a.B)))
	}
	if e.Semantic != nil {
		lines = append(lines, s.effects(e.Semantic)...)
	}
	return n, idle, lines
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// effects are the examples of a semantic comparison, and what it left open.
func (s *screen) effects(m *diff.Semantic) []string {
	var lines []string
	for _, e := range []*diff.Effect{m.Permissions, m.Trust} {
		if e == nil {
			continue
		}
		for _, x := range e.OnlyA {
			lines = append(lines, example(s.A.Tag, s.B.Tag, x)...)
		}
		for _, x := range e.OnlyB {
			lines = append(lines, example(s.B.Tag, s.A.Tag, x)...)
		}
		if e.MoreA || e.MoreB {
			lines = append(lines, "  and more of that kind")
		}
		for _, u := range e.Undecided {
			lines = append(lines, "  undecided: "+strings.TrimSpace(strings.Join(u.Actions, ", ")+" "+u.Reason))
		}
	}
	return lines
}

func example(allows, denies string, x diff.Example) []string {
	who := ""
	if x.Principal != "" {
		who = " by " + x.Principal
	}
	line := fmt.Sprintf("  %s allows and %s denies %s on %s%s", allows, denies, x.Action, x.Resource, who)
	if n := len(x.Others); n > 0 {
		line += fmt.Sprintf(" (and %s)", plural(n, "further action"))
	}
	for _, key := range slices.Sorted(maps.Keys(x.Context)) {
		line += fmt.Sprintf(", %s=%s", key, strings.Join(x.Context[key], ","))
	}
	return []string{
		line,
		fmt.Sprintf("    %s: statement %d of %s allows it; %s: %s", allows, x.Statement+1, x.AllowedBy, denies, x.DeniedBy),
	}
}

// plural is "1 deviation", "2 deviations".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
