package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// call is a program for the scripts that makes one call with the AWS SDK, as
// the environment says. What a caller may see of an error goes to stderr: its
// code, request id and message.
func call(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		return exitUsage
	}
	make := calls[args[0]]
	if make == nil {
		fmt.Fprintf(stderr, "usage: call %s\n", strings.Join(slices.Sorted(maps.Keys(calls)), "|"))
		return exitUsage
	}
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err == nil {
		err = make(ctx, cfg, stdout, args[1:])
	}
	var known smithy.APIError
	var answer *awshttp.ResponseError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &known) && errors.As(err, &answer):
		fmt.Fprintf(stderr, "%s %s %s\n", known.ErrorCode(), answer.ServiceRequestID(), known.ErrorMessage())
	default:
		fmt.Fprintln(stderr, err)
	}
	return exitFailure
}

var calls = map[string]func(ctx context.Context, cfg aws.Config, stdout io.Writer, args []string) error{
	"whoami": func(ctx context.Context, cfg aws.Config, stdout io.Writer, _ []string) error {
		out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
		if err == nil {
			fmt.Fprintln(stdout, *out.Arn)
		}
		return err
	},
	// create-user NAME [DOCUMENT] prints the exports of the user's access key.
	"create-user": func(ctx context.Context, cfg aws.Config, stdout io.Writer, args []string) error {
		client, name := iam.NewFromConfig(cfg), args[0]
		if _, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}); err != nil {
			return err
		}
		if len(args) > 1 {
			in := &iam.PutUserPolicyInput{UserName: &name, PolicyName: new("inline"), PolicyDocument: &args[1]}
			if _, err := client.PutUserPolicy(ctx, in); err != nil {
				return err
			}
		}
		out, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name})
		if err == nil {
			fmt.Fprintf(stdout, "export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n", *out.AccessKey.AccessKeyId, *out.AccessKey.SecretAccessKey)
		}
		return err
	},
	"list-users": func(ctx context.Context, cfg aws.Config, stdout io.Writer, _ []string) error {
		out, err := iam.NewFromConfig(cfg).ListUsers(ctx, nil)
		if err == nil {
			for _, u := range out.Users {
				fmt.Fprintln(stdout, *u.UserName)
			}
		}
		return err
	},
}
