package catalogue_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/fortlet/fortlet/policy/catalogue"
)

func BenchmarkDecode(b *testing.B) {
	data, err := os.ReadFile("data/catalogue.gz")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := catalogue.Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAction(b *testing.B) {
	c := catalogue.Default()
	for b.Loop() {
		if c.Action("s3:getobject") == nil {
			b.Fatal("not found")
		}
	}
}

func BenchmarkExpandAll(b *testing.B) {
	c := catalogue.Default()
	for b.Loop() {
		n := 0
		for range c.Expand("*:Get*") {
			n++
		}
		if n == 0 {
			b.Fatal("nothing")
		}
	}
}

func BenchmarkResourceTypes(b *testing.B) {
	c := catalogue.Default()
	for _, arn := range []string{
		"arn:aws:s3:::app1-dev/*",
		"arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0",
		"*",
	} {
		b.Run(arn, func(b *testing.B) {
			for b.Loop() {
				if len(c.ResourceTypes(arn)) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	}
}
