package gateway_test

import (
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/gateway"
)

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html has
// the names of AWS; those below localhost are like them.
func TestVirtualHost(t *testing.T) {
	for host, want := range map[string]string{
		"":                                     "",
		"127.0.0.1":                            "",
		"127.0.0.1:4566":                       "",
		"[::1]:4566":                           "",
		"::1":                                  "",
		"localhost":                            "",
		"localhost:4566":                       "",
		"fortlet:4566":                         "",
		"fortlet.internal":                     "",
		"s3.localhost:4566":                    "",
		"s3.eu-west-1.localhost:4566":          "",
		"s3.amazonaws.com":                     "",
		"s3.eu-west-1.amazonaws.com":           "",
		"s3.dualstack.eu-west-1.amazonaws.com": "",
		"s3-eu-west-1.amazonaws.com":           "",
		"s3.localhost.localstack.cloud:4566":   "",

		"bucket.localhost:4566":                       "bucket",
		"bucket.localhost":                            "bucket",
		"bucket.localhost.":                           "bucket",
		"Bucket.LocalHost:80":                         "bucket",
		"my.bucket.localhost:4566":                    "my.bucket",
		"bucket.s3.localhost:4566":                    "bucket",
		"my.bucket.s3.localhost:4566":                 "my.bucket",
		"bucket.s3.eu-west-1.localhost:4566":          "bucket",
		"bucket.s3.amazonaws.com":                     "bucket",
		"bucket.s3.eu-west-1.amazonaws.com:443":       "bucket",
		"my.bucket.s3.eu-west-1.amazonaws.com":        "my.bucket",
		"bucket.s3.dualstack.eu-west-1.amazonaws.com": "bucket",
		"bucket.s3-eu-west-1.amazonaws.com":           "bucket",
		"bucket.s3.localhost.localstack.cloud:4566":   "bucket",
		"bucket.s3.fortlet.internal":                  "bucket",
		"a.s3.b.s3.eu-west-1.amazonaws.com":           "a.s3.b",
		"kms.s3.localhost":                            "kms",
		"1.2.3.4.s3.localhost":                        "1.2.3.4",
	} {
		if got := gateway.VirtualHost(host, "s3"); got != want {
			t.Errorf("%s names %q, want %q", host, got, want)
		}
	}
}
