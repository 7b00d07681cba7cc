package accessanalyzer

import (
	"context"
	"fmt"
	"iter"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

// maxValidated is the length of a document that is validated. Package lint looks
// at no longer one.
const maxValidated = 256 << 10

// kinds are the kinds of policies that ValidatePolicy validates.
var kinds = map[analyzerapi.PolicyType]policy.Kind{
	analyzerapi.PolicyTypeIdentityPolicy:        policy.Identity,
	analyzerapi.PolicyTypeResourcePolicy:        policy.Resource,
	analyzerapi.PolicyTypeServiceControlPolicy:  policy.SCP,
	analyzerapi.PolicyTypeResourceControlPolicy: policy.RCP,
}

// ValidatePolicy says what there is to say about a policy. The texts are in
// English whatever the locale.
func (s *Service) ValidatePolicy(ctx context.Context, in *analyzerapi.ValidatePolicyInput) (*analyzerapi.ValidatePolicyOutput, error) {
	if err := permitted(ctx, "ValidatePolicy"); err != nil {
		return nil, err
	}
	kind := kinds[in.PolicyType]
	switch {
	case in.ValidatePolicyResourceType == "":
	case kind != policy.Resource:
		return nil, errField("validatePolicyResourceType", "The resource type is only of policies of the type %s.", analyzerapi.PolicyTypeResourcePolicy)
	case in.ValidatePolicyResourceType == analyzerapi.ValidatePolicyResourceTypeAwsIamAssumeRolePolicyDocument:
		kind = policy.Trust
	}
	if err := checkSize("policyDocument", *in.PolicyDocument, maxValidated); err != nil {
		return nil, err
	}
	p, err := newPage("validation", in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	found := lint.Check(*in.PolicyDocument, kind, lint.Options{ResourceType: string(in.ValidatePolicyResourceType)})
	out := new(analyzerapi.ValidatePolicyOutput)
	out.Findings, out.NextToken = paging.Take(p, numbered(found, p.After), validated)
	return out, nil
}

// numbered gives the findings after one, each under its number. The same
// document has the same ones in every request.
func numbered(found []lint.Finding, after string) iter.Seq2[string, lint.Finding] {
	return func(yield func(string, lint.Finding) bool) {
		for i, f := range found {
			if key := fmt.Sprintf("%08d", i); key > after && !yield(key, f) {
				return
			}
		}
	}
}

// validated is a finding as the API shows it.
func validated(f lint.Finding) (analyzerapi.ValidatePolicyFinding, bool) {
	v := analyzerapi.ValidatePolicyFinding{
		FindingType: analyzerapi.ValidatePolicyFindingType(f.Type), IssueCode: new(f.Code), FindingDetails: new(f.Details), LearnMoreLink: new(f.LearnMore),
		Locations: []analyzerapi.Location{},
	}
	for _, l := range f.Locations {
		shown := analyzerapi.Location{Path: []analyzerapi.PathElement{}, Span: &analyzerapi.Span{Start: position(l.Span.Start), End: position(l.Span.End)}}
		for _, e := range l.Path {
			shown.Path = append(shown.Path, step(e))
		}
		v.Locations = append(v.Locations, shown)
	}
	return v, !f.Own
}

func position(p lint.Position) *analyzerapi.Position {
	return &analyzerapi.Position{Line: new(int32(p.Line)), Column: new(int32(p.Column)), Offset: new(int32(p.Offset))}
}

// step is one step of a path, which has one of its members.
func step(e lint.PathElement) analyzerapi.PathElement {
	switch {
	case e.Index != nil:
		return analyzerapi.PathElement{Index: new(int32(*e.Index))}
	case e.Key != "":
		return analyzerapi.PathElement{Key: new(e.Key)}
	case e.Length > 0:
		return analyzerapi.PathElement{Substring: &analyzerapi.Substring{Start: new(int32(e.SubstringStart)), Length: new(int32(e.Length))}}
	}
	return analyzerapi.PathElement{Value: new(e.Value)}
}
