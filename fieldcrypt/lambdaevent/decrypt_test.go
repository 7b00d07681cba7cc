package lambdaevent_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fieldcrypt/lambdaevent"
)

var other = fieldcrypt.Marker{Key: "other", Version: 1}

// deniedOpener opens what the article's key sealed, and nothing else.
type deniedOpener struct{ fieldcrypt.Opener }

func (o deniedOpener) Open(ctx context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	if s.Key != article.Key {
		return nil, &fieldcrypt.OpenError{Marker: "other.1", Reason: fieldcrypt.ErrDenied}
	}
	return o.Opener.Open(ctx, s)
}

func decrypt(t testing.TB, strict bool, o lambdaevent.DecryptOptions) *lambdaevent.Decrypt {
	t.Helper()
	finder, err := fieldcrypt.NewFinder(article, other)
	if err != nil {
		t.Fatal(err)
	}
	opener := deniedOpener{fieldcrypt.NewRSAOpener(privateKey())}
	return lambdaevent.NewDecrypt(fieldcrypt.NewUnsealer(finder, opener, fieldcrypt.UnsealOptions{Strict: strict}), o)
}

func seal(t testing.TB, m fieldcrypt.Marker, text string) string {
	t.Helper()
	s, err := fieldcrypt.NewRSASealer(m, &privateKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Seal(t.Context(), nil, []byte(text), fieldcrypt.Plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func decryptEvent(t testing.TB, body string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]string{"body": body})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecrypt(t *testing.T) {
	left := seal(t, other, "secret")
	for _, tt := range []struct{ body, want string }{
		{"", ""},
		{"no markers <&>", "no markers <&>"},
		{"Dear " + seal(t, article, "Alejandro") + ",", "Dear Alejandro,"},
		{seal(t, article, "a") + seal(t, article, "b"), "ab"},
		{`{"a": "` + seal(t, article, `quote " and \`) + `", "n": 1.0}`, `{"a": "quote \" and \\", "n": 1.0}`},
		{`not JSON: {"a": "` + seal(t, article, `"`) + `"`, `not JSON: {"a": """`},
		{"mine " + seal(t, article, "x") + ", not mine " + left, "mine x, not mine " + left},
	} {
		out, err := decrypt(t, false, lambdaevent.DecryptOptions{}).Invoke(t.Context(), decryptEvent(t, tt.body))
		var got string
		if err != nil || json.Unmarshal(out, &got) != nil || got != tt.want {
			t.Errorf("%.80s opens as %s, %v, want %s", tt.body, out, err, tt.want)
		}
	}
}

func TestDecryptStrict(t *testing.T) {
	in := decryptEvent(t, seal(t, article, "x")+seal(t, other, "secret"))
	out, err := decrypt(t, true, lambdaevent.DecryptOptions{}).Invoke(t.Context(), in)
	if out != nil || !errors.Is(err, fieldcrypt.ErrSealed) {
		t.Errorf("gives %s, %v", out, err)
	}
	out, err = decrypt(t, true, lambdaevent.DecryptOptions{NullOnError: true}).Invoke(t.Context(), in)
	if string(out) != "null" || err != nil {
		t.Errorf("as the article has it: %s, %v", out, err)
	}
	mine := decryptEvent(t, seal(t, article, "x"))
	if out, err := decrypt(t, true, lambdaevent.DecryptOptions{NullOnError: true}).Invoke(t.Context(), mine); string(out) != `"x"` || err != nil {
		t.Errorf("what opens: %s, %v", out, err)
	}
}

func TestDecryptErrors(t *testing.T) {
	for name, in := range map[string]string{
		"empty": "", "list": "[]", "no body": "{}", "null": `{"body":null}`, "object": `{"body":{}}`, "twice": `{"body":"a","body":"b"}`,
	} {
		if out, err := decrypt(t, false, lambdaevent.DecryptOptions{NullOnError: true}).Invoke(t.Context(), []byte(in)); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
	// What is no text cannot be the result.
	in := decryptEvent(t, seal(t, article, "\xff"))
	if out, err := decrypt(t, false, lambdaevent.DecryptOptions{}).Invoke(t.Context(), in); err == nil {
		t.Errorf("bytes: %s", out)
	}
}
