package awskms_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/esdk/awskms"
)

func TestFromConfig(t *testing.T) {
	changed := 0
	clients := awskms.FromConfig(aws.Config{Region: "eu-west-1"}, func(*kms.Options) { changed++ })
	region := func(name string) (string, awskms.Client) {
		t.Helper()
		c, err := clients(name)
		if err != nil {
			t.Fatal(err)
		}
		return c.(*kms.Client).Options().Region, c
	}
	for name, want := range map[string]string{"": "eu-west-1", "eu-west-1": "eu-west-1", "us-west-2": "us-west-2"} {
		got, first := region(name)
		_, second := region(name)
		if got != want || first != second {
			t.Errorf("Region %q: client of %s, want %s; kept: %t", name, got, want, first == second)
		}
	}
	if changed != 3 {
		t.Errorf("options were applied %d times, want 3", changed)
	}
	// Regions that a forger makes up do not fill the memory.
	_, kept := region("us-west-2")
	for i := range 100 {
		if got, _ := region(fmt.Sprint("nowhere-", i)); got != fmt.Sprint("nowhere-", i) {
			t.Errorf("client of %s", got)
		}
	}
	_, first := region("nowhere-99")
	_, second := region("nowhere-99")
	if _, again := region("us-west-2"); again != kept || first == second {
		t.Error("clients are kept without bound, or lost")
	}
}
