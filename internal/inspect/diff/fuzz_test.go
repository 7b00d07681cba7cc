package diff_test

import (
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
)

// FuzzDocument: an account may hold any document. It is the same as itself,
// and differs from another account's in the same way from either side.
func FuzzDocument(f *testing.F) {
	for _, text := range []string{
		doc(allow("s3:Get*", "arn:aws:s3:::b/*")), trustEC2, `{"Version`, `[]`, `null`, `{"Statement":[null]}`,
		doc(`{"Effect":"Allow","NotAction":["s3:*","*"],"NotResource":"arn:aws:s3:::${aws:username}/*","Condition":{"Null":{"aws:x":"true"}}}`),
		doc(`{"Effect":"Allow","Principal":{"AWS":["*",1,{}]},"Action":"sts:AssumeRole"}`),
		doc(`{"Effect":1,"Action":{"s3":[]},"Resource":[[]],"Condition":[1,{"a":{"b":"c"}}],"Mood":null}`),
	} {
		f.Add(text)
	}
	reference := fullReference(f)
	f.Fuzz(func(t *testing.T, text string) {
		account := func(document string) builder {
			a := newAccount("111122223333")
			a.role("r", document).Trust = document
			return a
		}
		a, again, other := account(text), account(text), account(doc(allow("s3:GetObject", "*")))
		o := diff.Options{Reference: reference, Dictionary: smallDictionary, Semantic: true}
		if r := compareAccounts(t, a.Account, again.Account, o).Report(); r.Different {
			t.Fatalf("it differs from itself: %+v", r.Entities[0])
		}
		x := only(t, compareAccounts(t, a.Account, other.Account, o).Report())
		y := only(t, compareAccounts(t, other.Account, a.Account, o).Report())
		if x.Status != y.Status || len(x.OnlyA) != len(y.OnlyB) || len(x.OnlyB) != len(y.OnlyA) {
			t.Fatalf("%+v, from the other side %+v", x, y)
		}
	})
}
