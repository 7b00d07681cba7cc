package awskms

import (
	"strings"
	"testing"
)

// The identifiers of framework/aws-kms/aws-kms-key-arn.md, "AWS KMS multi-Region
// keys", and which of them are of a multi-Region key.
func TestMultiRegionIdentifiers(t *testing.T) {
	for _, c := range []struct {
		id   string
		want bool
	}{
		{"arn:aws:kms:us-east-1:2222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab", false},
		{"arn:aws:kms:us-east-1:2222222222222:key/mrk-4321abcd12ab34cd56ef1234567890ab", true},
		{"arn:aws:kms:us-west-2:111122223333:alias/test-key", false},
		{"arn:aws:kms:us-west-2:111122223333:alias/mrk-test-key", false},
		{"1234abcd-12ab-34cd-56ef-1234567890ab", false},
		{"alias/test-key", false},
	} {
		i, err := parseIdentifier(c.id)
		if err != nil || i.arn.multiRegion() != c.want || i.arn != (arn{}) && i.arn.String() != c.id {
			t.Errorf("%s: %+v, %v", c.id, i, err)
		}
	}
}

// framework/aws-kms/aws-kms-mrk-match-for-decrypt.md.
func TestMatches(t *testing.T) {
	const (
		single = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
		west   = "arn:aws:kms:us-west-2:111122223333:key/mrk-4321abcd12ab34cd56ef1234567890ab"
	)
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{single, single, true},
		{west, west, true},
		{west, strings.Replace(west, "us-west-2", "eu-west-1", 1), true},
		{single, strings.Replace(single, "us-west-2", "eu-west-1", 1), false},
		{west, strings.Replace(west, "arn:aws:", "arn:aws-cn:", 1), false},
		{west, strings.Replace(west, "111122223333", "444455556666", 1), false},
		{west, strings.Replace(west, "key/", "alias/", 1), false},
		{west, west + "0", false},
		{west, single, false},
	} {
		a, err := parseARN(c.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := parseARN(c.b)
		if err != nil {
			t.Fatal(err)
		}
		if a.matches(b) != c.want || b.matches(a) != c.want {
			t.Errorf("%s and %s: want %t", c.a, c.b, c.want)
		}
	}
}

// What is taken for an ARN is written again as it was, names a Region that can
// stand in a host name, and has nothing left out.
func FuzzParseARN(f *testing.F) {
	f.Add("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
	f.Add("arn:aws:kms:us-west-2:111122223333:alias/a/b:c")
	f.Add("arn:aws:kms:us-west-2.example.com/:111122223333:key/x")
	f.Add("arn:aws:kms::::")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseARN(s)
		if err != nil {
			if a != (arn{}) {
				t.Errorf("%q: %+v with an error", s, a)
			}
			return
		}
		if a.String() != s || strings.ContainsAny(a.region, "./:@?# ") || a.region == "" || a.account == "" || a.partition == "" || a.id == "" {
			t.Errorf("%q: %+v", s, a)
		}
		if i, err := parseIdentifier(s); err != nil || i.arn != a {
			t.Errorf("%q: identifier %+v, %v", s, i, err)
		}
	})
}
