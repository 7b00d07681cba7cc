package command

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

func init() {
	// create-key [ALIAS] prints the ARN of a new key; "multi-region" makes one
	// that can be replicated.
	calls["create-key"] = func(ctx context.Context, cfg aws.Config, stdout io.Writer, args []string) error {
		client := kms.NewFromConfig(cfg)
		multi := len(args) > 0 && args[0] == "multi-region"
		out, err := client.CreateKey(ctx, &kms.CreateKeyInput{MultiRegion: &multi})
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, *out.KeyMetadata.Arn)
		if multi || len(args) == 0 {
			return nil
		}
		_, err = client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &args[0], TargetKeyId: out.KeyMetadata.KeyId})
		return err
	}
	// replicate ARN REGION prints the ARN of the replica.
	calls["replicate"] = func(ctx context.Context, cfg aws.Config, stdout io.Writer, args []string) error {
		out, err := kms.NewFromConfig(cfg).ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: &args[0], ReplicaRegion: &args[1]})
		if err == nil {
			fmt.Fprintln(stdout, *out.ReplicaKeyMetadata.Arn)
		}
		return err
	}
}
