package reach_test

import (
	"bytes"
	"context"
	"errors"
	"io"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/policy"
)

// question is a call and what it is asked as.
type question struct {
	action, resource string
	keys             policy.Keys // that the request has
	call             func(context.Context, awssdk.Config) error
}

// notThere are the keys that conditions ask for and no call of ours has.
var notThere = []string{"aws:SourceVpc", "s3:prefix", "kms:EncryptionContext:app", "sts:ExternalId", "kms:GrantIsForAWSResource", "aws:ResourceTag/env", "kms:EncryptionContext", "aws:PrincipalTag/team"}

func (c *randomCloud) question() question {
	name, key, role := pick(c, c.buckets...), pick(c, c.keys...), c.IntN(len(c.roles))
	encryption := pick(c, nil, map[string]string{"app": "one"}, map[string]string{"app": "two", "x": "y"})
	encrypted := policy.Keys{"kms:grantisforawsresource": {"false"}}
	for k, v := range encryption {
		encrypted["kms:encryptioncontext:"+k] = []string{v}
	}
	path := func(o *s3.Options) { o.UsePathStyle = true }
	object := pick(c, "key", "u0")
	return pick(c,
		question{"s3:GetObject", "arn:aws:s3:::" + name + "/" + object, nil, func(ctx context.Context, cfg awssdk.Config) error {
			out, err := s3.NewFromConfig(cfg, path).GetObject(ctx, &s3.GetObjectInput{Bucket: &name, Key: &object})
			if err == nil {
				_, err = io.Copy(io.Discard, out.Body)
				err = errors.Join(err, out.Body.Close())
			}
			return err
		}},
		question{"s3:PutObject", "arn:aws:s3:::" + name + "/new", nil, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := s3.NewFromConfig(cfg, path).PutObject(ctx, &s3.PutObjectInput{Bucket: &name, Key: new("new"), Body: bytes.NewReader(nil)})
			return err
		}},
		question{"s3:ListBucket", "arn:aws:s3:::" + name, nil, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := s3.NewFromConfig(cfg, path).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &name})
			return err
		}},
		question{"s3:ListBucket", "arn:aws:s3:::" + name, policy.Keys{"s3:prefix": {"abc"}}, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := s3.NewFromConfig(cfg, path).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &name, Prefix: new("abc")})
			return err
		}},
		question{"kms:Encrypt", key, encrypted, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := kms.NewFromConfig(cfg).Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), EncryptionContext: encryption})
			return err
		}},
		question{"kms:GenerateDataKey", key, encrypted, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := kms.NewFromConfig(cfg).GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: "AES_256", EncryptionContext: encryption})
			return err
		}},
		question{"kms:DescribeKey", key, policy.Keys{"kms:grantisforawsresource": {"false"}}, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := kms.NewFromConfig(cfg).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &key})
			return err
		}},
		question{"sts:AssumeRole", c.roles[role], nil, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &c.roles[role], RoleSessionName: new("xx")})
			return err
		}},
		question{"sts:AssumeRole", c.roles[role], policy.Keys{"sts:externalid": {"xx"}}, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &c.roles[role], RoleSessionName: new("xx"), ExternalId: new("xx")})
			return err
		}},
		question{"iam:GetUser", "arn:aws:iam::" + c.home.ID + ":user/u1", nil, func(ctx context.Context, cfg awssdk.Config) error {
			_, err := iam.NewFromConfig(cfg).GetUser(ctx, &iam.GetUserInput{UserName: new("u1")})
			return err
		}},
	)
}
