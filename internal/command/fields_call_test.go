package command

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func init() {
	// create-rsa-key prints the ARN of a new RSA key for encryption.
	calls["create-rsa-key"] = func(ctx context.Context, cfg aws.Config, stdout io.Writer, _ []string) error {
		out, err := kms.NewFromConfig(cfg).CreateKey(ctx, &kms.CreateKeyInput{
			KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt,
		})
		if err == nil {
			fmt.Fprintln(stdout, *out.KeyMetadata.Arn)
		}
		return err
	}
}
