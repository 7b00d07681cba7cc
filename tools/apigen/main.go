// Apigen writes the packages below internal/api from the AWS service models
// that botocore ships, and tools/apigen/services.json, which names the
// operations that Fortlet builds.
//
// Run it from the root of the module, on an unpacked botocore or on its wheel:
//
//	go run ./tools/apigen -models .../botocore/data
//	go run ./tools/apigen -wheel botocore-1.43.11-py3-none-any.whl
//
// Its output depends on nothing but the models and the list. It takes the
// structure of the API from the models and none of their prose.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	models := flag.String("models", "", "read the models from the data `folder` of an unpacked botocore")
	wheel := flag.String("wheel", "", "read the models from a botocore wheel `file`")
	list := flag.String("services", "tools/apigen/services.json", "the `file` that lists services and operations")
	out := flag.String("out", "internal/api", "write one folder per service below this `folder`")
	flag.Parse()
	if err := run(*models, *wheel, *list, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}

func run(models, wheel, list, out string) error {
	data, err := openModels(models, wheel)
	if err != nil {
		return err
	}
	services, err := readServiceList(list)
	if err != nil {
		return err
	}
	for _, s := range services {
		if err := generate(data, s, filepath.Join(out, s.name)); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// openModels gives the file system whose top level holds one folder per
// service, and makes sure that it is the botocore we pin.
func openModels(models, wheel string) (fs.FS, error) {
	switch {
	case models != "" && wheel != "":
		return nil, errors.New("give -models or -wheel, not both")
	case models != "":
		return openFolder(models)
	case wheel != "":
		return openWheel(wheel)
	}
	return nil, errors.New("give -models or -wheel")
}

// generate writes the package of one service. It replaces every generated file
// of the folder, so that none outlives what it was generated from.
func generate(data fs.FS, s service, folder string) error {
	m, err := readModel(data, s)
	if err != nil {
		return err
	}
	pkg, err := newPackage(s, m)
	if err != nil {
		return err
	}
	files, err := pkg.files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(folder, "*.gen.go"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if files[filepath.Base(name)] == nil {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
