package compare_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/compare"
)

func TestNoNewAccess(t *testing.T) {
	wide, narrow := identity(t, on("Allow", `["s3:GetObject","s3:PutObject"]`, `"*"`, "")), identity(t, on("Allow", `"s3:GetObject"`, `"*"`, ""))
	if r := compare.NoNewAccess(wide, narrow, compare.Options{}); !r.Equal() {
		t.Errorf("less access is new access:\n%s", show(r))
	}
	r := compare.NoNewAccess(narrow, wide, compare.Options{})
	if len(r.OnlyA) > 0 || len(r.OnlyB) != 1 || r.OnlyB[0].Request.Action != "s3:PutObject" {
		t.Errorf("found\n%s", show(r))
	}
	if r := compare.NoNewAccess(compare.Side{}, narrow, compare.Options{}); len(r.OnlyB) == 0 {
		t.Error("access where there was none is not new")
	}
}

// A boundary allows nothing by itself and limits what the policies allow.
func TestBoundary(t *testing.T) {
	all, s3, get := on("Allow", `"*"`, `"*"`, ""), on("Allow", `"s3:*"`, `"*"`, ""), on("Allow", `"s3:Get*"`, `"*"`, "")
	bounded := func(policies, boundary string) compare.Side {
		s := identity(t, policies)
		s.Boundary = parse(t, policy.Boundary, boundary)
		return s
	}
	for _, c := range []struct {
		name  string
		a, b  compare.Side
		equal bool
	}{
		{"limits", bounded(all, s3), identity(t, s3), true},
		{"and allows nothing", bounded(get, s3), identity(t, get), true},
		{"and denies", bounded(get, all+","+on("Deny", `"s3:*"`, `"*"`, "")), compare.Side{}, true},
		{"two ways round", bounded(s3, get), bounded(get, s3), true},
		{"and is missed", bounded(s3, get), identity(t, s3), false},
		{"and one that allows nothing", bounded(s3, on("Deny", `"ec2:*"`, `"*"`, "")), identity(t, s3), false},
	} {
		r := compare.Compare(c.a, c.b, compare.Options{})
		if r.Equal() != c.equal || len(r.Undecided) > 0 || len(r.OnlyA) > 0 {
			t.Errorf("a boundary %s: equal is %v\n%s", c.name, r.Equal(), show(r))
		}
		checkExamples(t, c.a, c.b, r)
	}
}

func TestBudget(t *testing.T) {
	a := identity(t, on("Allow", `"s3:GetObject"`, `["arn:aws:s3:::a*b*c*/*","arn:aws:s3:::*b*c*d/*"]`, ""))
	b := identity(t, on("Allow", `"s3:GetObject"`, `["arn:aws:s3:::a*b*c*/*","arn:aws:s3:::*b*c*d/*","arn:aws:s3:::a*b*c*d/x*"]`, ""))
	if r := compare.Compare(a, b, compare.Options{}); !r.Equal() {
		t.Errorf("found\n%s", show(r))
	}
	r := compare.Compare(a, b, compare.Options{Budget: 50})
	if r.Equal() || len(r.Undecided) != 1 || !strings.Contains(r.Undecided[0].Reason, "budget") || len(r.OnlyA)+len(r.OnlyB) > 0 {
		t.Errorf("with a small budget:\n%s", show(r))
	}
}

// Numbers of conditions that no product can be made of stay undecided and end.
func TestHostile(t *testing.T) {
	var conditions, patterns []string
	for i := range 60 {
		conditions = append(conditions, `"`+strings.Repeat("*a", i%7+1)+strings.Repeat("?", i%11)+string(rune('a'+i%26))+`*"`)
		patterns = append(patterns, `"arn:aws:s3:::`+strings.Repeat("*a?", i%9+1)+string(rune('a'+i%26))+`*/*"`)
	}
	like := `"Condition":{"StringLike":{"custom:key":[` + strings.Join(conditions, ",") + `]},"ForAllValues:StringNotLike":{"custom:key":[` + strings.Join(conditions[7:], ",") + `]}}`
	a := identity(t, on("Allow", `"s3:GetObject"`, "["+strings.Join(patterns, ",")+"]", like))
	b := identity(t, on("Allow", `"s3:GetObject"`, "["+strings.Join(patterns[1:], ",")+"]", like))
	r := compare.Compare(a, b, compare.Options{Budget: 200_000})
	checkExamples(t, a, b, r)
	if r.Equal() {
		t.Error("what was not looked at is said to be equal")
	}
}

