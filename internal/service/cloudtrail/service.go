// Package cloudtrail is AWS CloudTrail: it looks events up, and keeps trails
// that deliver them to buckets, in log files whose integrity signed digest files
// prove.
//
// Nothing is recorded here. Every call leaves its record in the audit log as it
// ends (see cloud.Invoke); an event of CloudTrail is such a record, and
// LookupEvents reads the log backward.
//
// # How a trail delivers
//
// A trail that logs has a Progress: its position in the audit log. Every few
// minutes a background job reads on from there, chooses what the trail's event
// selectors select, writes it to the bucket and then moves the position, in that
// order. A crash in between delivers the same events again in another file; no
// event is ever passed over. What cannot be delivered stays where it is, in the
// log, for as long as it takes; GetTrailStatus tells why.
//
// StopLogging and DeleteTrail do not cut off what was recorded before: the job
// delivers up to the record of that very call, and closes the chain of digests.
//
// # In whose name
//
// To the bucket CloudTrail comes as the service principal cloudtrail.amazonaws.com
// on behalf of the trail, through cloud.Act. The policies of the bucket and of
// the KMS key let it in, or do not; there is no back door for the house. So the
// writing of a log file is itself a call with a record. A trail that logs data
// events of its own bucket delivers those records too, with the next file, which
// makes the next record: as on AWS it never ends, one small file per interval.
//
// # What proves the files
//
// Once an hour a digest file lists the log files delivered since the last one
// with their SHA-256 hashes, names the digest before it with hash and signature,
// and is signed itself with the RSA key of its account and Region. The private
// keys are sealed by the keyring; ListPublicKeys gives the public ones. "aws
// cloudtrail validate-logs" follows the chain.
package cloudtrail

import (
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// Service is the CloudTrail of a cloud.
type Service struct {
	cloud *cloud.Cloud
	jobs  *work.Scheduler
}

// New makes the service. It adds its background job to a scheduler that has not
// been started yet.
func New(c *cloud.Cloud, jobs *work.Scheduler) *Service {
	s := &Service{cloud: c, jobs: jobs}
	jobs.Add(work.Job{Name: deliveryJob, Schedule: work.Every(deliveryInterval), Run: s.deliver})
	return s
}

// Handlers are the service's operations.
func (s *Service) Handlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(cloudtrailapi.OpAddTags, s.AddTags),
		cloud.Handle(cloudtrailapi.OpCreateTrail, s.CreateTrail),
		cloud.Handle(cloudtrailapi.OpDeleteTrail, s.DeleteTrail),
		cloud.Handle(cloudtrailapi.OpDescribeTrails, s.DescribeTrails),
		cloud.Handle(cloudtrailapi.OpGetEventSelectors, s.GetEventSelectors),
		cloud.Handle(cloudtrailapi.OpGetTrail, s.GetTrail),
		cloud.Handle(cloudtrailapi.OpGetTrailStatus, s.GetTrailStatus),
		cloud.Handle(cloudtrailapi.OpListPublicKeys, s.ListPublicKeys),
		cloud.Handle(cloudtrailapi.OpListTags, s.ListTags),
		cloud.Handle(cloudtrailapi.OpListTrails, s.ListTrails),
		cloud.Handle(cloudtrailapi.OpLookupEvents, s.LookupEvents),
		cloud.Handle(cloudtrailapi.OpPutEventSelectors, s.PutEventSelectors),
		cloud.Handle(cloudtrailapi.OpRemoveTags, s.RemoveTags),
		cloud.Handle(cloudtrailapi.OpStartLogging, s.StartLogging),
		cloud.Handle(cloudtrailapi.OpStopLogging, s.StopLogging),
		cloud.Handle(cloudtrailapi.OpUpdateTrail, s.UpdateTrail),
	}
}

// notBuilt names what AWS has and Fortlet does not.
func notBuilt(what string) error { return cloud.NotImplemented(&cloudtrailapi.Service, what) }
