package compare

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// The method errs if a region or a cell is missing. These tests try everything
// in a small world by brute force, and look for what is found there among the
// regions and cells.

func statements(t *testing.T, list ...map[string]any) *policy.Policy {
	t.Helper()
	doc, err := json.Marshal(map[string]any{"Version": policy.Version2012, "Statement": list})
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(string(doc), policy.Identity)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return p
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func random(r *rand.Rand, letters string, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteByte(letters[r.IntN(len(letters))])
	}
	return b.String()
}

// words are all texts of the letters up to a length.
func words(letters string, most int) []string {
	list := []string{""}
	for i, from := 0, 0; i < most; i++ {
		end := len(list)
		for _, w := range list[from:end] {
			for _, r := range letters {
				list = append(list, w+string(r))
			}
		}
		from = end
	}
	return list
}

// TestTemplates reads every ARN template of the catalogue: what it is read as
// must be ARNs of the resource type.
func TestTemplates(t *testing.T) {
	n := 0
	for _, service := range catalogue.Default().Services {
		for i := range service.ResourceTypes {
			typ := &service.ResourceTypes[i]
			for _, text := range typ.ARNs {
				part := newTemplate(text).in("aws")
				m := &machine{}
				m.add(part.glob, true)
				shortest := ""
				m.explore(&budget{1 << 20}, func(_ []bool, w word) bool {
					shortest = w.String()
					return false
				})
				for _, arn := range []string{part.sample(), shortest} {
					if n++; !typ.Matches(arn) {
						t.Errorf("%s, as %s, is no %s of %s", text, arn, typ.Name, service.Prefix)
					}
				}
				if _, ok := bind(part.texts, part.gaps, part.sample()); !ok {
					t.Errorf("%s does not bind %s", text, part.sample())
				}
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d ARNs", n)
	}
}

func TestRegionsMissNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	parts, tails := words("ab", 2), words("ab:/", 4)
	for range 150 {
		var list []map[string]any
		for range 1 + r.IntN(4) {
			resource := "arn:aws:sqs:" + pick(r, []string{"", "*", "a*", "?", "ab", "*b"}) + ":" + pick(r, []string{"", "*", "b", "?a"}) + ":" + random(r, "ab:/*?", 4)
			if r.IntN(8) == 0 {
				resource = pick(r, []string{"*", "arn:aws:sqs:*", "arn:aws:sqs:a", "arn:aws:sqs:*:b", "arn:*:sqs:*:*:a"})
			}
			element := pick(r, []string{"Resource", "Resource", "NotResource"})
			list = append(list, map[string]any{"Effect": "Allow", "Action": "*", element: resource})
		}
		p := statements(t, list...)
		c := Options{}.newComparison(bothWays)
		q := newQuestion(c)
		q.sides[0] = c.rulesIn(p, 0, false)
		q.collect()
		regions, complete := q.regions(q.elements, nil, &environment{})
		if !complete {
			t.Fatalf("%s: not complete", p.Document())
		}
		found := map[string]bool{}
		for _, region := range regions {
			found[packed(region.matches)] = true
		}
		for _, region := range parts {
			for _, tail := range tails {
				arn := "arn:aws:sqs:" + region + ":" + pick(r, parts) + ":" + tail
				matches := make([]bool, len(q.resources))
				for _, el := range q.elements {
					matches[el.id] = el.matches(arn, &environment{})
				}
				if !found[packed(matches)] {
					t.Fatalf("%s: the region of %s is missing", p.Document(), arn)
				}
			}
		}
	}
}

// TestHolesMissNothing fills the variables of resource patterns with all values
// of a small world.
func TestHolesMissNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	tails := words("ab/", 5)
	for range 400 {
		var list []map[string]any
		for range 1 + r.IntN(4) {
			tail := random(r, "ab/*?", 3)
			if r.IntN(2) == 0 {
				tail += "${aws:username}" + random(r, "ab/*?", 3)
			}
			element := pick(r, []string{"Resource", "Resource", "NotResource"})
			head := pick(r, []string{"arn:aws:sqs:::", "arn:aws:sqs:::", "arn:aws:sqs:::", "arn:aws:sns:::", "arn:aws:sqs::1:"})
			list = append(list, map[string]any{"Effect": pick(r, []string{"Allow", "Deny"}), "Action": "*", element: head + tail})
		}
		p := statements(t, list...)
		c := Options{}.newComparison(bothWays)
		q := newQuestion(c)
		q.sides[0] = c.rulesIn(p, 0, false)
		q.collect()
		if len(q.keys) == 0 {
			continue
		}
		d := pick(r, []*domain{nil, {templates: []*template{newTemplate("arn:aws:sqs:::*")}}})
		c.partitions = onlyAWS
		regions, complete := q.regions(q.elements, d, &environment{keys: q.keys, settings: []setting{{kind: unknown}}, known: [][]string{nil}})
		if !complete {
			t.Fatalf("%s: not complete", p.Document())
		}
		found := map[string]bool{}
		for _, region := range regions {
			found[packed(region.matches)] = true
		}
		for _, value := range words("ab/", 3) {
			env := &environment{keys: q.keys, settings: []setting{{kind: fixed, value: value}}}
			for range 40 {
				arn := "arn:aws:sqs:::" + pick(r, tails)
				if r.IntN(2) == 0 {
					arn = "arn:aws:sqs:::" + random(r, "ab/", 2) + value + random(r, "ab/", 2)
				}
				matches := make([]bool, len(q.resources))
				for _, el := range q.elements {
					matches[el.id] = el.matches(arn, env)
				}
				if !found[packed(matches)] {
					t.Fatalf("%s: the region of %s is missing, with %q for the variable", p.Document(), arn, value)
				}
			}
		}
	}
}

