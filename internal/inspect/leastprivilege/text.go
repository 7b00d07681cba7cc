package leastprivilege

import (
	"fmt"
	"io"
	"strings"
)

// shown is how many findings of a kind, or unused services, the text lists; the
// JSON has them all.
const shown = 10

// WriteText writes the report for a person, without the policies.
func (r *Report) WriteText(w io.Writer) error {
	t := &writer{w: w}
	t.line("%s", r.Principal)
	for _, s := range r.Sources {
		t.line("  %s", s)
	}
	t.counts(&r.Records)
	t.findings("not mapped", r.NotMapped)
	t.findings("left out", r.Outside)
	t.findings("inferred", r.Inferred)
	t.findings("wider than the call", r.Wide)
	for _, u := range r.Unreadable {
		t.line("a current policy could not be understood: %s", u)
	}
	for _, n := range r.Notes {
		t.line("%s", n)
	}
	if r.Replay != nil {
		t.replay(r.Replay)
	}
	if r.Bound != nil {
		t.bound(r.Bound)
	}
	if r.Services != nil {
		t.services(r.Services)
	}
	return t.err
}

// writer keeps the first error.
type writer struct {
	w   io.Writer
	err error
}

func (t *writer) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

func (t *writer) counts(c *Counts) {
	t.line("%s read, %d of the principal", plural(c.Read, "record"), c.Records)
	for _, part := range []struct {
		n    int
		what string
	}{
		{c.Used, "whose permissions the policy has"},
		{c.NoPermission, "that need no permission"},
		{c.Denied, "denied, and so not needed (--include-denied takes them in)"},
		{c.NoCall, "that are no calls of the API"},
		{c.Unmapped, "not mapped"},
		{c.Outside, "that the current policies do not allow"},
	} {
		if part.n > 0 {
			t.line("  %6d  %s", part.n, part.what)
		}
	}
	if c.Failed > 0 {
		t.line("%s failed for other reasons than a denial and are taken for allowed", plural(c.Failed, "call"))
	}
	if c.Former > 0 {
		t.line("%s of a principal that had this ARN before, passed over", plural(c.Former, "record"))
	}
}

func (t *writer) findings(title string, list []Finding) {
	for i, f := range list {
		if i == shown {
			t.line("%s: %d more (see --json)", title, len(list)-shown)
			return
		}
		t.line("%s: %s: %s (%s, first %s)", title, f.What, f.Why, plural(f.Records, "record"), f.Example)
	}
}

func (t *writer) replay(r *Replay) {
	t.line("replayed: %s, %s: all allowed by the new policy", plural(r.Records, "record"), plural(r.Calls, "different call"))
	if r.Conditional > 0 {
		t.line("  %d of the calls on condition of %s, which records do not tell and which the current policies require as well",
			r.Conditional, strings.Join(r.Keys, ", "))
	}
}

func (t *writer) bound(b *Bound) {
	if b.Holds() {
		t.line("compared: the new policy allows nothing that the current ones do not")
	}
	for _, x := range b.Wider {
		t.line("compared: the new policy allows more: %s", x)
	}
	for _, x := range b.Undecided {
		t.line("compared: not decided: %s", x)
	}
}

func (t *writer) services(list []ServiceUse) {
	allowed, used := 0, 0
	var part, whole []ServiceUse
	for _, s := range list {
		allowed, used = allowed+s.Allowed, used+s.Used
		if s.Used == 0 {
			whole = append(whole, s)
		} else {
			part = append(part, s)
		}
	}
	t.line("never used: %d of %d actions that the current policies allow", allowed-used, allowed)
	for _, s := range part {
		t.line("  %s: %d of %d actions", s.Service, len(s.Unused), s.Allowed)
	}
	if len(whole) == 0 {
		return
	}
	names := make([]string, 0, shown)
	for _, s := range whole[:min(shown, len(whole))] {
		names = append(names, s.Service)
	}
	more := ""
	if len(whole) > shown {
		more = fmt.Sprintf(" and %d more", len(whole)-shown)
	}
	t.line("  all actions of %s: %s%s", plural(len(whole), "service"), join(names), more)
}
