package command

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/extract"
)

func TestAskMFA(t *testing.T) {
	var out strings.Builder
	code, err := askMFA(strings.NewReader("123456\nrest"), &out, "arn:aws:iam::123456789012:mfa/alice")
	if code != "123456" || err != nil || out.String() != "MFA code of arn:aws:iam::123456789012:mfa/alice: " {
		t.Errorf("%q, %v, asked %q", code, err, &out)
	}
	for _, in := range []string{"", "\n"} {
		if code, err := askMFA(strings.NewReader(in), io.Discard, "device"); err == nil {
			t.Errorf("of %q: %q", in, code)
		}
	}
}

func TestHintOf(t *testing.T) {
	cause := errors.New("cause")
	var hint hinted
	if err := hintOf(&extract.Error{Hint: "do it", Err: cause}); !errors.As(err, &hint) || hint.hint != "do it" || !errors.Is(err, cause) {
		t.Errorf("%#v", err)
	}
	for _, err := range []error{nil, cause, &extract.Error{Err: cause}} {
		if got := hintOf(err); got != err {
			t.Errorf("of %v: %v", err, got)
		}
	}
}