func TestExamples(t *testing.T) {
	a, b := identity(t, on("Allow", `"*"`, `"*"`, "")), identity(t, on("Allow", `"s3:*"`, `"*"`, ""))
	r := compare.Compare(a, b, compare.Options{Examples: 3})
	if len(r.OnlyA) != 3 || !r.MoreA || r.MoreB {
		t.Errorf("asked for 3, found\n%s", show(r))
	}
	if r.OnlyA[0].Actions[0] != r.OnlyA[0].Request.Action {
		t.Errorf("%s is not the first of its own actions", r.OnlyA[0].Request.Action)
	}
	// A context that the reader has to wonder about is a bad example.
	a = identity(t, on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::data/${aws:username}/*"`, "")+","+on("Allow", `"s3:PutObject"`, `"arn:aws:s3:::data/*"`, ""))
	r = compare.Compare(a, compare.Side{}, compare.Options{})
	for _, x := range r.OnlyA {
		keys := x.Request.Context.(policy.Keys)
		if want := x.Request.Action == "s3:GetObject"; (len(keys) == 1 && keys["aws:username"] != nil) != want {
			t.Errorf("%s on %s has context %v", x.Request.Action, x.Request.Resource, keys)
		}
	}
}

func TestMemo(t *testing.T) {
	o := compare.Options{Memo: new(compare.Memo)}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, p := range equalPairs {
				if r := compare.Compare(identity(t, p.a), identity(t, p.b), o); !r.Equal() {
					t.Errorf("%s: not equal", p.name)
				}
			}
		})
	}
	group.Wait()
	a, b := identity(t, on("Allow", `"s3:*"`, `"*"`, "")), identity(t, on("Allow", `"s3:Get*"`, `"*"`, ""))
	first := compare.Compare(a, b, o)
	if compare.Compare(a, b, o) != first {
		t.Error("compared again")
	}
	if r := compare.NoNewAccess(a, b, o); r == first || !r.Equal() {
		t.Error("another question has the same answer")
	}
	if r := compare.Compare(b, a, o); len(r.OnlyB) == 0 {
		t.Error("the sides the other way round have the same answer")
	}
}

// What the method cannot work out is undecided, neither equal nor different.
func TestUndecided(t *testing.T) {
	// "5.0" is 5 and ends in a zero. Values that meet a number and a text are
	// not looked for.
	number := identity(t, on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"NumericEquals":{"s3:max-keys":"5"},"StringLike":{"s3:max-keys":"*0"}}`))
	// Nor are roles that meet two patterns.
	role := `arn:aws:iam::111122223333:role/`
	caller := parse(t, policy.Trust, trust(`{"AWS":"111122223333"}`, condition(`"ArnLike":{"aws:PrincipalArn":"`+role+`a*"},"StringLike":{"aws:PrincipalArn":"`+role+`*b"}`)))
	// A resource that fits two patterns with variables for one value alone.
	variable := identity(t, on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/x${aws:username}z"`, `"Condition":{"StringNotLike":{"aws:username":"e*"}}`)+","+on("Deny", `"s3:GetObject"`, `"*"`, `"Condition":{"StringNotLike":{"aws:username":"?*q*?"}}`))
	for name, s := range map[string]compare.Side{"number": number, "caller": {Policies: []*policy.Policy{caller}}, "variable": variable} {
		r := compare.Compare(s, compare.Side{}, compare.Options{})
		if r.Equal() || len(r.OnlyB) > 0 {
			t.Errorf("%s: found\n%s", name, show(r))
		}
		if name != "variable" && (len(r.OnlyA) > 0 || len(r.Undecided) != 1) {
			t.Errorf("%s: not undecided\n%s", name, show(r))
		}
	}
}
