package diff_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

const trustEC2 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// builder makes an account of a few roles.
type builder struct{ *snapshot.Account }

func newAccount(id string) builder { return builder{&snapshot.Account{ID: id}} }

// role adds a role with inline policies p0, p1, ….
func (b builder) role(name string, documents ...string) *snapshot.Role {
	r := snapshot.Role{Trust: trustEC2, Entity: snapshot.Entity{Name: name, Path: "/", ARN: "arn:aws:iam::" + b.ID + ":role/" + name}}
	for i, d := range documents {
		r.Inline = append(r.Inline, snapshot.InlinePolicy{Name: fmt.Sprintf("p%d", i), Document: d})
	}
	b.Roles = append(b.Roles, r)
	return &b.Roles[len(b.Roles)-1]
}

// managed adds a managed policy and answers its ARN.
func (b builder) managed(name, document string) string {
	arn := "arn:aws:iam::" + b.ID + ":policy/" + name
	b.Policies = append(b.Policies, snapshot.ManagedPolicy{ARN: arn, Name: name, Path: "/", Version: "v1", Document: document})
	return arn
}

// doc is a document of statements.
func doc(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func allow(action, resource string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":%s,"Resource":%s}`, list(action), list(resource))
}

// list is a JSON list of words.
func list(words string) string {
	text, _ := json.Marshal(strings.Fields(words))
	return string(text)
}

func compareAccounts(t testing.TB, a, b *snapshot.Account, o diff.Options) *diff.Comparison {
	t.Helper()
	if o.Reference == nil {
		o.Reference = fullReference(t)
	}
	a.Sort()
	b.Sort()
	c, err := diff.Compare(t.Context(),
		diff.Input{Side: diff.Side{Tag: "dev", Profile: "a"}, Snapshot: a},
		diff.Input{Side: diff.Side{Tag: "qa", Profile: "b"}, Snapshot: b}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// only is the one entity of a report.
func only(t testing.TB, r *diff.Report) *diff.Entity {
	t.Helper()
	if len(r.Entities) != 1 {
		t.Fatalf("%d entities", len(r.Entities))
	}
	return r.Entities[0]
}

// TestItems: what the items say and the rows cannot.
func TestItems(t *testing.T) {
	for _, test := range []struct {
		name         string
		a, b         string // documents
		onlyA, onlyB []string
	}{
		{"an action more", doc(allow("s3:GetObject", "arn:aws:s3:::b/*")), doc(allow("s3:GetObject s3:PutObject", "arn:aws:s3:::b/*")),
			nil, []string{"Allow s3:PutObject on arn:aws:s3:::b/* (object)"}},
		{"the effect", doc(allow("s3:GetObject", "*")), doc(`{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`),
			[]string{"Allow s3:GetObject on *"}, []string{"Deny s3:GetObject on *"}},
		{"NotAction is not Action", doc(`{"Effect":"Allow","NotAction":"s3:GetObject","Resource":"*"}`), doc(allow("s3:GetObject", "*")),
			[]string{"Allow anything but s3:GetObject on *"}, []string{"Allow s3:GetObject on *"}},
		{"NotResource is not Resource", doc(`{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"}`), doc(allow("s3:GetObject", "arn:aws:s3:::b/*")),
			[]string{"Allow s3:GetObject on anything but arn:aws:s3:::b/*"}, []string{"Allow s3:GetObject on arn:aws:s3:::b/* (object)"}},
		{"to except two things is not to except each", doc(`{"Effect":"Deny","NotAction":["s3:GetObject","iam:*"],"Resource":"*"}`),
			doc(`{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"*"}`, `{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`),
			[]string{"Deny anything but iam:*, s3:GetObject on *"}, []string{"Deny anything but iam:* on *", "Deny anything but s3:GetObject on *"}},
		{"neither is it with resources", doc(`{"Effect":"Allow","Action":"s3:GetObject","NotResource":["arn:aws:s3:::b/*","arn:aws:s3:::a/*"]}`),
			doc(`{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::a/*"}`, `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"}`),
			[]string{"Allow s3:GetObject on anything but arn:aws:s3:::a/*, arn:aws:s3:::b/*"},
			[]string{"Allow s3:GetObject on anything but arn:aws:s3:::a/*", "Allow s3:GetObject on anything but arn:aws:s3:::b/*"}},
		{"the order of what is excepted says nothing", doc(`{"Effect":"Deny","NotAction":["s3:GetObject","iam:*"],"NotResource":["arn:aws:s3:::b/*","arn:aws:s3:::a/*"]}`),
			doc(`{"Effect":"Deny","NotAction":["iam:*","s3:GetObject"],"NotResource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}`), nil, nil},
		{"a condition", doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`), doc(allow("s3:GetObject", "*")),
			[]string{`Allow s3:GetObject on * if {"Bool":{"aws:SecureTransport":["true"]}}`}, []string{"Allow s3:GetObject on *"}},
		{"the order of a condition says nothing",
			doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpc":["b","a"],"aws:SourceVpce":"c"}}}`),
			doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":["c"],"aws:SourceVpc":["a","b"]}}}`), nil, nil},
		{"the order of statements says nothing", doc(allow("s3:GetObject", "*"), allow("s3:PutObject", "*")), doc(allow("s3:PutObject s3:GetObject", "*")), nil, nil},
		{"nor does a Sid", doc(`{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`), doc(allow("s3:GetObject", "*")), nil, nil},
		{"nor the letter case of an action", doc(allow("S3:getobject", "*")), doc(allow("s3:GetObject", "*")), nil, nil},
		{"a wildcard is its actions", doc(allow("sqs:?eceiveMess* kms:TagResource", "*")), doc(allow("sqs:ReceiveMessage kms:TagResourc*", "*")), nil, nil},
		{"what nobody knows", doc(allow("s3:Unheard unheard:Get* *:Put?", "*")), doc(allow("s3:Unheard", "*")),
			[]string{"Allow *:Put? on *", "Allow unheard:Get* on *"}, nil},
		{"an action that does not act there", doc(allow("s3:PutObject", "arn:aws:s3:::b arn:aws:s3:::b/*")), doc(allow("s3:PutObject", "arn:aws:s3:::b/*")),
			[]string{"Allow s3:PutObject on arn:aws:s3:::b (bucket) without effect"}, nil},
		{"an action of another service", doc(allow("s3:PutObject sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q")), doc(allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q")),
			[]string{"Allow s3:PutObject on arn:aws:sqs:us-east-1:111122223333:q without effect"}, nil},
		{"an action that has no resources", doc(allow("s3:ListAllMyBuckets", "arn:aws:s3:::b")), doc(allow("s3:ListAllMyBuckets", "*")),
			[]string{"Allow s3:ListAllMyBuckets on arn:aws:s3:::b (bucket) without effect"}, []string{"Allow s3:ListAllMyBuckets on *"}},
		{"the version, where there are variables", `{"Version":"2008-10-17","Statement":[` + allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*") + `]}`, doc(allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*")),
			[]string{`(as text) {"2008 Version":true}`}, nil},
		{"the version, where there are none", `{"Version":"2008-10-17","Statement":[` + allow("s3:GetObject", "*") + `]}`, doc(allow("s3:GetObject", "*")), nil, nil},
		{"an unknown element", doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Mood":"good"}`), doc(allow("s3:GetObject", "*")),
			[]string{`(as text) {"Action":"s3:GetObject","Effect":"Allow","Mood":"good","Resource":"*"}`}, nil},
		{"an unknown element elsewhere", doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Mood":"good"}`, allow("s3:PutObject", "*")),
			doc(allow("s3:GetObject", "*"), `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Mood":"good"}`),
			[]string{`(as text) {"Action":"s3:GetObject","Effect":"Allow","Mood":"good","Resource":"*"}`},
			[]string{`(as text) {"Action":"s3:PutObject","Effect":"Allow","Mood":"good","Resource":"*"}`}},
		{"no policy at all", `{"Version":"2012-10-17","Statement":"no"}`, doc(allow("s3:GetObject", "*")),
			[]string{`(as text) {"Version":"2012-10-17","Statement":"no"}`}, []string{"Allow s3:GetObject on *"}},
		{"a member twice", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`, doc(allow("s3:GetObject", "*")),
			[]string{`(as text) {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`}, []string{"Allow s3:GetObject on *"}},
		{"names that others have", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Effects":["Effect","Effect"]}]}`, doc(allow("s3:GetObject", "*")),
			[]string{`(as text) {"Action":"s3:GetObject","Effect":"Allow","Effects":["Effect","Effect"],"Resource":"*"}`}, nil},
		{"no JSON", `{"Version`, doc(allow("s3:GetObject", "*")), []string{`(as text) {"Version`}, []string{"Allow s3:GetObject on *"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := newAccount("111122223333"), newAccount("111122223333")
			a.role("r", test.a)
			b.role("r", test.b)
			e := only(t, compareAccounts(t, a.Account, b.Account, diff.Options{}).Report())
			if got := words(e.OnlyA); !slices.Equal(got, test.onlyA) {
				t.Errorf("only in A: %q, want %q", got, test.onlyA)
			}
			if got := words(e.OnlyB); !slices.Equal(got, test.onlyB) {
				t.Errorf("only in B: %q, want %q", got, test.onlyB)
			}
			want := diff.Same
			if len(test.onlyA)+len(test.onlyB) > 0 {
				want = diff.Different
			}
			if e.Status != want {
				t.Errorf("status %s, want %s", e.Status, want)
			}
		})
	}
}

// words are items in words.
func words(items []diff.Item) []string {
	var list []string
	for _, i := range items {
		s := i.String()
		if i.NoEffect {
			s += " without effect"
		}
		list = append(list, s)
	}
	return list
}

// TestTrust: principals by kind, sessions' actions and conditions.
func TestTrust(t *testing.T) {
	a, b := newAccount("111122223333"), newAccount("111122223333")
	a.role("r").Trust = doc(`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::999988887777:root"]},"Action":["sts:AssumeRole","sts:TagSession"]}`)
	b.role("r").Trust = doc(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`)
	c := compareAccounts(t, a.Account, b.Account, diff.Options{})
	e := only(t, c.Report())
	if got, want := words(e.OnlyA), []string{
		"Allow sts:AssumeRole to AWS:arn:aws:iam::999988887777:root", "Allow sts:TagSession to AWS:arn:aws:iam::999988887777:root",
	}; !slices.Equal(got, want) {
		t.Errorf("only in A: %q, want %q", got, want)
	}
	if got, want := words(e.OnlyB), []string{
		`Allow sts:AssumeRole to AWS:arn:aws:iam::999988887777:root if {"StringEquals":{"sts:ExternalId":["x"]}}`,
	}; !slices.Equal(got, want) {
		t.Errorf("only in B: %q, want %q", got, want)
	}
	// IAMCTL sees none of it.
	for range c.Differences(diff.InA) {
		t.Error("the rows differ")
	}
}

// TestEntities: boundaries, managed policies, attributes; users and groups.
func TestEntities(t *testing.T) {
	read, all := doc(allow("s3:GetObject", "*")), doc(allow("*", "*"))
	a, b := newAccount("123456789012"), newAccount("987654321098")
	r := a.role("r")
	r.Boundary, r.Attached = a.managed("limit", read), []string{a.managed("work", all)}
	r.Tags, r.InstanceProfiles = map[string]string{"team": "x", "env": "dev"}, []string{"r-dev"}
	r = b.role("r")
	r.Boundary, r.Attached = b.managed("limit", all), []string{b.managed("work", all)}
	r.Tags, r.InstanceProfiles = map[string]string{"team": "y", "env": "qa"}, nil
	a.Users = []snapshot.User{{Entity: snapshot.Entity{Name: "u", Path: "/", ARN: "arn:aws:iam::123456789012:user/u"}, Groups: []string{"g"}}}
	b.Users = []snapshot.User{{Entity: snapshot.Entity{Name: "u", Path: "/", ARN: "arn:aws:iam::987654321098:user/u"}}}
	a.Groups = []snapshot.Group{{Entity: snapshot.Entity{Name: "g", Path: "/", ARN: "arn:aws:iam::123456789012:group/g"}}}
	dictionary := equivalence.New(equivalence.Entry{Name: "env", Strings: []string{"dev", "qa"}})

	e := only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: dictionary}).Report())
	if len(e.OnlyA) != 1 || e.OnlyA[0].Type != diff.Boundary || e.OnlyA[0].String() != "Allow s3:GetObject on *" {
		t.Errorf("only in A: %+v", e.OnlyA)
	}
	if want := []diff.Attribute{{"instance profile", "r-env", ""}, {"tag team", `"x"`, `"y"`}}; !slices.Equal(e.Attributes, want) {
		t.Errorf("attributes %+v, want %+v", e.Attributes, want)
	}
	if n := slices.IndexFunc(e.Policies, func(p diff.Policy) bool { return p.Type == diff.Managed }); n < 0 || !e.Policies[n].Same ||
		e.Policies[n].A[0].ARN != "arn:aws:iam::123456789012:policy/work" || e.Policies[n].B[0].Text != all {
		t.Errorf("policies %+v", e.Policies)
	}

	report := compareAccounts(t, a.Account, b.Account, diff.Options{Users: true, Groups: true}).Report()
	var got []string
	for _, e := range report.Entities {
		got = append(got, fmt.Sprintf("%s %s %s", e.Kind, e.Name, e.Status))
	}
	if want := []string{"role r different", "user u different", "group g only-a"}; !slices.Equal(got, want) {
		t.Errorf("entities %q, want %q", got, want)
	}
}

// TestOnly: names fit before or after the dictionary; service-linked roles can
// be left out.
func TestOnly(t *testing.T) {
	a := newAccount("111122223333")
	a.role("app_dev")
	a.role("web_dev")
	linked := a.role("AWSServiceRoleForX")
	linked.Path = "/aws-service-role/x.amazonaws.com/"
	b := newAccount("111122223333")
	dictionary := equivalence.New(equivalence.Entry{Name: "env", Strings: []string{"dev"}})
	for _, test := range []struct {
		only string
		skip bool
		want string
	}{
		{"", false, "AWSServiceRoleForX app_env web_env"}, {"", true, "app_env web_env"},
		{"app_*", false, "app_env"}, {"*_dev", false, "app_env web_env"}, {"*_env", false, "app_env web_env"},
		{"[aw]*_dev", false, "app_env web_env"}, {"nothing", false, ""}, {"app", false, ""},
	} {
		c := compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: dictionary, Only: test.only, SkipServiceLinked: test.skip})
		if got := strings.Join(diff.Names(c.Roles(diff.InA)), " "); got != test.want {
			t.Errorf("only %q, skip %v: %q, want %q", test.only, test.skip, got, test.want)
		}
	}
	_, err := diff.Compare(t.Context(), diff.Input{Snapshot: a.Account}, diff.Input{Snapshot: b.Account}, diff.Options{Reference: fullReference(t), Only: "["})
	if err == nil {
		t.Error("a pattern that is none was taken")
	}
}

// TestWarnings: what a reader must know.
func TestWarnings(t *testing.T) {
	a, b := newAccount("111122223333"), newAccount("111122223333")
	a.role("app_dev", doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Mood":"good"}`))
	a.role("app_qa", doc(allow("s3:getobject", "*")))
	b.role("app_qa", doc(allow("s3:GetObject", "*")))
	b.role("case", doc(allow("s3:GetObject", "*")))
	a.role("case", doc(allow("s3:getobject", "*")))
	r := compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: equivalence.New(equivalence.Entry{Name: "env", Strings: []string{"dev", "qa"}})}).Report()
	for _, want := range []string{
		`dev: the dictionary makes one role "app_env" of app_dev, app_qa`,
		`dev: inline policy "p0" of role "app_dev" is not understood, and compared as text where it has to be: `,
		`policy "p0" of role "case": the rows differ, but not what IAM reads`,
	} {
		if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.HasPrefix(w, want) }) {
			t.Errorf("no warning %q in %q", want, r.Warnings)
		}
	}
	if len(r.Warnings) != 3 {
		t.Errorf("warnings %q", r.Warnings)
	}
}

