package authz

import (
	"fmt"
	"strings"
)

// Denied is the error of a Check that was not allowed.
type Denied struct{ Decision *Decision }

// Error is AWS's access denied message: see "Troubleshoot access denied error
// messages" in the IAM User Guide.
func (e *Denied) Error() string {
	d := e.Decision
	subject := fmt.Sprintf("User: %s is not authorized to perform: %s", d.Scope.Principal.Describe(), d.Request.Action)
	if d.Request.Resource != "" {
		subject += " on resource: " + d.Request.Resource
	}
	if d.Request.Reticent && d.By == ResourceBased {
		return subject
	}
	return subject + " " + d.reason()
}

func (d *Decision) reason() string {
	if d.Explicit {
		reason := "with an explicit deny in " + article(d.By) + " " + string(d.By)
		// Of an organization's policies AWS tells which, to members.
		if strings.HasPrefix(d.Document.ID, "arn:") && d.told() {
			reason += ": " + d.Document.ID
		}
		return reason
	}
	return fmt.Sprintf("because no %s allows the %s action", d.By, d.Request.Action)
}

func article(t PolicyType) string {
	if t == IdentityBased {
		return "an"
	}
	return "a"
}

// Describe names the principal as AWS's messages do.
func (p *Principal) Describe() string {
	switch {
	case p.ARN != "":
		return p.ARN
	case p.Service != "":
		return p.Service
	}
	return "anonymous"
}
