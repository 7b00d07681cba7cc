package accessanalyzer

import (
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// analyzerRecord is the record of a call that changes a bucket.
func analyzerRecord(w *world, event, arn string) audit.Record {
	return audit.Record{
		EventTime: w.now, EventSource: "s3.amazonaws.com", EventName: event, Region: region, RequestID: cloud.NewID(), EventID: cloud.NewID(), ManagementEvent: true,
		RecipientAccountID: account, Resources: []audit.Resource{{AccountID: account, Type: "AWS::S3::Bucket", ARN: arn}},
	}
}
