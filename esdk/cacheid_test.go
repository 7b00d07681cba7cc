package esdk

import (
	"encoding/base64"
	"testing"
)

// Identities that the AWS Encryption SDK for JavaScript computes.
// Source: aws/aws-encryption-sdk-javascript, modules/cache-material/test/fixtures.ts.
func TestEntryIDs(t *testing.T) {
	ids := newEntryIDs("c15b9079-6d0e-42b6-8784-5e804b025692")
	full := Context{"this": "is", "a": "non-empty", "encryption": "context"}
	keys := []EncryptedDataKey{
		{"this is a provider ID", []byte("this is some key info"), []byte("super secret key, now with encryption!")},
		{"another provider ID!", []byte("this is some different key info"), []byte("better super secret key, now with encryption!")},
	}
	for _, c := range []struct {
		suite   Suite
		context Context
		keys    []EncryptedDataKey // nil: of encryption
		want    string
	}{
		{AES256Signed, nil, nil, "3icBIkLK4V3fVwbm3zSxUdUQV6ZvZYUOLl8buN36g6gDMqAkghcGryxX7QiVABkW1JhB6GRp5z+bzbiuciBcKQ=="},
		{AES256Signed, full, nil, "mRNK7qhTb/kJiiyGPgAevp0gwFRcET4KeeNYwZHhoEDvSUzQiDgl8Of+YRDaVzKxAqpNBgcAuFXde9JlaRRsmw=="},
		{AES128Derived, nil, keys[:1], "n0zVzk9QIVxhz6ET+aJIKKOJNxtpGtSe1yAbu7WU5l272Iw/jmhlER4psDHJs9Mr8KYiIvLGSXzggNDCc23+9w=="},
		{AES256Signed, full, keys, "+rtwUe38CGnczGmYu12iqGWHIyDyZ44EvYQ4S6ACmsgS8VaEpiw0RTGpDk6Z/7YYN/jVHOAcNKDyCNP8EmstFg=="},
		{AES256Signed, full, []EncryptedDataKey{keys[1], keys[0]}, "+rtwUe38CGnczGmYu12iqGWHIyDyZ44EvYQ4S6ACmsgS8VaEpiw0RTGpDk6Z/7YYN/jVHOAcNKDyCNP8EmstFg=="},
	} {
		id, err := ids.encryption(&EncryptionRequest{Suite: c.suite, Context: c.context})
		if c.keys != nil {
			id, err = ids.decryption(&DecryptionRequest{Suite: c.suite, Context: c.context, EncryptedDataKeys: c.keys})
		}
		if got := base64.StdEncoding.EncodeToString(id[:]); got != c.want || err != nil {
			t.Errorf("%v %v, %d keys: %s, %v; want %s", c.suite, c.context, len(c.keys), got, err, c.want)
		}
	}
}
