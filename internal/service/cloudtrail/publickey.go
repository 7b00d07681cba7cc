package cloudtrail

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// SigningKey is a key that digests of an account are signed with in a Region.
type SigningKey struct {
	Fingerprint string
	From, Until time.Time // of the digests that it signs
	Public      []byte    // PKCS #1, DER
	Private     []byte    // the same, sealed
}

var signingKeys = store.NewTable[SigningKey]("cloudtrail.key") // by account, Region and fingerprint

const (
	signingPurpose = "cloudtrail-digest-key"
	signingBits    = 2048
	// signingTime is how long digests are signed with a key before there is a
	// new one. Its public half is listed for ever.
	signingTime = 365 * 24 * time.Hour
)

// signingKey is the key for a digest of some time, made if there is none yet. A
// new key counts from the digest's start: who validates asks for the keys of the
// time that the digests are of.
func (s *Service) signingKey(ctx context.Context, account, region string, start, end time.Time) (k *SigningKey, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, row := range signingKeys.Scan(tx, store.Prefix(account, region), "") {
			if !end.Before(row.From) && end.Before(row.Until) {
				k = row
			}
		}
		return nil
	})
	if k != nil || err != nil {
		return k, err
	}
	private, err := rsa.GenerateKey(rand.Reader, signingBits)
	if err != nil {
		return nil, err
	}
	k = &SigningKey{From: start, Until: end.Add(signingTime), Public: x509.MarshalPKCS1PublicKey(&private.PublicKey)}
	sum := sha256.Sum256(k.Public)
	k.Fingerprint = hex.EncodeToString(sum[:16])
	k.Private = s.cloud.Keyring.Seal(signingPurpose, x509.MarshalPKCS1PrivateKey(private), []byte(k.Fingerprint))
	return k, s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		signingKeys.Put(tx, store.Key(account, region, k.Fingerprint), k)
		return nil
	})
}

// sign signs a text, in hex.
func (s *Service) sign(k *SigningKey, text string) (string, error) {
	raw, err := s.cloud.Keyring.Open(signingPurpose, k.Private, []byte(k.Fingerprint))
	if err != nil {
		return "", err
	}
	private, err := x509.ParsePKCS1PrivateKey(raw)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, sum[:])
	return hex.EncodeToString(signature), err
}

// ListPublicKeys lists the public keys of the digests of a time, by default of
// now.
func (s *Service) ListPublicKeys(ctx context.Context, in *cloudtrailapi.ListPublicKeysInput) (*cloudtrailapi.ListPublicKeysOutput, error) {
	call := cloud.From(ctx)
	if err := authz.Check(ctx, authz.Request{Action: "cloudtrail:ListPublicKeys", Resource: "*"}); err != nil {
		return nil, err
	}
	if in.NextToken != nil {
		return nil, cloudtrailapi.ErrInvalidTokenException("The token is not valid.") // all fit on a page
	}
	from, until := call.Time, call.Time
	if in.EndTime != nil {
		from, until = *in.EndTime, *in.EndTime
	}
	if in.StartTime != nil {
		from = *in.StartTime
	}
	if until.Before(from) {
		return nil, cloudtrailapi.ErrInvalidTimeRangeException("The start time is after the end time.")
	}
	out := &cloudtrailapi.ListPublicKeysOutput{PublicKeyList: []cloudtrailapi.PublicKey{}}
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, k := range signingKeys.Scan(tx, store.Prefix(call.Account(), call.Region), "") {
			if !k.From.After(until) && !k.Until.Before(from) {
				out.PublicKeyList = append(out.PublicKeyList, cloudtrailapi.PublicKey{
					Value: k.Public, Fingerprint: new(k.Fingerprint), ValidityStartTime: new(k.From), ValidityEndTime: new(k.Until),
				})
			}
		}
		return nil
	})
	return out, err
}