// world is operators of a family with operands, and values to try.
type world struct {
	key       string
	operators []string
	operand   func(*rand.Rand) string
	values    []string
}

func worlds() map[string]world {
	var addresses, numbers, dates []string
	for i := range 40 {
		addresses = append(addresses, fmt.Sprintf("10.0.0.%d", i), fmt.Sprintf("9.255.255.%d", 255-i), fmt.Sprintf("10.0.%d.0", i), fmt.Sprintf("2001:db8::%x", i), fmt.Sprintf("::ffff:10.0.0.%d", i))
		numbers = append(numbers, fmt.Sprint(float64(i-20)/4), fmt.Sprint(float64(i-20)/40))
		dates = append(dates, fmt.Sprint(1000+i), fmt.Sprintf("1970-01-01T00:16:%02d.5Z", i))
	}
	garbage := []string{"", "none", "10", "example"}
	return map[string]world{
		"text":    {"custom:key", []string{"StringEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringLike"}, func(r *rand.Rand) string { return random(r, "abA*?", 4) }, words("abAB", 4)},
		"fold":    {"custom:key", []string{"StringEqualsIgnoreCase", "StringEquals", "StringNotEqualsIgnoreCase"}, func(r *rand.Rand) string { return pick(r, []string{"k", "K", "\u212a", "s", "ß", "ks", "x"}) }, words("kK\u212asSſxß", 2)},
		"ARN":     {"custom:key", []string{"ArnLike", "ArnEquals", "ArnNotLike"}, func(r *rand.Rand) string { return random(r, "a:a:*?", 8) }, words("ab:", 7)},
		"number":  {"custom:key", []string{"NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals"}, func(r *rand.Rand) string { return fmt.Sprint(float64(r.IntN(9)-4) / 4) }, append(numbers, garbage...)},
		"date":    {"custom:key", []string{"DateEquals", "DateLessThan", "DateGreaterThanEquals"}, func(r *rand.Rand) string { return pick(r, dates) }, append(dates, "999", "2000-01-01", "soon")},
		"address": {"custom:key", []string{"IpAddress", "NotIpAddress"}, func(r *rand.Rand) string { return fmt.Sprintf("10.0.0.%d/%d", r.IntN(32), 24+r.IntN(9)) }, append(addresses, garbage...)},
		"wide": {"custom:key", []string{"IpAddress", "NotIpAddress"}, func(r *rand.Rand) string {
			return pick(r, []string{"::/0", "0.0.0.0/0", "2001:db8::/126", "10.0.0.0/8", "::ffff:0:0/95", "10.0.0.1"})
		}, append(addresses, garbage...)},
		"one":  {"aws:SourceIp", []string{"IpAddress", "NotIpAddress"}, func(r *rand.Rand) string { return fmt.Sprintf("10.0.0.%d/%d", r.IntN(32), 24+r.IntN(9)) }, addresses},
		"bool": {"aws:SecureTransport", []string{"Bool", "StringEquals", "Null"}, func(r *rand.Rand) string { return pick(r, []string{"true", "false"}) }, []string{"true", "false"}},
	}
}

func TestCellsMissNothing(t *testing.T) {
	for name, w := range worlds() {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 3))
			for range 60 {
				var list []map[string]any
				for range 1 + r.IntN(4) {
					operator := pick(r, w.operators)
					if operator != "Null" {
						operator = pick(r, []string{"", "", "ForAllValues:", "ForAnyValue:"}) + operator + pick(r, []string{"", "", "IfExists"})
					}
					operands := []string{w.operand(r), w.operand(r)}[:1+r.IntN(2)]
					list = append(list, map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": map[string]any{operator: map[string]any{w.key: operands}}})
				}
				checkCells(t, r, w, statements(t, list...))
			}
		})
	}
}

func checkCells(t *testing.T, r *rand.Rand, w world, p *policy.Policy) {
	t.Helper()
	c := Options{}.newComparison(bothWays)
	q := newQuestion(c)
	var atoms []*atom
	for _, rule := range c.rulesIn(p, 0, false) {
		atoms = append(atoms, rule.atoms...)
	}
	k := c.key(w.key)
	d := q.dimension(k, atoms, &environment{})
	if !d.complete {
		t.Fatalf("%s: not complete", p.Document())
	}
	found := map[string]bool{}
	for _, cell := range d.cells {
		found[packed(cell.holds)] = true
	}
	check := func(present bool, values []string) {
		t.Helper()
		holds := make([]bool, len(atoms))
		for i, a := range atoms {
			holds[i] = a.holds(&keyContext{environment: &environment{}, key: k.name, values: values, present: present})
		}
		if !found[packed(holds)] {
			t.Fatalf("%s: the cell of %q (present %v) is missing", p.Document(), values, present)
		}
	}
	if !k.always {
		check(false, nil)
	}
	for _, v := range w.values {
		check(true, []string{v})
	}
	if k.single {
		return
	}
	check(true, []string{})
	for range 200 {
		check(true, []string{pick(r, w.values), pick(r, w.values), pick(r, w.values)}[:2+r.IntN(2)])
	}
}
