package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"golang.org/x/sync/errgroup"
)

// connections that load a world at once. Commits of concurrent callers share
// a write to the disk, so that many of them load faster than one.
const connections = 64

// loader puts a world into an account.
type loader struct {
	client *iam.Client
	group  *errgroup.Group
	ctx    context.Context
}

// load makes all that a world has, through the API alone.
func load(ctx context.Context, cfg aws.Config, w *snapshot.Account) error {
	cfg.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = connections })
	client := iam.NewFromConfig(cfg)
	for _, step := range []func(*loader){
		func(l *loader) { l.policies(w) },
		func(l *loader) { l.groups(w) },
		func(l *loader) { l.roles(w); l.users(w) },
	} {
		l := &loader{client: client}
		l.group, l.ctx = errgroup.WithContext(ctx)
		l.group.SetLimit(connections)
		step(l)
		if err := l.group.Wait(); err != nil {
			return err
		}
	}
	return makeBucket(ctx, cfg)
}

// makeBucket makes the bucket of the object that who-can is asked about.
func makeBucket(ctx context.Context, cfg aws.Config) error {
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: new(askedBucket)})
	var taken *s3types.BucketAlreadyExists // by the other account
	if errors.As(err, &taken) {
		return nil
	}
	return err
}

func (l *loader) policies(w *snapshot.Account) {
	for _, p := range w.Policies {
		if strings.HasPrefix(p.ARN, awsPolicy("")) {
			continue
		}
		l.group.Go(func() error {
			_, err := l.client.CreatePolicy(l.ctx, &iam.CreatePolicyInput{PolicyName: &p.Name, Path: &p.Path, PolicyDocument: &p.Document})
			return err
		})
	}
}

func (l *loader) roles(w *snapshot.Account) {
	for i := range w.Roles {
		r := &w.Roles[i]
		l.group.Go(func() error { return l.role(r) })
	}
}

func (l *loader) role(r *snapshot.Role) error {
	in := &iam.CreateRoleInput{RoleName: &r.Name, Path: &r.Path, AssumeRolePolicyDocument: &r.Trust, Tags: tags(r.Tags)}
	if r.Boundary != "" {
		in.PermissionsBoundary = &r.Boundary
	}
	if _, err := l.client.CreateRole(l.ctx, in); err != nil {
		return err
	}
	for _, p := range r.Inline {
		if _, err := l.client.PutRolePolicy(l.ctx, &iam.PutRolePolicyInput{RoleName: &r.Name, PolicyName: &p.Name, PolicyDocument: &p.Document}); err != nil {
			return fmt.Errorf("%w\n%s", err, p.Document)
		}
	}
	for _, arn := range r.Attached {
		if _, err := l.client.AttachRolePolicy(l.ctx, &iam.AttachRolePolicyInput{RoleName: &r.Name, PolicyArn: &arn}); err != nil {
			return err
		}
	}
	for _, name := range r.InstanceProfiles {
		if _, err := l.client.CreateInstanceProfile(l.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: &name}); err != nil {
			return err
		}
		if _, err := l.client.AddRoleToInstanceProfile(l.ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: &r.Name}); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) groups(w *snapshot.Account) {
	for i := range w.Groups {
		g := &w.Groups[i]
		l.group.Go(func() error {
			if _, err := l.client.CreateGroup(l.ctx, &iam.CreateGroupInput{GroupName: &g.Name}); err != nil {
				return err
			}
			for _, p := range g.Inline {
				if _, err := l.client.PutGroupPolicy(l.ctx, &iam.PutGroupPolicyInput{GroupName: &g.Name, PolicyName: &p.Name, PolicyDocument: &p.Document}); err != nil {
					return err
				}
			}
			_, err := l.client.AttachGroupPolicy(l.ctx, &iam.AttachGroupPolicyInput{GroupName: &g.Name, PolicyArn: &g.Attached[0]})
			return err
		})
	}
}

func (l *loader) users(w *snapshot.Account) {
	for i := range w.Users {
		u := &w.Users[i]
		l.group.Go(func() error {
			if _, err := l.client.CreateUser(l.ctx, &iam.CreateUserInput{UserName: &u.Name, Tags: tags(u.Tags)}); err != nil {
				return err
			}
			_, err := l.client.AddUserToGroup(l.ctx, &iam.AddUserToGroupInput{UserName: &u.Name, GroupName: &u.Groups[0]})
			return err
		})
	}
}

func tags(m map[string]string) []types.Tag {
	var out []types.Tag
	for key, value := range m {
		out = append(out, types.Tag{Key: &key, Value: &value})
	}
	return out
}
