package audit

import (
	"bytes"
	"slices"
	"time"
)

// Filter selects events. A zero member selects all. The attributes are those
// of LookupEvents.
type Filter struct {
	Account    string // recipientAccountId
	Region     string
	Start, End time.Time // both included, to the second
	Before     uint64    // only records with smaller numbers: the next page

	RequestID    string
	EventID      string
	EventName    string
	EventSource  string
	AccessKeyID  string
	Username     string
	ResourceType string
	ResourceName string // an ARN or its last part: see Resource.Named
	ReadOnly     *bool
	Management   bool // no data events
}

// screen is a filter made ready to pass over lines that cannot match, most of
// them, without decoding them.
type screen struct {
	*Filter
	needles    [][]byte // members that a matching line contains as text
	start, end []byte   // as events write them
}

// newScreen relies on the one way in which this package encodes a member. A
// needle may also occur inside somebody's request parameters, so what passes
// is decoded and compared by match.
func newScreen(f *Filter) *screen {
	s := &screen{Filter: f}
	s.need(`"recipientAccountId":`, f.Account)
	s.need(`"awsRegion":`, f.Region)
	s.need(`"requestID":`, f.RequestID)
	s.need(`"eventID":`, f.EventID)
	s.need(`"eventName":`, f.EventName)
	s.need(`"eventSource":`, f.EventSource)
	s.need(`"accessKeyId":`, f.AccessKeyID)
	s.need(`"type":`, f.ResourceType)
	if f.ResourceName != "" {
		s.needles = append(s.needles, appendString(nil, f.ResourceName)[1:]) // its end
	}
	if f.Management {
		s.needles = append(s.needles, []byte(`"managementEvent":true`))
	}
	if f.ReadOnly != nil {
		s.needles = append(s.needles, appendBool([]byte(`"readOnly":`), *f.ReadOnly))
	}
	if !f.Start.IsZero() {
		s.start = f.Start.UTC().AppendFormat(nil, time.RFC3339)
	}
	if !f.End.IsZero() {
		s.end = f.End.UTC().AppendFormat(nil, time.RFC3339)
	}
	return s
}

func (s *screen) need(name, value string) {
	if value != "" {
		s.needles = append(s.needles, appendMember(nil, name, value))
	}
}

// may reports whether the content of a line can match.
func (s *screen) may(content []byte) bool {
	if seq, ok := parseSeq(content); s.Before != 0 && ok && seq >= s.Before {
		return false // of the page before
	}
	for _, n := range s.needles {
		if !bytes.Contains(content, n) {
			return false
		}
	}
	if s.start == nil && s.end == nil {
		return true
	}
	// Nothing in front of the event's own time can contain this: it is all
	// strings, where quotes are escaped.
	const name = `"eventTime":"`
	i := bytes.Index(content, []byte(name))
	if i < 0 || len(content) < i+len(name)+len(time.RFC3339) {
		return true
	}
	at := content[i+len(name):]
	at = at[:max(0, bytes.IndexByte(at, '"'))]
	return (s.start == nil || bytes.Compare(at, s.start) >= 0) && (s.end == nil || bytes.Compare(at, s.end) <= 0)
}

// match reports whether a record is selected.
func (f *Filter) match(r *Record) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.Account, r.RecipientAccountID) &&
		is(f.Region, r.Region) &&
		is(f.RequestID, r.RequestID) &&
		is(f.EventID, r.EventID) &&
		is(f.EventName, r.EventName) &&
		is(f.EventSource, r.EventSource) &&
		is(f.AccessKeyID, r.UserIdentity.AccessKeyID) &&
		is(f.Username, r.Username()) &&
		(f.ReadOnly == nil || *f.ReadOnly == r.ReadOnly) &&
		(!f.Management || r.ManagementEvent) &&
		f.matchTime(r.EventTime) && f.matchResource(r.Resources)
}

func (f *Filter) matchTime(t time.Time) bool {
	return (f.Start.IsZero() || !t.Before(f.Start.Truncate(time.Second))) && (f.End.IsZero() || !t.After(f.End))
}

func (f *Filter) matchResource(resources []Resource) bool {
	if f.ResourceType == "" && f.ResourceName == "" {
		return true
	}
	return slices.ContainsFunc(resources, func(r Resource) bool {
		return (f.ResourceType == "" || f.ResourceType == r.Type) && (f.ResourceName == "" || r.Named(f.ResourceName))
	})
}
