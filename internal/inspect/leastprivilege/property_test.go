package leastprivilege

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// A random principal has random policies and makes random calls, of which it is
// recorded what CloudTrail would have recorded. What is made of the records must
// allow what was really asked for, which a record does not always tell, and must
// not allow any request that the old policies do not.

var seeds = flag.Int("seeds", 300, "how many random principals are tried")

// asked is a call as it really was.
type asked struct {
	record  *Record
	request policy.Request
}

type records []asked

func (l records) Records(context.Context, Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for _, a := range l {
			if !yield(a.record, nil) {
				return
			}
		}
	}
}

func (l records) About() []string { return nil }

// gamble draws what is needed.
type gamble struct{ *rand.Rand }

func (g gamble) of(list ...string) string { return list[g.IntN(len(list))] }

func (g gamble) some(list ...string) string {
	n := 1 + g.IntN(2)
	var out []string
	for range n {
		out = append(out, `"`+g.of(list...)+`"`)
	}
	return "[" + strings.Join(out, ",") + "]"
}

func (g gamble) statement() string {
	effect, no := "Allow", ""
	if g.IntN(4) == 0 {
		effect = "Deny"
	}
	s := `{"Effect":"` + effect + `",`
	if g.IntN(8) == 0 {
		no = "Not"
	}
	s += `"` + no + `Action":` + g.some("s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:*Object", "*") + ","
	no = ""
	if g.IntN(8) == 0 {
		no = "Not"
	}
	s += `"` + no + `Resource":` + g.some("*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::b*", "arn:aws:s3:::a/in/*", "arn:aws:s3:::a/in/1", "arn:aws:s3:::?/in/?", "arn:aws:s3:::a/${aws:PrincipalTag/team}/*", "arn:aws:s3:::*/${aws:userid}")
	if g.IntN(2) == 0 {
		s += `,"Condition":{` + g.of(
			`"IpAddress":{"aws:SourceIp":"192.0.2.0/25"}`, `"StringEquals":{"aws:PrincipalTag/team":"blue"}`, `"StringNotEquals":{"aws:PrincipalTag/team":"blue"}`,
			`"StringLike":{"s3:prefix":"in/*"}`, `"StringNotLikeIfExists":{"s3:prefix":"in/*"}`, `"Null":{"aws:PrincipalTag/team":"true"}`,
			`"StringEqualsIfExists":{"s3:ExistingObjectTag/class":"open"}`, `"ForAnyValue:StringEquals":{"aws:TagKeys":["x"]}`,
		) + `}`
	}
	return s + "}"
}

