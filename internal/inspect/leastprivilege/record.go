package leastprivilege

import (
	"encoding/json"
	"strings"
	"time"
)

// Record is one event of CloudTrail: what this package reads of it.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
type Record struct {
	UserIdentity    Identity  `json:"userIdentity"`
	EventTime       time.Time `json:"eventTime"`
	EventSource     string    `json:"eventSource"`
	EventName       string    `json:"eventName"`
	Region          string    `json:"awsRegion"`
	SourceIPAddress string    `json:"sourceIPAddress"`
	UserAgent       string    `json:"userAgent"`
	ErrorCode       string    `json:"errorCode"`

	RequestParameters json.RawMessage `json:"requestParameters"`
	ResponseElements  json.RawMessage `json:"responseElements"`
	TLSDetails        json.RawMessage `json:"tlsDetails"`

	EventID            string     `json:"eventID"`
	EventType          string     `json:"eventType"`
	Resources          []Resource `json:"resources"`
	RecipientAccountID string     `json:"recipientAccountId"`
	VPCEndpointID      string     `json:"vpcEndpointId"`

	parameters map[string]any // RequestParameters, once they were asked for
}

// Identity is who made a call.
type Identity struct {
	Type           string          `json:"type"`
	PrincipalID    string          `json:"principalId"`
	ARN            string          `json:"arn"`
	AccountID      string          `json:"accountId"`
	UserName       string          `json:"userName"`
	InvokedBy      string          `json:"invokedBy"`
	SessionContext *SessionContext `json:"sessionContext"`
}

// SessionContext tells of temporary credentials.
type SessionContext struct {
	Issuer struct {
		Type        string `json:"type"`
		PrincipalID string `json:"principalId"`
		ARN         string `json:"arn"`
	} `json:"sessionIssuer"`
	Attributes struct {
		CreationDate     string `json:"creationDate"`
		MFAAuthenticated string `json:"mfaAuthenticated"`
	} `json:"attributes"`
	SourceIdentity string `json:"sourceIdentity"`
}

// Resource is a resource that a record names.
type Resource struct {
	AccountID string `json:"accountId"`
	Type      string `json:"type"`
	ARN       string `json:"ARN"`
	// ARNPrefix is in the place of ARN where a record is about all that begins
	// like this.
	ARNPrefix string `json:"ARNPrefix"`
}

// denials are the error codes of a call that was not allowed. Services that
// have a code of their own end it like one of the suffixes.
var (
	denials = map[string]bool{
		"AccessDenied": true, "AccessDeniedException": true, "UnauthorizedOperation": true, "UnauthorizedException": true,
		"AuthorizationError": true, "AuthorizationErrorException": true, "NotAuthorized": true, "NotAuthorizedException": true,
		"AccessDeniedError": true, "UnauthorizedAccess": true, "AllAccessDisabled": true,
	}
	denialSuffixes = []string{".UnauthorizedOperation", ".AccessDenied", "AccessDeniedException"}
)

// Denied reports a call that was not allowed.
func (r *Record) Denied() bool {
	if denials[r.ErrorCode] {
		return true
	}
	for _, s := range denialSuffixes {
		if strings.HasSuffix(r.ErrorCode, s) {
			return true
		}
	}
	return false
}

// isCall reports a call of the API. Events of a service about itself and
// sign-ins to the console are records too.
func (r *Record) isCall() bool { return r.EventType == "AwsApiCall" || r.EventType == "" }

// account is the account in which the call's resources are, as far as names
// without an account go.
func (r *Record) account() string {
	if r.UserIdentity.AccountID != "" {
		return r.UserIdentity.AccountID
	}
	return r.RecipientAccountID
}

// partition is that of the caller's ARN: "aws", "aws-cn", "aws-us-gov".
func (r *Record) partition() string {
	if p := strings.SplitN(r.UserIdentity.ARN, ":", 3); len(p) == 3 && p[1] != "" {
		return p[1]
	}
	return "aws"
}

// params are the request's parameters. CloudTrail has null, or a text, where
// they were too large or none.
func (r *Record) params() map[string]any {
	if r.parameters == nil {
		r.parameters = map[string]any{}
		var m map[string]any
		if json.Unmarshal(r.RequestParameters, &m) == nil && m != nil {
			r.parameters = m
		}
	}
	return r.parameters
}

// param is a parameter of the request as text, "" if it is none.
func (r *Record) param(name string) string {
	return text(r.params()[name])
}

// has reports a parameter that is there and not empty.
func (r *Record) has(name string) bool {
	switch v := r.params()[name].(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}
