package esdk

import "fmt"

// allowsEncrypt reports whether messages of a suite may be written.
// Source: client-apis/client.md, commitment policy.
func (p CommitmentPolicy) allowsEncrypt(s Suite) bool {
	return s.Commits() == (p != ForbidEncryptAllowDecrypt)
}

// allowsDecrypt reports whether messages of a suite may be read.
func (p CommitmentPolicy) allowsDecrypt(s Suite) bool {
	return s.Commits() || p != RequireEncryptRequireDecrypt
}

// valid refuses policies that there are not: an unknown one must not pass as
// one that allows more.
func (p CommitmentPolicy) valid() error {
	if p < RequireEncryptRequireDecrypt || p > ForbidEncryptAllowDecrypt {
		return fmt.Errorf("%w: there is no policy %d", ErrCommitmentPolicy, int(p))
	}
	return nil
}

// suite is what is written where the caller names none.
func (p CommitmentPolicy) suite() Suite {
	if p == ForbidEncryptAllowDecrypt {
		return AES256Signed
	}
	return CommittedSigned
}
