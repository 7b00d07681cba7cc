package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// world is what the measured requests work with: an IAM user with policies of
// every kind, and keys that the user may use through them.
type world struct {
	root, user caller
	encryptKey string
	signKey    string
	otherKey   string // which no policy lets the user use
}

const userName = "bench"

// newWorld makes the resources with the root user's key.
func newWorld(ctx context.Context, addr, account string, root identity) (*world, error) {
	w := &world{root: caller{addr, root}}
	for _, key := range []struct {
		id          *string
		spec, usage string
	}{
		{&w.encryptKey, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"},
		{&w.signKey, "ECC_NIST_P256", "SIGN_VERIFY"},
		{&w.otherKey, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"},
	} {
		var out struct{ KeyMetadata struct{ KeyId string } }
		in := map[string]any{"KeySpec": key.spec, "KeyUsage": key.usage}
		if err := w.root.do(ctx, kmsCall("CreateKey", in), &out); err != nil {
			return nil, fmt.Errorf("CreateKey: %w", err)
		}
		*key.id = out.KeyMetadata.KeyId
	}
	if err := w.makeUser(ctx, account); err != nil {
		return nil, err
	}
	return w, w.prove(ctx)
}

// makeUser makes the user, who is what the issue asks for: a user with several
// policies, some with conditions.
func (w *world) makeUser(ctx context.Context, account string) error {
	arn := func(name string) string { return "arn:aws:iam::" + account + ":policy/" + name }
	for _, m := range []message{
		queryCall("iam", "CreateUser", "UserName", userName, "Tags.member.1.Key", "team", "Tags.member.1.Value", "payments"),
		queryCall("iam", "CreateGroup", "GroupName", "signers"),
		queryCall("iam", "PutGroupPolicy", "GroupName", "signers", "PolicyName", "sign", "PolicyDocument", w.signPolicy(account)),
		queryCall("iam", "AddUserToGroup", "GroupName", "signers", "UserName", userName),
		queryCall("iam", "PutUserPolicy", "UserName", userName, "PolicyName", "encrypt", "PolicyDocument", w.encryptPolicy(account)),
		queryCall("iam", "CreatePolicy", "PolicyName", "guardrails", "PolicyDocument", guardrails),
		queryCall("iam", "CreatePolicy", "PolicyName", "workload", "PolicyDocument", workload),
		queryCall("iam", "AttachUserPolicy", "UserName", userName, "PolicyArn", arn("guardrails")),
		queryCall("iam", "AttachUserPolicy", "UserName", userName, "PolicyArn", arn("workload")),
		queryCall("iam", "AttachUserPolicy", "UserName", userName, "PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
	} {
		if err := w.root.do(ctx, m, nil); err != nil {
			return fmt.Errorf("%.40s: %w", m.body, err)
		}
	}
	var out struct {
		ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
		Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
	}
	if err := w.root.do(ctx, queryCall("iam", "CreateAccessKey", "UserName", userName), &out); err != nil {
		return fmt.Errorf("CreateAccessKey: %w", err)
	}
	w.user = caller{w.root.addr, identity{out.ID, out.Secret}}
	return nil
}

func (w *world) encryptPolicy(account string) string {
	return usePolicy("kms:Encrypt", account, w.encryptKey)
}

func (w *world) signPolicy(account string) string { return usePolicy("kms:Sign", account, w.signKey) }

// usePolicy allows one action on one key, under conditions that hold.
func usePolicy(action, account, keyID string) string {
	return strings.NewReplacer("ACTION", action, "REGION", region, "ACCOUNT", account, "KEY", keyID).Replace(`{
	"Version": "2012-10-17",
	"Statement": [{
		"Sid": "UseKey",
		"Effect": "Allow",
		"Action": ["ACTION", "kms:DescribeKey", "kms:GetPublicKey"],
		"Resource": "arn:aws:kms:REGION:ACCOUNT:key/KEY",
		"Condition": {
			"IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1/128"]},
			"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"], "aws:PrincipalTag/team": "payments"}
		}
	}]
}`)
}

// guardrails has denials whose conditions have to be looked at for each call.
const guardrails = `{
	"Version": "2012-10-17",
	"Statement": [{
		"Sid": "OurRegionsOnly",
		"Effect": "Deny",
		"NotAction": ["iam:*", "organizations:*", "sts:*"],
		"Resource": "*",
		"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1", "eu-central-1"]}}
	}, {
		"Sid": "KeysStay",
		"Effect": "Deny",
		"Action": ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy"],
		"Resource": "*"
	}, {
		"Sid": "NoOldTimes",
		"Effect": "Deny",
		"Action": "*",
		"Resource": "*",
		"Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
	}]
}`

// workload is what a user of some application has besides.
const workload = `{
	"Version": "2012-10-17",
	"Statement": [{
		"Sid": "OwnObjects",
		"Effect": "Allow",
		"Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
		"Resource": "arn:aws:s3:::application-data/${aws:username}/*"
	}, {
		"Sid": "List",
		"Effect": "Allow",
		"Action": "s3:ListBucket",
		"Resource": "arn:aws:s3:::application-data",
		"Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}
	}, {
		"Sid": "Queue",
		"Effect": "Allow",
		"Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
		"Resource": "arn:aws:sqs:*:*:application-*"
	}, {
		"Sid": "ViaOtherServices",
		"Effect": "Allow",
		"Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
		"Resource": "arn:aws:kms:*:*:key/*",
		"Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
	}]
}`

// prove makes sure that what will be measured is a cloud with its walls up:
// the user's calls succeed, one with a wrong secret or on another key does not.
func (w *world) prove(ctx context.Context) error {
	for _, m := range []message{getCallerIdentity(), encrypt(w.encryptKey), sign(w.signKey)} {
		if err := w.user.do(ctx, m, nil); err != nil {
			return fmt.Errorf("%s as the user: %w", m.body, err)
		}
	}
	forger := caller{w.user.addr, identity{w.user.as.id, "not the secret"}}
	return errors.Join(
		refused(forger.do(ctx, getCallerIdentity(), nil), http.StatusForbidden, "SignatureDoesNotMatch"),
		refused(w.user.do(ctx, encrypt(w.otherKey), nil), http.StatusBadRequest, "AccessDeniedException"),
	)
}

func refused(err error, status int, code string) error {
	var got *statusError
	if errors.As(err, &got) && got.status == status && strings.Contains(got.body, code) {
		return nil
	}
	return fmt.Errorf("want answer %d %s, got: %v", status, code, err)
}
