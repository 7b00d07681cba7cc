package equivalence_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// account makes a snapshot of roles, each with a policy for resources.
func account(id string, roles map[string][]string) *snapshot.Account {
	a := &snapshot.Account{ID: id}
	for name, resources := range roles {
		document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":["` + strings.Join(resources, `","`) + `"]}]}`
		a.Roles = append(a.Roles, snapshot.Role{
			Entity: snapshot.Entity{Name: name, Path: "/", ARN: "arn:aws:iam::" + id + ":role/" + name, Inline: []snapshot.InlinePolicy{{Name: "p", Document: document}}},
			Trust:  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::` + id + `:root"}}]}`,
		})
	}
	return a
}

func TestSuggest(t *testing.T) {
	const dev, qa = "123456789012", "987654321098"
	for _, test := range []struct {
		name string
		a, b map[string][]string
		want []equivalence.Entry
	}{
		{"the article's", map[string][]string{"app1_dev": {"arn:aws:s3:::app1-dev", "arn:aws:s3:::app1-dev/*"}},
			map[string][]string{"app1_qa": {"arn:aws:s3:::app1-qa", "arn:aws:s3:::app1-qa/*"}},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}, {"accountname", []string{"dev", "qa"}}}},
		{"longer strings first", map[string][]string{"app-production": nil, "web-prod": nil}, map[string][]string{"app-stage": nil, "web-stage": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}, {"accountname", []string{"production", "stage", "prod"}}}},
		{"within words", map[string][]string{"appdev": nil}, map[string][]string{"appqa": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}, {"accountname", []string{"dev", "qa"}}}},
		{"in capitals", map[string][]string{"AppDevRole": nil}, map[string][]string{"AppProdRole": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}, {"accountname", []string{"Prod", "Dev"}}}},
		{"regions", map[string][]string{"app": {"arn:aws:sqs:us-east-1:111122223333:jobs"}}, map[string][]string{"app": {"arn:aws:sqs:eu-west-1:111122223333:jobs"}},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}, {"regionname", []string{"eu-west-1", "us-east-1"}}}},
		{"other words in several names", map[string][]string{"apples-web": nil, "apples-db": nil}, map[string][]string{"oranges-web": nil, "oranges-db": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}, {"name1", []string{"oranges", "apples"}}}},
		{"other words in one name", map[string][]string{"apples-web": nil}, map[string][]string{"oranges-web": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}}},
		{"numbers are no environments", map[string][]string{"app1": nil, "app2": nil, "app3": nil}, map[string][]string{"app4": nil, "app5": nil, "app6": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}}},
		{"nothing differs", map[string][]string{"app": nil}, map[string][]string{"app": nil},
			[]equivalence.Entry{{"000000000000", []string{dev, qa}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := equivalence.DictionaryOf(equivalence.Suggest(account(dev, test.a), account(qa, test.b)))
			if !got.Equal(equivalence.New(test.want...)) {
				t.Errorf("suggested %v, want %v", got.Entries(), test.want)
			}
		})
	}
}

// TestSuggestOneAccount: an account and its own past need no dictionary.
func TestSuggestOneAccount(t *testing.T) {
	a := account("123456789012", map[string][]string{"app": {"arn:aws:s3:::b/*"}})
	if got := equivalence.Suggest(a, a); len(got) != 0 {
		t.Errorf("suggested %v", got)
	}
}

// TestSuggestEvidence: what supports an entry, and what it would spoil.
func TestSuggestEvidence(t *testing.T) {
	a := account("1", map[string][]string{"app_dev": nil, "web_dev": nil, "devicefarm": nil})
	b := account("1", map[string][]string{"app_qa": nil, "web_qa": nil, "devicefarm": nil})
	list := equivalence.Suggest(a, b)
	if len(list) != 1 || len(list[0].Evidence) != 1 {
		t.Fatalf("suggested %v", list)
	}
	e := list[0].Evidence[0]
	if e.A != "dev" || e.B != "qa" || e.Count != 2 || e.Names != [2]string{"app_dev", "app_qa"} {
		t.Errorf("evidence %+v", e)
	}
	if !slices.Equal(list[0].Inside, []string{"devicefarm"}) {
		t.Errorf("inside %q", list[0].Inside)
	}
}
