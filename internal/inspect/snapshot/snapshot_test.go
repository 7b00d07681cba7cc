package snapshot_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

// sample is an account with something in every field, out of order.
func sample() *snapshot.Account {
	return &snapshot.Account{
		ID:    "123456789012",
		Taken: time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC),
		Roles: []snapshot.Role{
			{Entity: snapshot.Entity{Name: "b", Path: "/", ARN: "arn:aws:iam::123456789012:role/b", Created: time.Unix(0, 0).UTC()}, Trust: "not JSON <&>"},
			{
				Entity: snapshot.Entity{
					Name: "a", Path: "/x/", ARN: "arn:aws:iam::123456789012:role/a", ID: "AROAEXAMPLE", Created: time.Unix(0, 0).UTC(),
					Tags:     map[string]string{"team": "storage", "Name": "a"},
					Inline:   []snapshot.InlinePolicy{{Name: "z", Document: `{"Future":1}`}, {Name: "y", Document: "{}"}},
					Attached: []string{"arn:aws:iam::123456789012:policy/own", readOnly},
					Boundary: readOnly,
				},
				Trust:            `{"Version":"2012-10-17"}`,
				InstanceProfiles: []string{"q", "p"},
			},
		},
		Users: []snapshot.User{{
			Entity: snapshot.Entity{Name: "alice", ARN: "arn:aws:iam::123456789012:user/alice", Created: time.Unix(0, 0).UTC(),
				Inline: []snapshot.InlinePolicy{{Name: "mine", Document: "{}"}}},
			Groups: []string{"devs"},
		}},
		Groups: []snapshot.Group{{Entity: snapshot.Entity{Name: "devs", ARN: "arn:aws:iam::123456789012:group/devs", Created: time.Unix(0, 0).UTC(),
			Attached: []string{readOnly}}}},
		Policies: []snapshot.ManagedPolicy{
			{ARN: readOnly, Name: "ReadOnlyAccess", Path: "/", Version: "v9", Document: `{"s":"é \u0000"}`},
			{ARN: "arn:aws:iam::123456789012:policy/own", Name: "own", Path: "/", Version: "v1", Document: "{}"},
		},
	}
}

func saved(t *testing.T, a *snapshot.Account) string {
	t.Helper()
	var b bytes.Buffer
	if err := a.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSaveLoad(t *testing.T) {
	want := sample()
	text := saved(t, want)
	got, err := snapshot.Load(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want.Sort()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("loaded\n%+v, want\n%+v", got, want)
	}
	if again := saved(t, got); again != saved(t, want) {
		t.Error("equal snapshots give unequal files")
	}
	if !strings.Contains(text, "not JSON <&>") {
		t.Error("a document is not readable in the file")
	}
}

func TestLoadRefuses(t *testing.T) {
	good := saved(t, sample())
	edited := func(old, text string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("the file has no %s", old)
		}
		return strings.Replace(good, old, text, 1)
	}
	for name, test := range map[string]struct{ file, want string }{
		"empty":              {"", "line 1, column 1: unexpected end of JSON input"},
		"cut off":            {good[:len(good)/2], "unexpected end of JSON input"},
		"not JSON":           {"account: 1", "line 1, column 1: invalid character 'a' looking for beginning of value"},
		"a comma too many":   {edited(`"path": "/",`, `"path": "/",,`), "line 9, column 19: invalid character ','"},
		"more than one":      {good + good, "line 94, column 1: invalid character '{' after top-level value"},
		"another file":       {`{"accountid": ["123456789012"]}`, `not a snapshot of fortlet iam: its "format" is not "fortlet-iam-snapshot"`},
		"no object":          {`[]`, "line 1, column 1: the file: unexpected array"},
		"version 0":          {edited(`"version": 1`, `"version": 0`), "not a snapshot"},
		"newer":              {edited(`"version": 1`, `"version": 2`), "written by a newer fortlet: the file has version 2, known is 1"},
		"newer and unknown":  {edited(`"version": 1`, `"version": 2, "people": []`), "written by a newer fortlet"},
		"wrong type":         {edited(`"path": "/"`, `"path": 1`), "line 9, column 15: roles.path: unexpected number"},
		"unknown member":     {edited(`"path": "/"`, `"pth": "/"`), `line 9, column 7: json: unknown field "pth"`},
		"no name":            {edited(`"name": "alice"`, `"name": ""`), "a user has no name or no arn"},
		"twice":              {edited(`role/b"`, `role/a"`), "role arn:aws:iam::123456789012:role/a is there twice"},
		"policy twice":       {edited(`"arn": "`+readOnly, `"arn": "arn:aws:iam::123456789012:policy/own`), "policy arn:aws:iam::123456789012:policy/own is there twice"},
		"attached to no one": {edited(`"arn": "`+readOnly, `"arn": "arn:aws:iam::aws:policy/Other`), "role a refers to policy arn:aws:iam::aws:policy/ReadOnlyAccess, which is not there"},
	} {
		a, err := snapshot.Load(strings.NewReader(test.file))
		if a != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v; want %q", name, a, err, test.want)
		}
	}
}

