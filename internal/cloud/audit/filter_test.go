package audit

import (
	"testing"
	"time"
)

func TestFilters(t *testing.T) {
	const key1, key2 = "arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:kms:us-east-1:111122223333:key/2"
	everyLog(t, func(t *testing.T, l *Log) {
		for n := 1; n <= 6; n++ {
			r := numbered(n)
			switch n {
			case 2:
				r.RecipientAccountID, r.Region = "444455556666", "eu-central-1"
			case 3:
				r.EventName, r.EventSource, r.ReadOnly = "CreateKey", "sts.amazonaws.com", false
			case 4:
				r.UserIdentity = UserIdentity{Type: "Root", AccessKeyID: "AKIAROOT"}
				r.ManagementEvent = false
			case 5:
				r.Resources = []Resource{{ARN: key1, Type: "AWS::KMS::Key"}, {ARN: key2, Type: "AWS::KMS::Alias"}}
			case 6:
				// What a caller sends can look like anything.
				r.RequestParameters = []byte(`{"recipientAccountId":"444455556666","awsRegion":"eu-central-1","eventName":"CreateKey",` +
					`"eventSource":"sts.amazonaws.com","readOnly":false,"accessKeyId":"AKIAROOT","ARN":"` + key2 + `","type":"AWS::KMS::Alias",` +
					`"managementEvent":true,"requestID":"request-3","eventID":"event-3","userName":"root","eventTime":"1999-01-01T00:00:00Z"}`)
			}
			if err := l.Append(r); err != nil {
				t.Fatal(err)
			}
		}
		at := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Second) }
		for _, c := range []struct {
			name string
			f    Filter
			want string
		}{
			{"none", Filter{}, "6 5 4 3 2 1"},
			{"account", Filter{Account: "444455556666"}, "2"},
			{"other account", Filter{Account: "111122223333"}, "6 5 4 3 1"},
			{"region", Filter{Region: "eu-central-1"}, "2"},
			{"account and region", Filter{Account: "111122223333", Region: "eu-central-1"}, ""},
			{"event name", Filter{EventName: "CreateKey"}, "3"},
			{"part of an event name", Filter{EventName: "Create"}, ""},
			{"event source", Filter{EventSource: "sts.amazonaws.com"}, "3"},
			{"writing", Filter{ReadOnly: new(false)}, "3"},
			{"reading", Filter{ReadOnly: new(true)}, "6 5 4 2 1"},
			{"username root", Filter{Username: "root"}, "4"},
			{"username", Filter{Username: "alejandro"}, "6 5 3 2 1"},
			{"access key", Filter{AccessKeyID: "AKIAROOT"}, "4"},
			{"resource name", Filter{ResourceName: key2}, "5"},
			{"resource's last part", Filter{ResourceName: "2"}, "5"},
			{"part of a last part", Filter{ResourceName: "234"}, ""},
			{"last parts", Filter{ResourceName: "key/2"}, "5"},
			{"resource type", Filter{ResourceType: "AWS::KMS::Alias"}, "5"},
			{"name and type of different resources", Filter{ResourceName: key1, ResourceType: "AWS::KMS::Alias"}, ""},
			{"event id", Filter{EventID: "event-3"}, "3"},
			{"management", Filter{Management: true}, "6 5 3 2 1"},
			{"request id", Filter{RequestID: "request-3"}, "3"},
			{"start", Filter{Start: at(4)}, "6 5 4"},
			{"start within a second", Filter{Start: at(4).Add(time.Millisecond)}, "6 5 4"},
			{"end", Filter{End: at(3)}, "3 2 1"},
			{"start and end", Filter{Start: at(2), End: at(3)}, "3 2"},
			{"another zone", Filter{Start: at(2).In(time.FixedZone("", 7200)), End: at(2).In(time.FixedZone("", -7200))}, "2"},
			{"nothing then", Filter{Start: at(7)}, ""},
			{"page", Filter{Before: 4}, "3 2 1"},
			{"last page", Filter{Before: 1}, ""},
		} {
			t.Run(c.name, func(t *testing.T) { expectRequests(t, l, c.f, c.want) })
		}
	})
}

func TestOldFilesAreNotReadForRecentEvents(t *testing.T) {
	dir := t.TempDir()
	now := epoch
	l := openLog(t, dir, Options{MaxFile: 1, Now: func() time.Time { return now }})
	for n := 1; n <= 5; n++ {
		now = epoch.Add(time.Duration(n) * time.Hour)
		r := numbered(n)
		r.EventTime = now
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, pathOf(dir, 1), nil) // whoever reads it fails
	expectRequests(t, l, Filter{Start: epoch.Add(4 * time.Hour)}, "5 4")
}

func TestIterationCanStop(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 20)
		n := 0
		for range l.Events(Filter{}) {
			if n++; n == 3 {
				break
			}
		}
		if n != 3 {
			t.Errorf("%d events", n)
		}
	})
}