// TestReferenceRefuses: a file that is none.
func TestReferenceRefuses(t *testing.T) {
	for text, problem := range map[string]string{
		``:                  "unexpected end",
		`{}`:                `no "serviceMap"`,
		`{"serviceMap":[]}`: "must be an object",
		`{"serviceMap":{"S3":{"StringPrefix":1}}}`:                       "cannot unmarshal",
		`{"serviceMap":{"S3":{"StringPrefix":"s3","ARNRegex":"(?!x)"}}}`: "ARNRegex of s3",
	} {
		if _, err := diff.ReadReference([]byte(text)); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: error %v, want %q", text, err, problem)
		}
	}
	if _, err := diff.Compare(t.Context(), diff.Input{}, diff.Input{}, diff.Options{}); err == nil {
		t.Error("compared without a reference")
	}
}

// TestItemsOldReference: an iam.json that knows less than the catalogue hides
// no item. (Systems Manager acts on instances of EC2; the Policy Generator's
// ARNRegex does not say so.)
func TestItemsOldReference(t *testing.T) {
	reference, err := diff.ReadReference([]byte(`{"serviceMap":{
		"AWS Systems Manager": {"StringPrefix": "ssm", "Actions": ["SendCommand"], "ARNRegex": "^arn:aws:ssm:.+:.+:.+"},
		"Amazon EC2": {"StringPrefix": "ec2", "Actions": ["RunInstances"], "ARNRegex": "^arn:aws:ec2:.+:.+:.+"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	a, b := newAccount("111122223333"), newAccount("111122223333")
	a.role("r", doc(allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/x arn:aws:ec2:*:*:instance/*")))
	b.role("r", doc(allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/x")))
	c := compareAccounts(t, a.Account, b.Account, diff.Options{Reference: reference})
	if got := words(only(t, c.Report()).OnlyA); !slices.Equal(got, []string{"Allow ssm:SendCommand on arn:aws:ec2:*:*:instance/* (instance)"}) {
		t.Errorf("only in A: %q", got)
	}
	if len(rows(c, diff.InA)) > 0 {
		t.Error("the rows know more than the reference")
	}
}
