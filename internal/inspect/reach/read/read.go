// Package read fetches what decides about a request and is not in a snapshot
// of IAM: the policies of buckets and keys, access control lists, grants, and
// the policies of the organization. It only reads, by the AWS SDK, and says of
// everything that it was not allowed to read that it did not.
package read

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// NotFoundError says that there is no such resource.
type NotFoundError struct{ Name string }

func (e *NotFoundError) Error() string { return "there is no " + e.Name }

// Resource reads what a resource says about an action. What cannot be read is
// told by Unread and Notes; the error is a *reach.ResourceError, a
// *NotFoundError, or that of a context that has ended.
func Resource(ctx context.Context, cfg aws.Config, w *reach.World, action, name string) (*reach.Resource, error) {
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	name = reach.Spelled(action, name)
	if service == "kms" && name != "*" && !(isARN(name) && !strings.Contains(name, ":kms:")) {
		return key(ctx, cfg, w, action, name)
	}
	if err := reach.CheckResource(name); err != nil {
		return nil, err
	}
	if service == "s3" && strings.Contains(name, ":s3:::") {
		return bucket(ctx, cfg, w, action, name)
	}
	return w.Resource(action, name), nil
}

func isARN(name string) bool { return strings.HasPrefix(name, "arn:") }

// code is the error code that AWS answered, "" for other errors.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// told is a denial or another answer in a few words. The message of a denial
// names the caller and the policy, which nobody has asked about.
func told(err error) string {
	if c := code(err); c != "" {
		return c
	}
	return err.Error()
}

// parse compiles a policy that was read.
func parse(document string, kind policy.Kind) (p *policy.Policy, unread string) {
	p, err := policy.Parse(document, kind)
	if err == nil {
		return p, ""
	}
	reason := err.Error()
	if malformed, ok := errors.AsType[*policy.MalformedError](err); ok {
		reason = malformed.Reason
	}
	return nil, fmt.Sprintf("it does not parse: %s", reason)
}
