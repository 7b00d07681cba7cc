package principals_test

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
	"github.com/fortlet/fortlet/internal/cloud/principals"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Canonical user ids become the root users of their accounts, and nothing else
// of the document changes its meaning.
func TestBindCanonicalUsers(t *testing.T) {
	db, kr := store.Memory(), keyring.Memory()
	defer db.Close()
	registry := accounts.New(db, kr, time.Now)
	a, _, err := registry.Create(t.Context(), accounts.Spec{ID: "444455556666", Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	names := principals.Names{Directory: authz.Directory(nil), Accounts: registry}
	const root = "arn:aws:iam::444455556666:root"
	for _, tt := range []struct{ doc, want string }{
		{`{"Statement":[{"Principal":{"CanonicalUser":"ID"},"Sid":"<&>"}]}`, `{"Statement":[{"Principal":{"AWS":["` + root + `"]},"Sid":"<&>"}]}`},
		{`{"Statement":{"NotPrincipal":{"CanonicalUser":["ID"],"Service":"s3.amazonaws.com"}}}`,
			`{"Statement":[{"NotPrincipal":{"AWS":["` + root + `"],"Service":["s3.amazonaws.com"]}}]}`},
		{`{"Statement":[{"Principal":{"AWS":"999999999999","\u0043anonicalUser":"ID"}},{"Principal":"*"}],"Version":"2012-10-17"}`,
			`{"Statement":[{"Principal":{"AWS":["arn:aws:iam::999999999999:root","` + root + `"]}},{"Principal":"*"}],"Version":"2012-10-17"}`},
		{`{"Id":"CanonicalUser","Statement":[{"Principal":{"AWS":"*"}}]}`, `{"Id":"CanonicalUser","Statement":[{"Principal":{"AWS":"*"}}]}`},
	} {
		got, err := names.Bind(t.Context(), strings.ReplaceAll(tt.doc, "ID", a.CanonicalID))
		if err != nil {
			t.Errorf("%s: %v", tt.doc, err)
			continue
		}
		var is, should any
		if err := errors.Join(json.Unmarshal([]byte(got), &is), json.Unmarshal([]byte(tt.want), &should)); err != nil || !reflect.DeepEqual(is, should) {
			t.Errorf("%s becomes %s, %v, want %s", tt.doc, got, err, tt.want)
		}
	}
	var invalid *principals.InvalidError
	if _, err := names.Bind(t.Context(), `{"Statement":[{"Principal":{"CanonicalUser":"`+strings.Repeat("0", 64)+`"}}]}`); !errors.As(err, &invalid) {
		t.Errorf("an unknown canonical user: %v", err)
	}
}
