package compare_test

import (
	"fmt"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/compare"
)

func Example() {
	side := func(document string) compare.Side {
		p, err := policy.Parse(document, policy.Identity)
		if err != nil {
			panic(err)
		}
		return compare.Side{Policies: []*policy.Policy{p}}
	}
	dev := side(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["sqs:AddPermission","sqs:RemovePermission"],"Resource":"*"},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}]}`)
	qa := side(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data/*"},
		{"Effect":"Allow","Action":"sqs:*Permission","Resource":"*"}]}`)

	for _, x := range compare.Compare(dev, qa, compare.Options{}).OnlyB {
		fmt.Println(x.Request.Action, x.Request.Resource)
	}
	// Output: s3:PutObject arn:aws:s3:::data/example-object
}
