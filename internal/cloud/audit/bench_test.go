package audit

import (
	"testing"
	"time"
)

// sample is a record of about the size that a call of KMS leaves.
func sample() *Record {
	return &Record{
		UserIdentity: UserIdentity{
			Type: "IAMUser", PrincipalID: "AIDAQ3EGUHOYWXAMPLE22", ARN: "arn:aws:iam::111122223333:user/alejandro",
			AccountID: "111122223333", AccessKeyID: "AKIAQ3EGUHOYEXAMPLE2", UserName: "alejandro",
		},
		EventTime:          time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		EventSource:        "kms.amazonaws.com",
		EventName:          "Encrypt",
		Region:             "us-east-1",
		SourceIPAddress:    "127.0.0.1",
		UserAgent:          "aws-sdk-go-v2/1.41.0 ua/2.1 os/linux lang/go#1.26",
		RequestParameters:  []byte(`{"keyId":"alias/orders","encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`),
		RequestID:          "6b3b1c9a-4d38-4d5b-8f9c-3b6f2e7a9c10",
		EventID:            "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
		ReadOnly:           true,
		Resources:          []Resource{{AccountID: "111122223333", Type: "AWS::KMS::Key", ARN: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}},
		ManagementEvent:    true,
		RecipientAccountID: "111122223333",
	}
}

func BenchmarkAppend(b *testing.B) {
	l, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	r := sample()
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Append(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendParallel(b *testing.B) {
	l, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	r := sample()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := l.Append(r); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFind looks for the oldest of 80,000 events: a file full of them.
func BenchmarkFind(b *testing.B) {
	l, err := Open(b.TempDir(), Options{MaxFile: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for n := range 80_000 {
		if err := l.Append(numbered(n)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := l.Find("request-0"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendMemory(b *testing.B) {
	l := Memory(10_000)
	r := sample()
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Append(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	r := sample()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = appendBody(newLine(buf), r)
	}
	b.ReportMetric(float64(len(buf)), "B/record")
}
