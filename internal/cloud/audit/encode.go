package audit

import (
	"cmp"
	"encoding/json"
	"unicode/utf8"
)

// The sizes beyond which CloudTrail cuts a text or leaves a value out. They
// also bound a line of the log.
const (
	maxText       = 1 << 10
	maxParameters = 100 << 10
	maxDetails    = 28 << 10
)

// appendEvent appends r as a CloudTrail event. It is written out by hand since
// it is done for every request: reflection takes several times as long.
func appendEvent(b []byte, r *Record) []byte {
	b = appendMember(b, `{"eventVersion":`, cmp.Or(r.EventVersion, EventVersion))
	b = append(b, `,"userIdentity":`...)
	b = appendIdentity(b, &r.UserIdentity)
	b = append(b, `,"eventTime":`...)
	b = appendTime(b, r.EventTime)
	b = appendMember(b, `,"eventSource":`, r.EventSource)
	b = appendMember(b, `,"eventName":`, r.EventName)
	b = appendMember(b, `,"awsRegion":`, r.Region)
	b = appendMember(b, `,"sourceIPAddress":`, cut(r.SourceIPAddress))
	b = appendMember(b, `,"userAgent":`, cut(r.UserAgent))
	b = appendOptional(b, `,"errorCode":`, cut(r.ErrorCode))
	b = appendOptional(b, `,"errorMessage":`, cut(r.ErrorMessage))
	b = appendValue(b, `,"requestParameters":`, r.RequestParameters, maxParameters)
	b = appendValue(b, `,"responseElements":`, r.ResponseElements, maxParameters)
	b = appendOptionalValue(b, `,"additionalEventData":`, r.AdditionalEventData, maxDetails)
	b = appendOptionalValue(b, `,"serviceEventDetails":`, r.ServiceEventDetails, maxParameters)
	b = appendOptional(b, `,"requestID":`, r.RequestID)
	b = appendMember(b, `,"eventID":`, r.EventID)
	b = append(b, `,"readOnly":`...)
	b = appendBool(b, r.ReadOnly)
	b = appendResources(b, r.Resources)
	b = appendMember(b, `,"eventType":`, cmp.Or(r.EventType, APICall))
	b = appendOptional(b, `,"apiVersion":`, r.APIVersion)
	b = append(b, `,"managementEvent":`...)
	b = appendBool(b, r.ManagementEvent)
	b = appendOptional(b, `,"recipientAccountId":`, r.RecipientAccountID)
	b = appendOptional(b, `,"sharedEventID":`, r.SharedEventID)
	b = appendOptional(b, `,"vpcEndpointId":`, r.VPCEndpointID)
	b = appendMember(b, `,"eventCategory":`, r.category())
	b = appendTLS(b, r.TLSDetails)
	return append(b, '}')
}

func (r *Record) category() string {
	switch {
	case r.EventCategory != "":
		return r.EventCategory
	case r.ManagementEvent:
		return Management
	}
	return Data
}

func appendIdentity(b []byte, u *UserIdentity) []byte {
	b = appendMember(b, `{"type":`, u.Type)
	if u.AccountID == Anonymous {
		b = append(b, `,"principalId":""`...) // which CloudTrail does not leave out
	}
	b = appendOptional(b, `,"principalId":`, u.PrincipalID)
	b = appendOptional(b, `,"arn":`, u.ARN)
	b = appendOptional(b, `,"accountId":`, u.AccountID)
	b = appendOptional(b, `,"accessKeyId":`, u.AccessKeyID)
	b = appendOptional(b, `,"userName":`, u.UserName)
	if u.SessionContext != nil {
		b = append(b, `,"sessionContext":{`...)
		b = appendSession(b, u.SessionContext)
		b = append(b, '}')
	}
	b = appendOptional(b, `,"invokedBy":`, u.InvokedBy)
	return append(b, '}')
}

func appendSession(b []byte, s *SessionContext) []byte {
	if i := s.Issuer; i != nil {
		b = appendMember(b, `"sessionIssuer":{"type":`, i.Type)
		b = appendOptional(b, `,"principalId":`, i.PrincipalID)
		b = appendOptional(b, `,"arn":`, i.ARN)
		b = appendOptional(b, `,"accountId":`, i.AccountID)
		b = appendOptional(b, `,"userName":`, i.UserName)
		b = append(b, `},`...)
	}
	b = append(b, `"attributes":{"creationDate":`...)
	b = appendTime(b, s.Attributes.CreationDate)
	b = append(b, `,"mfaAuthenticated":"`...) // CloudTrail writes it as text
	b = appendBool(b, s.Attributes.MFAAuthenticated)
	b = append(b, `"}`...)
	return appendOptional(b, `,"sourceIdentity":`, s.SourceIdentity)
}

func appendResources(b []byte, resources []Resource) []byte {
	if len(resources) == 0 {
		return b
	}
	b = append(b, `,"resources":[`...)
	for i := range resources {
		if i > 0 {
			b = append(b, ',')
		}
		r := &resources[i]
		b = appendObject(b, `"accountId":`, r.AccountID, `"type":`, r.Type, `"ARN":`, r.ARN, `"ARNPrefix":`, r.ARNPrefix)
	}
	return append(b, ']')
}

func appendTLS(b []byte, d *TLSDetails) []byte {
	if d == nil {
		return b
	}
	b = append(b, `,"tlsDetails":`...)
	return appendObject(b, `"tlsVersion":`, d.Version, `"cipherSuite":`, d.CipherSuite,
		`"clientProvidedHostHeader":`, cut(d.ClientProvidedHostHeader))
}

// appendObject appends an object of string members that are left out when
// empty, given as names and values in turn.
func appendObject(b []byte, members ...string) []byte {
	b = append(b, '{')
	first := len(b)
	for i := 0; i < len(members); i += 2 {
		if members[i+1] == "" {
			continue
		}
		if len(b) > first {
			b = append(b, ',')
		}
		b = appendMember(b, members[i], members[i+1])
	}
	return append(b, '}')
}

// appendValue appends a JSON value, or null where there is none or it is too
// large to be kept.
func appendValue(b []byte, name string, raw json.RawMessage, limit int) []byte {
	b = append(b, name...)
	if len(raw) == 0 || len(raw) > limit {
		return append(b, "null"...)
	}
	return appendRaw(b, raw)
}

func appendOptionalValue(b []byte, name string, raw json.RawMessage, limit int) []byte {
	if len(raw) == 0 {
		return b
	}
	return appendValue(b, name, raw, limit)
}

// cut shortens a text that a stranger chose to what CloudTrail keeps of it.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
