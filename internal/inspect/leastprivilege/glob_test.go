package leastprivilege

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// TestGlobsAgree holds the three questions about patterns against all texts of
// a small alphabet.
func TestGlobsAgree(t *testing.T) {
	texts := []string{""}
	for i := 0; len(texts[i]) < 4; i++ {
		texts = append(texts, texts[i]+"a", texts[i]+"b")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	pattern := func() string {
		b := make([]byte, rnd.IntN(5))
		for i := range b {
			b[i] = "ab*?"[rnd.IntN(4)]
		}
		return string(b)
	}
	covered, met := 0, 0
	for range 20_000 {
		p, q := pattern(), pattern()
		all, some := true, false
		for _, text := range texts {
			if matches(q, text) {
				all = all && matches(p, text)
				some = some || matches(p, text)
			}
		}
		if covers(p, q) {
			if covered++; !all {
				t.Fatalf("%q does not cover %q", p, q)
			}
		}
		if overlap(p, q) {
			met++
		} else if some {
			t.Fatalf("%q and %q overlap", p, q)
		}
	}
	if covered == 0 || met == 0 {
		t.Error("nothing was tried")
	}
	for _, tt := range []struct {
		p, q string
		want bool
	}{
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/in/*", true}, {"*", "a?*", true}, {"a*c", "abc", true}, {"a?c", "a*c", false}, {"a*", "*a", false},
		{"b/${aws:username}/*", "b/alice/x", false},
	} {
		if covers(tt.p, tt.q) != tt.want {
			t.Errorf("covers(%q, %q) is not %v", tt.p, tt.q, tt.want)
		}
	}
}

// TestEscape: an escaped text is matched by itself alone, says the evaluator.
func TestEscape(t *testing.T) {
	const key = "arn:aws:s3:::b/a*b?${aws:username}$"
	p, err := policy.Parse(newDocument(statement{Effect: "Allow", Action: list{"s3:GetObject"}, Resource: list{escape(key)}}).String(), policy.Managed)
	if err != nil {
		t.Fatal(err)
	}
	for resource, want := range map[string]policy.Effect{key: policy.Allow, strings.Replace(key, "*", "x", 1): policy.NoMatch, strings.Replace(key, "?", "x", 1): policy.NoMatch} {
		if got := p.Evaluate(&policy.Request{Action: "s3:GetObject", Resource: resource}).Effect; got != want {
			t.Errorf("%s: %v, want %v", resource, got, want)
		}
	}
}

// TestFolders: what --resources prefix makes of objects.
func TestFolders(t *testing.T) {
	objects := func(keys ...string) (list []string) {
		for _, k := range keys {
			list = append(list, "arn:aws:s3:::b/"+k)
		}
		return list
	}
	var hours []string
	for day := range 3 {
		for hour := range 24 {
			hours = append(hours, fmt.Sprintf("logs/%02d/%02d/x", day, hour))
		}
	}
	var deep *Current
	for _, tt := range []struct{ in, want []string }{
		{objects("in/a", "in/b"), objects("in/*")},
		{objects("in/a", "out/b"), objects("in/*", "out/*")},
		{objects("in/a", "in/x/b"), objects("in/*")},
		{objects("a", "b"), objects("*")},
		{objects(hours...), objects("logs/00/*", "logs/01/*", "logs/02/*")},
		{objects("in/*"), objects("in/*")},
		{[]string{"arn:aws:s3:::b"}, []string{"arn:aws:s3:::b"}},
	} {
		g := &grouped{action: "s3:GetObject", resources: slices.Clone(tt.in)}
		if deep.generalize(g, Prefix); !slices.Equal(g.resources, tt.want) {
			t.Errorf("%v:\ngot  %v\nwant %v", tt.in, g.resources, tt.want)
		}
	}
	other := &grouped{action: "kms:Decrypt", resources: []string{"arn:aws:kms:us-east-1:111122223333:key/a"}}
	if deep.generalize(other, Prefix); other.resources[0] != "arn:aws:kms:us-east-1:111122223333:key/a" {
		t.Error(other.resources)
	}
}

// TestSplit: policies that IAM takes, which say together what the one would.
func TestSplit(t *testing.T) {
	var s statement
	s.Effect, s.Action = "Allow", list{"s3:GetObject"}
	for i := range 1000 {
		s.Resource = append(s.Resource, fmt.Sprintf("arn:aws:s3:::bucket/folder/object-%04d", i))
	}
	small := statement{Effect: "Allow", Action: list{"kms:ListKeys"}, Resource: list{"*"}}
	docs, err := split([]statement{small, s})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, d := range docs {
		if n := policy.Size(d.String()); n > MaxManaged {
			t.Errorf("%d characters", n)
		}
		if _, err := policy.Parse(d.String(), policy.Managed); err != nil {
			t.Error(err)
		}
		for _, s := range d.Statement {
			for _, r := range s.Resource {
				seen[r] = true
			}
		}
	}
	if len(docs) < 8 || len(docs) > 16 || len(seen) != 1001 {
		t.Errorf("%d policies with %d resources", len(docs), len(seen))
	}
	huge := statement{Effect: "Allow", Action: list{"s3:GetObject"}, Resource: list{"arn:aws:s3:::b/" + strings.Repeat("a", MaxManaged)}}
	if _, err := split([]statement{huge}); err == nil {
		t.Error("a statement that cannot be divided was taken")
	}
}
