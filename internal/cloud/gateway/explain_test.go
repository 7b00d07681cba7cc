package gateway_test

import (
	"strings"
	"testing"
)

// TestExplanationsAreNotForged: a caller chooses names and values that a person
// reads in the explanation of its call. They neither end a line nor move the
// cursor.
func TestExplanationsAreNotForged(t *testing.T) {
	w := newWorld(t)
	alice := w.user("alice", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:a":"b"}}}}`)
	forged := "x\n\nkms:Encrypt on everything\nALLOWED: by nobody\u001b[2J\u009b2J\u2028"
	quoted := strings.NewReplacer("\n", `\n`, "\u001b", `\u001b`).Replace(forged)

	encrypt := jsonCall("Encrypt", `{"KeyId":"00000000-0000-0000-0000-000000000000","Plaintext":"AAAA","EncryptionContext":{"a":"`+quoted+`"}}`)
	encrypt.Header.Set("User-Agent", "u\u009b2J")
	for name, a := range map[string]*answer{
		"a condition key": w.serve(w.as(alice, "kms", encrypt)),
		"the resource":    w.serve(w.as(alice, "sts", query("sts", "AssumeRole", "RoleArn", "arn:aws:iam::111122223333:role/"+strings.NewReplacer("\u001b", "\n", "\u009b", "\n").Replace(forged), "RoleSessionName", "one"))),
	} {
		if a.code != "AccessDenied" && a.code != "AccessDeniedException" {
			t.Fatalf("%s: %d %s", name, a.status, a.body)
		}
		text := decode[struct{ Text string }](t, w.control(w.root(), "GET", "explain/"+a.requestID, ""), 200).Text
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimSpace(line), "ALLOWED") || strings.ContainsAny(line, "\u001b\u009b\u2028") {
				t.Errorf("%s: the explanation has the line %q", name, line)
			}
		}
		if !strings.Contains(text, `ALLOWED: by nobody`) {
			t.Errorf("%s: the value is not shown: %s", name, text)
		}
	}
}