// Who loads a file can tell its kinds of errors apart.
func TestLoadErrors(t *testing.T) {
	for want, file := range map[error]string{
		snapshot.ErrNotSnapshot: `{}`,
		snapshot.ErrTooNew:      `{"format":"fortlet-iam-snapshot","version":99}`,
	} {
		if _, err := snapshot.Load(strings.NewReader(file)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", file, err, want)
		}
	}
	broken := errors.New("disk")
	if _, err := snapshot.Load(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a file that cannot be read: %v", err)
	}
	var at *snapshot.PositionError
	if _, err := snapshot.Load(strings.NewReader("{\n  \"é\": ?")); !errors.As(err, &at) || at.Line != 2 || at.Column != 9 {
		t.Errorf("position %+v", at)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestLoadTooLarge(t *testing.T) {
	huge := strings.Repeat(" ", snapshot.MaxDocument+1)
	for want, put := range map[string]func(*snapshot.Account){
		"policy " + readOnly:           func(a *snapshot.Account) { a.Policies[0].Document = huge },
		"trust policy of role b":       func(a *snapshot.Account) { a.Roles[0].Trust = huge },
		"inline policy z of role a":    func(a *snapshot.Account) { a.Roles[1].Inline[0].Document = huge },
		"inline policy mine of user a": func(a *snapshot.Account) { a.Users[0].Inline[0].Document = huge },
	} {
		a := sample()
		put(a)
		_, err := snapshot.Load(strings.NewReader(saved(t, a)))
		if !errors.Is(err, snapshot.ErrTooLarge) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want it of %s", err, want)
		}
	}
	a := sample()
	a.Roles[0].Trust = huge[1:]
	if _, err := snapshot.Load(strings.NewReader(saved(t, a))); err != nil {
		t.Errorf("a document of just the limit: %v", err)
	}
}

func TestDocuments(t *testing.T) {
	a := sample()
	a.Sort()
	texts := func(documents []snapshot.Document) []string {
		var out []string
		for _, d := range documents {
			out = append(out, fmt.Sprintf("%s %s %s %t", d.Group, d.Name, d.ARN, d.Managed()))
		}
		return out
	}
	role := texts(a.Documents(&a.Role("A").Entity))
	if want := []string{" y  false", " z  false", " own arn:aws:iam::123456789012:policy/own true", " ReadOnlyAccess " + readOnly + " true"}; !slices.Equal(role, want) {
		t.Errorf("of a role: %q", role)
	}
	user := texts(a.UserDocuments(a.User("alice")))
	if want := []string{" mine  false", "devs ReadOnlyAccess " + readOnly + " true"}; !slices.Equal(user, want) {
		t.Errorf("of a user: %q", user)
	}
	if b := a.BoundaryOf(&a.Role("a").Entity); b == nil || b.ARN != readOnly {
		t.Errorf("boundary %+v", b)
	}
	if b := a.BoundaryOf(&a.Role("b").Entity); b != nil {
		t.Errorf("boundary of a role without: %+v", b)
	}
	if a.Role("alice") != nil || a.User("a") != nil || a.Group("nobody") != nil || a.Policy("arn:aws:iam::aws:policy/None") != nil {
		t.Error("what is not there was found")
	}
}

func FuzzLoad(f *testing.F) {
	var b bytes.Buffer
	if err := sample().Save(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"format":"fortlet-iam-snapshot","version":1,"roles":[{"name":"r","arn":"r","attached":["p"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := snapshot.Load(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, e := range a.Entities() {
			if n := len(a.Documents(e)); n != len(e.Inline)+len(e.Attached) {
				t.Errorf("%d documents of %+v", n, e)
			}
		}
		var out bytes.Buffer
		if err := a.Save(&out); err != nil {
			t.Skip("a time that JSON does not have")
		}
		again, err := snapshot.Load(&out)
		if err != nil || !reflect.DeepEqual(again, a) {
			t.Errorf("saved and loaded: %+v, %v", again, err)
		}
	})
}
