package extract

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const getDetails = "iam:GetAccountAuthorizationDetails"

// pageSize is the most that the API admits; AWS may give fewer.
const pageSize = 1000

// errNoEnd is an endpoint that gives a marker again: it is not believed to end.
var errNoEnd = errors.New("the answers do not end: a marker came twice")

// readPages reads all that GetAccountAuthorizationDetails tells of what is
// asked for.
func (r *reader) readPages(ctx context.Context) error {
	in := &iam.GetAccountAuthorizationDetailsInput{Filter: r.options.filter(), MaxItems: new(int32(pageSize))}
	seen := map[string]bool{"": true}
	for {
		out, err := r.client.GetAccountAuthorizationDetails(ctx, in)
		if err != nil {
			return failed(ctx, getDetails, err)
		}
		if err := r.addPage(out); err != nil {
			return &Error{Call: getDetails, Err: err}
		}
		switch {
		case !out.IsTruncated:
			return nil
		case seen[aws.ToString(out.Marker)]:
			return &Error{Call: getDetails, Err: errNoEnd}
		}
		in.Marker = out.Marker
		seen[*in.Marker] = true
	}
}

func (o Options) filter() []types.EntityType {
	filter := []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy, types.EntityTypeAWSManagedPolicy}
	if o.Users {
		filter = append(filter, types.EntityTypeUser)
	}
	if o.Groups {
		filter = append(filter, types.EntityTypeGroup)
	}
	return filter
}

func (r *reader) addPage(out *iam.GetAccountAuthorizationDetailsOutput) error {
	for i := range out.RoleDetailList {
		if err := r.addRole(&out.RoleDetailList[i]); err != nil {
			return err
		}
	}
	for i := range out.UserDetailList {
		if err := r.addUser(&out.UserDetailList[i]); err != nil {
			return err
		}
	}
	for i := range out.GroupDetailList {
		if err := r.addGroup(&out.GroupDetailList[i]); err != nil {
			return err
		}
	}
	for i := range out.Policies {
		if err := r.addPolicy(&out.Policies[i]); err != nil {
			return err
		}
	}
	r.progress.Pages++
	r.progress.Items += len(out.RoleDetailList) + len(out.UserDetailList) + len(out.GroupDetailList) + len(out.Policies)
	if r.options.Progress != nil {
		r.options.Progress(r.progress)
	}
	return nil
}

// total is about how many items there will be. Who may not ask for it gets no
// total, and everything else.
func (r *reader) total(ctx context.Context) int {
	out, err := r.client.GetAccountSummary(ctx, nil)
	if err != nil {
		return 0
	}
	n := out.SummaryMap["Roles"] + out.SummaryMap["Policies"]
	if r.options.Users {
		n += out.SummaryMap["Users"]
	}
	if r.options.Groups {
		n += out.SummaryMap["Groups"]
	}
	return int(n)
}
