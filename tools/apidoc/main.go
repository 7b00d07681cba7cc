// Apidoc prints docs/reference/operations.md: which operations of each service
// are built, and which answer NotImplemented. What it prints comes from
// internal/api alone, which the gateway serves from, so the page cannot say
// what the cloud does not do.
//
//	go run ./tools/apidoc > docs/reference/operations.md
package main

import (
	"fmt"
	"os"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/api/sts"
)

// services are those of the page, in its order.
var services = []*api.Service{&sts.Service, &iam.Service, &kms.Service, &s3.Service, &cloudtrail.Service, &organizations.Service, &accessanalyzer.Service}

func main() {
	if _, err := os.Stdout.Write(page(services)); err != nil {
		fmt.Fprintln(os.Stderr, "apidoc:", err)
		os.Exit(1)
	}
}
