package esdk

import (
	"bytes"
	"testing"
)

// Source: client-apis/client.md, commitment policy: what each allows.
func TestCommitmentPolicies(t *testing.T) {
	policies := []struct {
		policy                     CommitmentPolicy
		writesCommitted, writesOld bool
		readsOld                   bool
		defaultSuite               Suite
	}{
		{policy: RequireEncryptRequireDecrypt, writesCommitted: true, defaultSuite: CommittedSigned},
		{policy: RequireEncryptAllowDecrypt, writesCommitted: true, readsOld: true, defaultSuite: CommittedSigned},
		{policy: ForbidEncryptAllowDecrypt, writesOld: true, readsOld: true, defaultSuite: AES256Signed},
	}
	m := NewManager(static{})
	for _, p := range policies {
		for _, suite := range Suites() {
			_, err := Seal(t.Context(), nil, m, text(5), &EncryptOptions{Suite: suite, Commitment: p.policy})
			_, writerErr := NewWriter(t.Context(), &bytes.Buffer{}, m, &EncryptOptions{Suite: suite, Commitment: p.policy})
			allowed := suite.Commits() && p.writesCommitted || !suite.Commits() && p.writesOld
			for _, err := range []error{err, writerErr} {
				if allowed && err != nil {
					t.Errorf("policy %d does not write %v: %v", p.policy, suite, err)
				} else if !allowed {
					wantIs(t, err, ErrCommitmentPolicy)
				}
			}
			message := seal(t, m, text(5), writing(suite))
			o := &DecryptOptions{Commitment: p.policy}
			_, _, err = Open(t.Context(), nil, m, message, o)
			_, readErr := readAll(t, message, m, o)
			for _, err := range []error{err, readErr} {
				if suite.Commits() || p.readsOld {
					if err != nil {
						t.Errorf("policy %d does not read %v: %v", p.policy, suite, err)
					}
				} else {
					wantIs(t, err, ErrCommitmentPolicy)
				}
			}
		}
		message := seal(t, m, nil, &EncryptOptions{Commitment: p.policy})
		if _, h, err := Open(t.Context(), nil, m, message, reading()); err != nil || h.Suite != p.defaultSuite {
			t.Errorf("policy %d writes %v by default, want %v (%v)", p.policy, h.Suite, p.defaultSuite, err)
		}
	}
}

func TestUnknownChoices(t *testing.T) {
	m := NewManager(static{})
	message := seal(t, m, nil, nil)
	for _, p := range []CommitmentPolicy{-1, 3} {
		_, err := Seal(t.Context(), nil, m, nil, &EncryptOptions{Commitment: p})
		wantIs(t, err, ErrCommitmentPolicy)
		_, _, err = Open(t.Context(), nil, m, message, &DecryptOptions{Commitment: p})
		wantIs(t, err, ErrCommitmentPolicy)
	}
	for _, mode := range []SignedMode{-1, 3} {
		if _, _, err := Open(t.Context(), nil, m, message, &DecryptOptions{Signed: mode}); err == nil {
			t.Errorf("there is no signed mode %d, and Open takes it", mode)
		}
	}
	if _, err := Seal(t.Context(), nil, m, nil, &EncryptOptions{Suite: 0x0579}); err == nil {
		t.Error("there is no suite 0x0579, and Seal takes it")
	}
}

// A policy is asked before any keyring is: nobody's wrapping keys are used for
// what is refused anyway.
func TestRefusedBeforeMaterials(t *testing.T) {
	message := seal(t, NewManager(static{}), text(9), writing(AES256Signed))
	never := NewManager(untouchable{t})
	_, _, err := Open(t.Context(), nil, never, message, nil)
	wantIs(t, err, ErrCommitmentPolicy)
	o := reading()
	o.Signed = RefuseSigned
	_, _, err = Open(t.Context(), nil, never, message, o)
	wantIs(t, err, ErrSignedRefused)
	_, err = NewReader(t.Context(), bytes.NewReader(message), never, o)
	wantIs(t, err, ErrSignedRefused)
	_, err = Seal(t.Context(), nil, never, nil, &EncryptOptions{Suite: AES256Signed})
	wantIs(t, err, ErrCommitmentPolicy)
	_, err = Seal(t.Context(), nil, never, nil, &EncryptOptions{Suite: Committed, Commitment: ForbidEncryptAllowDecrypt})
	wantIs(t, err, ErrCommitmentPolicy)
	_, err = Seal(t.Context(), nil, never, nil, &EncryptOptions{Context: Context{"aws-crypto-x": ""}})
	wantIs(t, err, ErrContext)
	o = reading()
	o.Context = Context{"tenant": "blue"}
	message = seal(t, NewManager(static{}), text(9), &EncryptOptions{Context: Context{"tenant": "red"}})
	_, _, err = Open(t.Context(), nil, never, message, o)
	wantIs(t, err, ErrContext)
}
