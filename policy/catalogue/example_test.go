package catalogue_test

import (
	"fmt"

	"github.com/fortlet/fortlet/policy/catalogue"
)

func Example() {
	c := catalogue.Default()
	for a := range c.Expand("s3:GetObjectT*") {
		fmt.Println(a, a.Level)
	}
	for _, t := range c.ResourceTypes("arn:aws:lambda:eu-west-1:123456789012:function:app:live") {
		fmt.Println(t.Service.Prefix, t.Name)
	}
	// Output:
	// s3:GetObjectTagging Read
	// s3:GetObjectTorrent Read
	// lambda function alias
	// lambda function version
}
