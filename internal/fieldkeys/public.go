package fieldkeys

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// maxPEM is longer than any file with one public key.
const maxPEM = 64 << 10

// readPEM reads the public key in a file.
func readPEM(dir, file string) (*rsa.PublicKey, error) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPEM))
	if err != nil {
		return nil, err
	}
	public, err := parsePEM(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return public, nil
}

func parsePEM(text []byte) (*rsa.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM block in it")
	}
	if next, _ := pem.Decode(rest); next != nil {
		return nil, errors.New("several PEM blocks in it")
	}
	switch block.Type {
	case "PUBLIC KEY":
		return parsePKIX(block.Bytes)
	case "RSA PUBLIC KEY":
		public, err := x509.ParsePKCS1PublicKey(block.Bytes)
		if err != nil {
			return nil, errors.New("no RSA public key in it")
		}
		return public, nil
	}
	if strings.HasSuffix(block.Type, "PRIVATE KEY") {
		return nil, errors.New("it has a private key: sealing needs the public half alone, keep the other away")
	}
	return nil, fmt.Errorf("it has a %s, not a PUBLIC KEY", block.Type)
}

// parsePKIX parses a SubjectPublicKeyInfo, the form of KMS.
func parsePKIX(der []byte) (*rsa.PublicKey, error) {
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("no public key in it")
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("its key is a %T, not an RSA key", public)
	}
	return key, nil
}

// fetchPublic asks KMS for the public half of a key.
func fetchPublic(ctx context.Context, client KMS, keyARN string) (*rsa.PublicKey, error) {
	out, err := client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &keyARN})
	if err != nil {
		return nil, err
	}
	if id := aws.ToString(out.KeyId); id != keyARN {
		return nil, fmt.Errorf("KMS answered with the public key of %s", id)
	}
	if out.KeyUsage != types.KeyUsageTypeEncryptDecrypt || !slices.Contains(out.EncryptionAlgorithms, types.EncryptionAlgorithmSpecRsaesOaepSha256) {
		return nil, fmt.Errorf("it is a %s key for %s, not an RSA key for ENCRYPT_DECRYPT", out.KeySpec, out.KeyUsage)
	}
	return parsePKIX(out.PublicKey)
}
