package diff_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// randomAccount makes an account out of few words, so that two of them have
// much in common. Each role trusts somebody: to IAMCTL, a role without rows is
// not there.
func randomAccount(r *rand.Rand) *snapshot.Account {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	statement := func() string {
		action := pick(`"s3:Get*"`, `"s3:GetObject"`, `["s3:PutObject","sqs:SendMessage"]`, `"*"`, `"S3:getobject"`, `"unheard:Of"`)
		resource := pick(`"*"`, `"arn:aws:s3:::b-dev/*"`, `"arn:aws:s3:::b-qa/*"`, `["arn:aws:s3:::b","arn:aws:sqs:us-east-1:111122223333:q"]`)
		condition := pick("", "", `,"Condition":{"StringEquals":{"aws:SourceVpc":"v-dev"}}`, `,"Condition":{"StringEquals":{"aws:SourceVpc":["v-qa"]}}`, `,"Mood":"good"`)
		return fmt.Sprintf(`{"Effect":"%s","%s":%s,"%s":%s%s}`, pick("Allow", "Allow", "Deny"), pick("Action", "Action", "NotAction"), action, pick("Resource", "Resource", "NotResource"), resource, condition)
	}
	document := func() string {
		switch r.IntN(12) {
		case 0:
			return `{"Version`
		case 1:
			return doc(statement(), statement())
		}
		return doc(statement())
	}
	a := newAccount("111122223333")
	for _, p := range []string{"x", "y"} {
		a.managed(p, document())
	}
	for _, name := range []string{"app_dev", "app_qa", "web", "db"} {
		if r.IntN(4) == 0 {
			continue
		}
		role := a.role(name, document())
		if r.IntN(2) == 0 {
			role.Inline = append(role.Inline, snapshot.InlinePolicy{Name: pick("q_dev", "q_qa", "z"), Document: document()})
		}
		for _, p := range a.Policies {
			if r.IntN(3) == 0 {
				role.Attached = append(role.Attached, p.ARN)
			}
			if r.IntN(6) == 0 {
				role.Boundary = p.ARN
			}
		}
		role.Path = pick("/", "/", "/dev/", "/aws-service-role/x/")
		role.Tags = map[string]string{"t": pick("dev", "qa", "x")}
		role.Trust = pick(trustEC2, doc(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`), doc(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`))
	}
	return a.Account
}

var smallDictionary = equivalence.New(equivalence.Entry{Name: "env", Strings: []string{"dev", "qa"}})

// TestSameAccount: nothing differs from itself, whatever it is.
func TestSameAccount(t *testing.T) {
	reference := fullReference(t)
	for seed := range uint64(150) {
		a := randomAccount(rand.New(rand.NewPCG(seed, 1)))
		b := randomAccount(rand.New(rand.NewPCG(seed, 1)))
		for _, d := range []*equivalence.Dictionary{nil, smallDictionary} {
			c := compareAccounts(t, a, b, diff.Options{Reference: reference, Dictionary: d})
			r := c.Report()
			for _, e := range r.Entities {
				if e.Status != diff.Same || len(e.OnlyA)+len(e.OnlyB)+len(e.Attributes) > 0 {
					t.Fatalf("seed %d: %s %s is %s: %+v %+v", seed, e.Kind, e.Name, e.Status, e.OnlyA, e.OnlyB)
				}
			}
			if r.Different || len(rows(c, diff.InA))+len(rows(c, diff.InB)) > 0 || len(c.UniqueRoles(diff.InA))+len(c.UniqueRoles(diff.InB)) > 0 {
				t.Fatalf("seed %d: an account differs from itself", seed)
			}
		}
	}
}

func rows(c *diff.Comparison, at diff.At) []diff.Tuple { return slices.Collect(c.Differences(at)) }

// TestMirror: what A has and B has not is what B has not and A has.
func TestMirror(t *testing.T) {
	reference := fullReference(t)
	different := 0
	for seed := range uint64(150) {
		a := randomAccount(rand.New(rand.NewPCG(seed, 1)))
		b := randomAccount(rand.New(rand.NewPCG(seed, 2)))
		o := diff.Options{Reference: reference, Dictionary: smallDictionary}
		ab, ba := compareAccounts(t, a, b, o), compareAccounts(t, b, a, o)
		for _, at := range []diff.At{diff.InA, diff.InB} {
			if !sameRows(rows(ab, at), rows(ba, at.Other())) {
				t.Fatalf("seed %d: rows\n%v\n%v", seed, rows(ab, at), rows(ba, at.Other()))
			}
		}
		if ab.Report().Different {
			different++
		}
		if got, want := encode(t, ba.Report()), encode(t, mirrored(ab.Report())); got != want {
			t.Fatalf("seed %d: the report is not its mirror at %s", seed, firstDifference(got, want))
		}
	}
	if different < 100 {
		t.Errorf("only %d of the accounts differ: the test is too weak", different)
	}
}

func sameRows(x, y []diff.Tuple) bool {
	order := func(a, b diff.Tuple) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(x, order)
	slices.SortFunc(y, order)
	return slices.Equal(x, y)
}

