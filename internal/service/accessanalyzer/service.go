// Package accessanalyzer is IAM Access Analyzer: it tells whom the policies of
// resources let in from outside, and checks policies before they are used.
//
// # Analyzers
//
// An analyzer has a zone of trust, its account or its organization, and belongs
// to a Region. What lets somebody in from outside of the zone becomes a finding:
// the policies, access control lists and public access blocks of buckets, the
// policies and grants of KMS keys, the trust policies of roles. Package exposure
// decides that; nothing is compared by its wording.
//
// A finding is of one resource, principal, set of actions and condition. It is
// ACTIVE, or ARCHIVED by somebody or by an archive rule, and RESOLVED once the
// access is gone.
//
// # Scans
//
// A background job reads on in the audit log, as Access Analyzer reads
// CloudTrail, and looks again at each resource that a call has changed; once a
// day, and when an analyzer is new, it looks at all. StartResourceScan looks at
// one at once.
//
// # In whose name
//
// Resources are read through the API by the service-linked role
// AWSServiceRoleForAccessAnalyzer of the account that owns them, which
// CreateAnalyzer creates with the permissions of its caller. What that role may
// not read is a finding with an error. DeleteAnalyzer leaves the role.
//
// # Checks
//
// ValidatePolicy is package policy/lint. CheckNoNewAccess, CheckAccessNotGranted
// and CheckNoPublicAccess are package exposure; what that cannot decide is
// refused as UnprocessableEntityException, and never passes.
package accessanalyzer

import (
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// Service is the Access Analyzer of a cloud.
type Service struct {
	cloud *cloud.Cloud
	jobs  *work.Scheduler
}

// New makes the service. It adds its background job to a scheduler that has not
// been started yet.
func New(c *cloud.Cloud, jobs *work.Scheduler) *Service {
	s := &Service{cloud: c, jobs: jobs}
	jobs.Add(work.Job{Name: scanJob, Schedule: work.Every(scanInterval), Run: s.scan})
	return s
}

// Handlers are the service's operations.
func (s *Service) Handlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(analyzerapi.OpApplyArchiveRule, s.ApplyArchiveRule),
		cloud.Handle(analyzerapi.OpCheckAccessNotGranted, s.CheckAccessNotGranted),
		cloud.Handle(analyzerapi.OpCheckNoNewAccess, s.CheckNoNewAccess),
		cloud.Handle(analyzerapi.OpCheckNoPublicAccess, s.CheckNoPublicAccess),
		cloud.Handle(analyzerapi.OpCreateAnalyzer, s.CreateAnalyzer),
		cloud.Handle(analyzerapi.OpCreateArchiveRule, s.CreateArchiveRule),
		cloud.Handle(analyzerapi.OpDeleteAnalyzer, s.DeleteAnalyzer),
		cloud.Handle(analyzerapi.OpDeleteArchiveRule, s.DeleteArchiveRule),
		cloud.Handle(analyzerapi.OpGetAnalyzedResource, s.GetAnalyzedResource),
		cloud.Handle(analyzerapi.OpGetAnalyzer, s.GetAnalyzer),
		cloud.Handle(analyzerapi.OpGetArchiveRule, s.GetArchiveRule),
		cloud.Handle(analyzerapi.OpGetFinding, s.GetFinding),
		cloud.Handle(analyzerapi.OpGetFindingV2, s.GetFindingV2),
		cloud.Handle(analyzerapi.OpGetFindingsStatistics, s.GetFindingsStatistics),
		cloud.Handle(analyzerapi.OpListAnalyzedResources, s.ListAnalyzedResources),
		cloud.Handle(analyzerapi.OpListAnalyzers, s.ListAnalyzers),
		cloud.Handle(analyzerapi.OpListArchiveRules, s.ListArchiveRules),
		cloud.Handle(analyzerapi.OpListFindings, s.ListFindings),
		cloud.Handle(analyzerapi.OpListFindingsV2, s.ListFindingsV2),
		cloud.Handle(analyzerapi.OpListTagsForResource, s.ListTagsForResource),
		cloud.Handle(analyzerapi.OpStartResourceScan, s.StartResourceScan),
		cloud.Handle(analyzerapi.OpTagResource, s.TagResource),
		cloud.Handle(analyzerapi.OpUntagResource, s.UntagResource),
		cloud.Handle(analyzerapi.OpUpdateAnalyzer, s.UpdateAnalyzer),
		cloud.Handle(analyzerapi.OpUpdateArchiveRule, s.UpdateArchiveRule),
		cloud.Handle(analyzerapi.OpUpdateFindings, s.UpdateFindings),
		cloud.Handle(analyzerapi.OpValidatePolicy, s.ValidatePolicy),
	}
}
