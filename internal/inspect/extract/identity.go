package extract

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Identity is whom a configuration's credentials stand for.
type Identity struct{ Account, ARN string }

// errNobody is an answer of something that is not AWS STS.
var errNobody = errors.New("the answer names no account")

// Identify asks AWS STS whom the credentials stand for, which needs no
// permission.
func Identify(ctx context.Context, cfg aws.Config) (Identity, error) {
	// By itself first, to tell credentials that are not there from an answer.
	if cfg.Credentials == nil {
		return Identity{}, noCredentials(ctx, errNoProvider)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return Identity{}, noCredentials(ctx, err)
	}
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return Identity{}, failed(ctx, "sts:GetCallerIdentity", err)
	}
	if out.Account == nil || out.Arn == nil {
		return Identity{}, &Error{Call: "sts:GetCallerIdentity", Err: errNobody}
	}
	return Identity{*out.Account, *out.Arn}, nil
}