func (g gamble) policies() (list []string) {
	for range 1 + g.IntN(2) {
		var statements []string
		for range 1 + g.IntN(3) {
			statements = append(statements, g.statement())
		}
		list = append(list, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
	}
	return list
}

var propertyKeys = []string{"in/1", "in/2", "in/deep/3", "blue/1", "red/1", "4", "in/*", "in/?", "AROAEXAMPLE:run", "${x}"}

// ask draws a call: what it asked for, and its record.
func (g gamble) ask(s *Subject, team string) asked {
	bucket, key, address := g.of("a", "b", "bb"), g.of(propertyKeys...), g.of("192.0.2.1", "192.0.2.200")
	keys := policy.Keys{"aws:sourceip": {address}, "aws:userid": {"AROAEXAMPLE:run"}}
	if team != "" {
		keys["aws:principaltag/team"] = []string{team}
	}
	if g.IntN(3) == 0 {
		keys["s3:existingobjecttag/class"] = []string{g.of("open", "secret")}
	}
	name := g.of("GetObject", "PutObject", "DeleteObject", "ListObjects", "DeleteObjects")
	parameters := map[string]any{"bucketName": bucket, "key": key}
	r := policy.Request{Action: "s3:" + name, Resource: "arn:aws:s3:::" + bucket + "/" + key, Principal: s.principal(), Context: keys}
	switch name {
	case "ListObjects":
		r.Action, r.Resource = "s3:ListBucket", "arn:aws:s3:::"+bucket
		delete(parameters, "key")
		if p := g.of("", "in/", "out/"); p != "" {
			parameters["prefix"] = p
			keys["s3:prefix"] = []string{p}
		}
	case "DeleteObjects":
		r.Action = "s3:DeleteObject"
		delete(parameters, "key")
	}
	text, err := json.Marshal(parameters)
	if err != nil {
		panic(err)
	}
	record := &Record{
		EventSource: "s3.amazonaws.com", EventName: name, Region: "us-east-1", SourceIPAddress: address, EventTime: time.Unix(1_700_000_000, 0),
		RequestParameters: text, EventID: fmt.Sprint(g.Uint32()), EventType: "AwsApiCall",
		UserIdentity: Identity{Type: "AssumedRole", PrincipalID: "AROAEXAMPLE:run", ARN: "arn:aws:sts::111122223333:assumed-role/app/run", AccountID: "111122223333"},
	}
	return asked{record, r}
}

func allows(policies []*policy.Policy, r *policy.Request) bool {
	found := false
	for _, p := range policies {
		switch p.Evaluate(r).Effect {
		case policy.Deny:
			return false
		case policy.Allow:
			found = true
		}
	}
	return found
}

func parseAll(t *testing.T, kind policy.Kind, documents ...string) (list []*policy.Policy) {
	t.Helper()
	for _, d := range documents {
		p, err := policy.Parse(d, kind)
		if err != nil {
			t.Fatalf("%v\n%s", err, d)
		}
		list = append(list, p)
	}
	return list
}

func TestEnoughAndNoMore(t *testing.T) {
	s, err := NewSubject("arn:aws:iam::111122223333:role/app", "")
	if err != nil {
		t.Fatal(err)
	}
	made, allowedCalls, requests := 0, 0, 0
	for seed := range uint64(*seeds) {
		g := gamble{rand.New(rand.NewPCG(seed, 7))}
		documents := g.policies()
		old := parseAll(t, policy.Identity, documents...)
		team := g.of("blue", "red", "")
		var list records
		for range 20 {
			if a := g.ask(&s, team); allows(old, &a.request) {
				list = append(list, a)
			}
		}
		o := Options{Subject: s, Catalogue: catalogue.Default(), Resources: []Generality{Exact, Prefix, Star}[seed%3], Account: propertyAccount(documents)}
		report, err := Analyse(t.Context(), list, o)
		if errors.Is(err, ErrNoCalls) && len(list) == 0 {
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, strings.Join(documents, "\n"))
		}
		var texts []string
		for _, p := range report.Policies {
			texts = append(texts, string(p.Document))
		}
		news := parseAll(t, policy.Managed, texts...)
		explain := func() string { return strings.Join(documents, "\n") + "\nbecame\n" + strings.Join(texts, "\n") }
		made++
		for _, a := range list {
			if allowedCalls++; !allows(news, &a.request) {
				t.Fatalf("seed %d: %s on %s with %v was allowed and is not\n%s", seed, a.request.Action, a.request.Resource, a.request.Context, explain())
			}
		}
		for range 300 {
			a := g.ask(&s, g.of("blue", "red", ""))
			if requests++; allows(news, &a.request) && !allows(old, &a.request) {
				t.Fatalf("seed %d: %s on %s with %v was not allowed and is\n%s", seed, a.request.Action, a.request.Resource, a.request.Context, explain())
			}
		}
		if len(report.Bound.Wider) > 0 {
			t.Fatalf("seed %d: the comparison finds %v\n%s", seed, report.Bound.Wider, explain())
		}
	}
	t.Logf("%d policies of %d calls, %d other requests", made, allowedCalls, requests)
	if made < *seeds/3 {
		t.Errorf("only %d policies were made", made)
	}
}

func propertyAccount(documents []string) *snapshot.Account {
	role := snapshot.Role{Entity: snapshot.Entity{Name: "app", ARN: "arn:aws:iam::111122223333:role/app"}}
	for i, d := range documents {
		role.Inline = append(role.Inline, snapshot.InlinePolicy{Name: fmt.Sprint(i), Document: d})
	}
	return &snapshot.Account{ID: "111122223333", Roles: slices.Clone([]snapshot.Role{role})}
}
