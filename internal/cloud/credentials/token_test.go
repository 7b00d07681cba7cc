package credentials_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
)

// TestForgedTokens: a token opens for its own access key, spelled as it was
// issued, and not otherwise; also when the true one is open already.
func TestForgedTokens(t *testing.T) {
	w := newWorld(t)
	issued, another := w.issue(reader(), credentials.Policies{}), w.issue(reader(), credentials.Policies{})
	token := issued.SessionToken
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	tokens := []string{
		another.SessionToken, token + "=", token[1:], token[4:], token[:len(token)-4], token + token, " " + token, token + "\n",
		token[:8] + "\n" + token[8:], token[:8] + "\r\n" + token[8:], "=", "A", "AAAA", strings.Repeat("A", 64<<10), strings.Repeat("A", 1<<20),
		base64.URLEncoding.EncodeToString(raw) + "-", base64.RawStdEncoding.EncodeToString(raw) + "A",
	}
	for i := range raw {
		raw[i] ^= 1
		tokens = append(tokens, base64.StdEncoding.EncodeToString(raw))
		raw[i] ^= 1
	}
	// The bits behind the last byte must be zero: only one spelling is issued.
	for n := range 3 {
		padded := base64.StdEncoding.EncodeToString(raw[:len(raw)-n])
		if i := strings.IndexByte(padded, '='); i > 0 && n == 0 {
			tokens = append(tokens, padded[:i-1]+string(padded[i-1]+1)+padded[i:])
		}
	}
	for range 2 {
		for _, forged := range tokens {
			if c, err := w.Find(t.Context(), issued.AccessKeyID, forged, now); c != nil || !errors.Is(err, credentials.ErrUnknown) {
				t.Fatalf("token %.80q: %v, %v", forged, c, err)
			}
		}
		if c, err := w.Find(t.Context(), another.AccessKeyID, token, now); c != nil || !errors.Is(err, credentials.ErrUnknown) {
			t.Errorf("token of another key: %v, %v", c, err)
		}
		w.found(issued)
		w.found(another)
	}
}

// TestForeignKeyring: a token of another Fortlet is none of ours.
func TestForeignKeyring(t *testing.T) {
	w := newWorld(t)
	foreign := &credentials.Authority{Accounts: w.Accounts, Keyring: keyring.Memory(), Users: w.iam, Directory: w.iam}
	issued, err := foreign.Issue(t.Context(), reader(), credentials.Policies{})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := w.find(issued); c != nil || !errors.Is(err, credentials.ErrUnknown) {
		t.Errorf("found %v, %v", c, err)
	}
}

// TestTokenIsSealed: nothing of the session can be read from the token, and no
// print of an error shows the secret.
func TestTokenIsSealed(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(reader(), credentials.Policies{Inline: documents["read"]})
	raw, err := base64.StdEncoding.DecodeString(issued.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{issued.Secret, issued.AccessKeyID, home, "reader", "Statement"} {
		if strings.Contains(string(raw), part) {
			t.Errorf("the token shows %q", part)
		}
	}
}

// TestTokenLength: what STS takes at most fits into a header and comes back.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func TestTokenLength(t *testing.T) {
	w := newWorld(t)
	p := reader()
	p.Session.Tags = map[string]string{}
	for i := range 50 {
		p.Session.Tags[strings.Repeat("k", 126)+string(rune('a'+i%26))+string(rune('a'+i/26))] = strings.Repeat("ü", 256)
	}
	pol := credentials.Policies{Inline: documents["read"] + strings.Repeat(" ", 2048-len(documents["read"]))}
	for range 10 {
		pol.ARNs = append(pol.ARNs, "arn:aws:iam::"+home+":policy/"+strings.Repeat("p", 128))
	}
	issued := w.issue(p, pol)
	if len(issued.SessionToken) > 64<<10 {
		t.Errorf("a token of %d bytes", len(issued.SessionToken))
	}
	if got := w.found(issued).Principal.Session.Tags; len(got) != 50 {
		t.Errorf("%d tags came back", len(got))
	}
}
