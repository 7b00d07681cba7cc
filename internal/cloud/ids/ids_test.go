package ids

import "testing"

// The account is where AWS has it: the last id was made by AWS, and is known
// from public write-ups of how access key ids hold the account.
func TestAccountOf(t *testing.T) {
	for _, account := range []string{"000000000000", "111122223333", "581039954779", "999999999999"} {
		id := AccessKey("ASIA", account)
		if got, ok := AccountOf(id); !ok || got != account || len(id) != 20 {
			t.Errorf("AccountOf(%s) = %s, %t, want %s", id, got, ok, account)
		}
	}
	if got, ok := AccountOf("ASIAQNZGKIQY56JQ7WML"); !ok || got != "029608264753" {
		t.Errorf("an id that AWS made: %s, %t", got, ok)
	}
	for _, id := range []string{"", "AKIA", "AKIA0000000000000000", "AKIAIOSFODNN7EXAMPL!", "ASIAQNZGKIQY56JQ7WMLA"} {
		if got, ok := AccountOf(id); ok {
			t.Errorf("AccountOf(%q) = %s", id, got)
		}
	}
}

func TestUnique(t *testing.T) {
	a, b := Unique("AIDA"), Unique("AIDA")
	if a == b || len(a) != 21 || a[:4] != "AIDA" {
		t.Errorf("%s, %s", a, b)
	}
	if s := Secret(); len(s) != 40 || s == Secret() {
		t.Errorf("a secret of %d characters", len(s))
	}
	if len(Account()) != 12 {
		t.Errorf("account %s", Account())
	}
}
