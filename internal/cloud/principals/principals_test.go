package principals

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

const (
	bobID  = "AIDABOBBOBBOBBOBBOBBO"
	roleID = "AROAROLEROLEROLEROLER"
)

// directory knows user bob at /div/ and role r.
type directory struct{}

var (
	bob  = &authz.Identity{Account: "111122223333", Name: "bob", ARN: "arn:aws:iam::111122223333:user/div/bob", ID: bobID}
	role = &authz.Identity{Account: "111122223333", Name: "r", ARN: "arn:aws:iam::111122223333:role/r", ID: roleID}
)

func (directory) User(account, name string) *authz.Identity {
	if account == bob.Account && name == bob.Name {
		return bob
	}
	return nil
}

func (directory) Role(account, name string) *authz.Identity {
	if account == role.Account && name == role.Name {
		return role
	}
	return nil
}

func (directory) ByID(id string) *authz.Identity {
	return map[string]*authz.Identity{bobID: bob, roleID: role}[id]
}

func (directory) ManagedPolicy(string) *policy.Policy { return nil }

func newNames(t testing.TB) Names {
	t.Helper()
	db := store.Memory()
	t.Cleanup(func() { db.Close() })
	registry := accounts.New(db, keyring.Memory(), time.Now)
	if _, _, err := registry.Create(t.Context(), accounts.Spec{ID: "111122223333", Name: "home"}); err != nil {
		t.Fatal(err)
	}
	return Names{Directory: directory{}, Accounts: registry}
}

func naming(principal string) string {
	return `{ "Statement": [{"Sid":"AWS", "Principal": {"AWS": ` + principal + `}, "Condition":{"StringEquals":{"AWS":"` + bob.ARN + `"}} }] }`
}

func TestBindAndRender(t *testing.T) {
	n := newNames(t)
	for _, c := range []struct{ doc, bound, rendered string }{
		{naming(`"` + bob.ARN + `"`), naming(`"` + bobID + `"`), ""},
		{naming(`[ "*" , "` + bob.ARN + `","` + role.ARN + `" ]`), naming(`[ "*" , "` + bobID + `","` + roleID + `" ]`), ""},
		// The same principal, written with escapes.
		{naming(`"arn:aws:iam::111122223333:user\/div\/b\u006fb"`), naming(`"` + bobID + `"`), naming(`"` + bob.ARN + `"`)},
		{naming(`"111122223333"`), naming(`"arn:aws:iam::111122223333:root"`), naming(`"arn:aws:iam::111122223333:root"`)},
		{naming(`"arn:aws:iam::111122223333:root"`), "", ""},
		{naming(`"` + bobID + `"`), "", naming(`"` + bob.ARN + `"`)},
		// Sessions have no id of their own, but their role must exist.
		{naming(`"arn:aws:sts::111122223333:assumed-role/r/s"`), "", ""},
		{naming(`"arn:aws:sts::111122223333:federated-user/f"`), "", ""},
		// Accounts elsewhere cannot be looked into.
		{naming(`"arn:aws:iam::999999999999:user/eve"`), "", ""},
		{naming(`"999999999999"`), naming(`"arn:aws:iam::999999999999:root"`), naming(`"arn:aws:iam::999999999999:root"`)},
		{`{"Statement":{"NotPrincipal":{"AWS":"` + bob.ARN + `"}}}`, `{"Statement":{"NotPrincipal":{"AWS":"` + bobID + `"}}}`, ""},
		// What looks like a principal elsewhere is none.
		{`{"Statement":{"Principal":"*","AWS":"` + bob.ARN + `","Resource":["` + bob.ARN + `"]}}`, "", ""},
		{`{"Id":"` + bob.ARN + `","Statement":{"Principal":{"Service":"` + bob.ARN + `"}}}`, "", ""},
	} {
		bound, err := n.Bind(t.Context(), c.doc)
		if want := or(c.bound, c.doc); err != nil || bound != want {
			t.Errorf("%s\nbound to %s, %v\nwant %s", c.doc, bound, err, want)
		}
		if got, want := n.Render(bound), or(c.rendered, c.doc); got != want {
			t.Errorf("%s\nrendered as %s\nwant %s", bound, got, want)
		}
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func TestBindRefuses(t *testing.T) {
	n := newNames(t)
	for _, p := range []string{
		"arn:aws:iam::111122223333:user/none",
		"arn:aws:iam::111122223333:user/bob", // bob is at another path
		"arn:aws:iam::111122223333:role/bob",
		"arn:aws:iam::111122223333:role/none",
		"arn:aws:sts::111122223333:assumed-role/none/s",
		"AIDANONENONENONENONEN",
		"AROANONENONENONENONEN:s",
	} {
		_, err := n.Bind(t.Context(), naming(`["*","`+p+`"]`))
		var invalid *InvalidError
		if !errors.As(err, &invalid) || invalid.Principal != p {
			t.Errorf("%s: %v", p, err)
		}
	}
	// The words of IAM.
	if got, want := (&InvalidError{"arn:aws:iam::111122223333:role/none"}).Error(), `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/none"`; got != want {
		t.Error(got)
	}
}

func TestRenderOfTheDeleted(t *testing.T) {
	doc := naming(`"AIDAGONEGONEGONEGONEG"`)
	if got := newNames(t).Render(doc); got != doc {
		t.Error(got)
	}
	if got := newNames(t).Render("{"); got != "{" {
		t.Error(got)
	}
}

// Whatever the document, what is not a principal stays as it is, and the result
// is the same JSON but for the principals.
func FuzzReplace(f *testing.F) {
	f.Add(naming(`"a"`))
	f.Add(naming(`["a\\","\"b\"",  "\\\""]`))
	f.Add(`[{"Statement":[[{"Principal":{"AWS":[["x"]]}}]]}]`)
	f.Add(`{"Statement":{"Principal":{"AWS":"x","AWS":1}}} `)
	f.Fuzz(func(t *testing.T, doc string) {
		same, err := replace(doc, func(v string) (string, error) { return v, nil })
		if err == nil && same != doc {
			t.Fatalf("%q became %q", doc, same)
		}
		replaced, err := replace(doc, func(string) (string, error) { return `"\é`, nil })
		if err != nil {
			return
		}
		back, err := replace(replaced, func(v string) (string, error) {
			if v != `"\é` {
				t.Fatalf("%q holds %q", replaced, v)
			}
			return `"\é`, nil
		})
		if err != nil || back != replaced {
			t.Fatalf("%q became %q: %v", replaced, back, err)
		}
		if !json.Valid([]byte(doc)) {
			return
		}
		var before, after any
		if json.Unmarshal([]byte(doc), &before) != nil || json.Unmarshal([]byte(replaced), &after) != nil {
			t.Fatalf("%q became %q", doc, replaced)
		}
		if !strings.Contains(doc, "AWS") && !strings.Contains(doc, `\u`) && !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q", doc, replaced)
		}
	})
}