// mirrored is a report with its sides swapped.
func mirrored(r *diff.Report) *diff.Report {
	m := *r
	m.Summary = slices.Clone(r.Summary)
	for i := range m.Summary {
		m.Summary[i].A, m.Summary[i].B = m.Summary[i].B, m.Summary[i].A
	}
	m.Entities = nil
	for _, e := range r.Entities {
		f := *e
		f.A, f.B, f.OnlyA, f.OnlyB = e.B, e.A, e.OnlyB, e.OnlyA
		f.Attributes = slices.Clone(e.Attributes)
		for i := range f.Attributes {
			f.Attributes[i].A, f.Attributes[i].B = f.Attributes[i].B, f.Attributes[i].A
		}
		f.Policies = slices.Clone(e.Policies)
		for i := range f.Policies {
			f.Policies[i].A, f.Policies[i].B = f.Policies[i].B, f.Policies[i].A
		}
		switch e.Status {
		case diff.OnlyA:
			f.Status = diff.OnlyB
		case diff.OnlyB:
			f.Status = diff.OnlyA
		}
		m.Entities = append(m.Entities, &f)
	}
	return &m
}

// encode is a report as JSON, without the sides' names.
func encode(t *testing.T, r *diff.Report) string {
	t.Helper()
	c := *r
	c.Warnings, c.A, c.B = nil, diff.Side{}, diff.Side{}
	text, err := json.MarshalIndent(&c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// firstDifference is where two texts part.
func firstDifference(got, want string) string {
	x, y := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %s, want %s, after\n%s", i, x[i], y[i], strings.Join(x[max(i-20, 0):i], "\n"))
		}
	}
	return "the end"
}

// TestRowsAgree: the rows in the difference files are the difference of the
// tuples, each with the dictionary applied, as IAMCTL computes it: from what it
// has written and read back.
func TestRowsAgree(t *testing.T) {
	reference := fullReference(t)
	for seed := range uint64(150) {
		a := randomAccount(rand.New(rand.NewPCG(seed, 3)))
		b := randomAccount(rand.New(rand.NewPCG(seed, 4)))
		c := compareAccounts(t, a, b, diff.Options{Reference: reference, Dictionary: smallDictionary})
		sets := [2]map[diff.Tuple]bool{}
		roles := [2]map[diff.RoleName]bool{}
		for _, at := range []diff.At{diff.InA, diff.InB} {
			sets[at], roles[at] = make(map[diff.Tuple]bool), make(map[diff.RoleName]bool)
			for tuple := range c.Tuples(at) {
				v := reflect.ValueOf(&tuple).Elem()
				for i := range v.NumField() {
					v.Field(i).SetString(smallDictionary.Apply(v.Field(i).String()))
				}
				sets[at][tuple] = true
				roles[at][diff.RoleName{Name: tuple.Role, Path: tuple.Path}] = true
			}
		}
		common := make(map[string]bool)
		for role := range roles[0] {
			if roles[1][role] {
				common[role.Name] = true
			}
		}
		for _, at := range []diff.At{diff.InA, diff.InB} {
			var want []diff.Tuple
			for tuple := range sets[at] {
				if !sets[at.Other()][tuple] && common[tuple.Role] {
					want = append(want, tuple)
				}
			}
			if got := rows(c, at); !sameRows(got, want) {
				t.Fatalf("seed %d, side %d: rows\n%v\nwant\n%v", seed, at, got, want)
			}
		}
	}
}

// TestSemanticMirror: effects compare the same from either side, and what is
// the same in words is not asked for its effect.
func TestSemanticMirror(t *testing.T) {
	reference := fullReference(t)
	seen := make(map[diff.Status]int)
	for seed := range uint64(40) {
		a := randomAccount(rand.New(rand.NewPCG(seed, 5)))
		b := randomAccount(rand.New(rand.NewPCG(seed, 5)))
		// One role has other words for the same, one something else.
		for i, document := range []string{doc(allow("s3:*", "*"), allow("s3:GetObject", "*")), doc(allow("s3:PutObject", "*"))} {
			if i < len(a.Roles) {
				a.Roles[i].Inline[0].Document, b.Roles[i].Inline[0].Document = doc(allow("s3:*", "*")), document
			}
		}
		o := diff.Options{Reference: reference, Dictionary: smallDictionary, Semantic: true}
		ab, ba := compareAccounts(t, a, b, o).Report(), compareAccounts(t, b, a, o).Report()
		for i, e := range ab.Entities {
			f := ba.Entities[i]
			seen[e.Status]++
			switch {
			case (e.Semantic == nil) != (f.Semantic == nil) || e.Semantic != nil && e.Semantic.Equal != f.Semantic.Equal:
				t.Errorf("seed %d: %s %s: %+v, mirrored %+v", seed, e.Kind, e.Name, e.Semantic, f.Semantic)
			case (e.Semantic != nil) != (e.Status == diff.Different || e.Status == diff.SameInEffect):
				t.Errorf("seed %d: %s %s is %s and has effects %+v", seed, e.Kind, e.Name, e.Status, e.Semantic)
			}
		}
	}
	if seen[diff.Different] == 0 || seen[diff.Same] == 0 || seen[diff.SameInEffect] == 0 {
		t.Errorf("statuses %v: the test is too weak", seen)
	}
}
