// Package extract takes a snapshot of the IAM of an account, on AWS or
// Fortlet, through the AWS SDK:
//
//	cfg, err := extract.Load(ctx, "dev-profile", "")
//	account, err := extract.Account(ctx, cfg, extract.Options{})
//
// It only reads: sts:GetCallerIdentity, iam:GetAccountAuthorizationDetails and,
// for managed policies of AWS that are only somebody's boundary, iam:GetPolicy
// and iam:GetPolicyVersion. It gives a whole snapshot or an error. Documents
// are kept as they are, whether or not they are policies that we understand.
package extract

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// Options says what Account takes besides the roles and managed policies.
type Options struct {
	// Users and Groups are taken if asked for. What users may do is complete
	// only with the groups.
	Users, Groups bool
	// Progress is told before the first page and after each.
	Progress func(Progress)
	// Now is the time of the snapshot; time.Now if nil.
	Now func() time.Time
}

// Progress is how far Account has got.
type Progress struct {
	Pages, Items int
	Total        int // of the items, about; 0 when not known
}

// Account takes a snapshot of the account behind a configuration. Its errors
// are of type *Error, but for the end of the context.
func Account(ctx context.Context, cfg aws.Config, o Options) (*snapshot.Account, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	who, err := Identify(ctx, cfg)
	if err != nil {
		return nil, err
	}
	r := &reader{
		client:  iam.NewFromConfig(cfg),
		options: o,
		pool:    make(snapshot.Pool),
		places:  make(map[string]int),
		account: &snapshot.Account{ID: who.Account, Taken: o.Now().UTC().Truncate(time.Second)},
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	return r.account, nil
}

// reader is a snapshot in the making.
type reader struct {
	client   *iam.Client
	options  Options
	progress Progress
	pool     snapshot.Pool
	account  *snapshot.Account
	places   map[string]int // of the items in their lists, by ARN
	untold   []string       // ARNs of policies of which a page had no document
}

func (r *reader) read(ctx context.Context) error {
	if r.options.Progress != nil {
		r.progress.Total = r.total(ctx)
		r.options.Progress(r.progress)
	}
	if err := r.readPages(ctx); err != nil {
		return err
	}
	if err := r.completePolicies(ctx); err != nil {
		return err
	}
	r.account.Sort()
	return nil
}
