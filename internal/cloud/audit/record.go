package audit

import (
	"encoding/json"
	"strings"
	"time"
)

// EventVersion is the version of the CloudTrail record format that is written.
const EventVersion = "1.11"

// Record is one call, in the members of a CloudTrail event record. A member
// that is empty is left out, except for those that CloudTrail always writes.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
type Record struct {
	EventVersion    string       `json:"eventVersion"` // EventVersion when empty
	UserIdentity    UserIdentity `json:"userIdentity"`
	EventTime       time.Time    `json:"eventTime"`   // written to the second
	EventSource     string       `json:"eventSource"` // "kms.amazonaws.com"
	EventName       string       `json:"eventName"`
	Region          string       `json:"awsRegion"`
	SourceIPAddress string       `json:"sourceIPAddress"`
	UserAgent       string       `json:"userAgent"`
	ErrorCode       string       `json:"errorCode,omitempty"`
	ErrorMessage    string       `json:"errorMessage,omitempty"`

	// JSON values, valid and with what is sensitive already redacted. Nil is
	// written as null, as CloudTrail does, or left out where it is optional.
	RequestParameters   json.RawMessage `json:"requestParameters"`
	ResponseElements    json.RawMessage `json:"responseElements"`
	AdditionalEventData json.RawMessage `json:"additionalEventData,omitempty"`
	ServiceEventDetails json.RawMessage `json:"serviceEventDetails,omitempty"`

	RequestID          string      `json:"requestID,omitempty"`
	EventID            string      `json:"eventID"`
	ReadOnly           bool        `json:"readOnly"`
	Resources          []Resource  `json:"resources,omitempty"`
	EventType          string      `json:"eventType"` // APICall when empty
	APIVersion         string      `json:"apiVersion,omitempty"`
	ManagementEvent    bool        `json:"managementEvent"`
	RecipientAccountID string      `json:"recipientAccountId,omitempty"`
	SharedEventID      string      `json:"sharedEventID,omitempty"`
	VPCEndpointID      string      `json:"vpcEndpointId,omitempty"`
	EventCategory      string      `json:"eventCategory"` // Management or Data when empty, by ManagementEvent
	TLSDetails         *TLSDetails `json:"tlsDetails,omitempty"`

	// Explanation is why the call was allowed or denied, as JSON. It is ours,
	// kept beside the event and never part of what CloudTrail shows.
	Explanation json.RawMessage `json:"-"`
}

// The event types and categories that records bear.
const (
	APICall      = "AwsApiCall"
	ServiceEvent = "AwsServiceEvent"

	Management = "Management"
	Data       = "Data"
)

// Anonymous stands in place of the account of a caller who has not signed.
const Anonymous = "ANONYMOUS_PRINCIPAL"

// UserIdentity is who made the call.
type UserIdentity struct {
	Type           string          `json:"type"` // "Root", "IAMUser", "AssumedRole", …
	PrincipalID    string          `json:"principalId,omitempty"`
	ARN            string          `json:"arn,omitempty"`
	AccountID      string          `json:"accountId,omitempty"`
	AccessKeyID    string          `json:"accessKeyId,omitempty"`
	UserName       string          `json:"userName,omitempty"`
	SessionContext *SessionContext `json:"sessionContext,omitempty"`
	InvokedBy      string          `json:"invokedBy,omitempty"`
}

// SessionContext describes temporary credentials.
type SessionContext struct {
	Issuer         *SessionIssuer    `json:"sessionIssuer,omitempty"`
	Attributes     SessionAttributes `json:"attributes"`
	SourceIdentity string            `json:"sourceIdentity,omitempty"`
}

// SessionIssuer is what a session was made from: a role, or the user who asked
// for a session of its own.
type SessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId,omitempty"`
	ARN         string `json:"arn,omitempty"`
	AccountID   string `json:"accountId,omitempty"`
	UserName    string `json:"userName,omitempty"`
}

// SessionAttributes says since when a session lives and whether a second
// factor opened it.
type SessionAttributes struct {
	CreationDate     time.Time `json:"creationDate"` // written to the second
	MFAAuthenticated bool      `json:"mfaAuthenticated,string"`
}

// Resource is a resource that the call was about.
type Resource struct {
	AccountID string `json:"accountId,omitempty"`
	Type      string `json:"type,omitempty"` // "AWS::KMS::Key"
	ARN       string `json:"ARN,omitempty"`
	// ARNPrefix stands in place of ARN for all the objects of a bucket, of a
	// call that lists them or names many.
	ARNPrefix string `json:"ARNPrefix,omitempty"`
}

// Named reports whether the resource goes by a name: its ARN, or the last part
// of it, such as the name of a user or bucket.
func (r *Resource) Named(name string) bool {
	before, ok := strings.CutSuffix(r.ARN, name)
	return ok && (before == "" || strings.HasSuffix(before, "/") || strings.HasSuffix(before, ":"))
}

// TLSDetails says how the connection was protected.
type TLSDetails struct {
	Version                  string `json:"tlsVersion,omitempty"`
	CipherSuite              string `json:"cipherSuite,omitempty"`
	ClientProvidedHostHeader string `json:"clientProvidedHostHeader,omitempty"`
}

// Username is the name under which LookupEvents finds the record's caller.
func (r *Record) Username() string {
	u := &r.UserIdentity
	switch {
	case u.Type == "Root":
		return "root"
	case u.UserName != "":
		return u.UserName
	case u.ARN != "":
		return lastPart(u.ARN)
	}
	return u.InvokedBy
}

// lastPart is what follows the last slash of an ARN: a session's own name.
func lastPart(arn string) string {
	for i := len(arn) - 1; i >= 0; i-- {
		if arn[i] == '/' || arn[i] == ':' {
			return arn[i+1:]
		}
	}
	return arn
}
