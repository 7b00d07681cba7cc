package cloud

import (
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// deniedByS3 is S3's answer to a denied call. It tells the reason within the
// account or the organization of the resource, with the resource in quotes, and
// says no more than "Access Denied" to everybody else (Amazon S3 User Guide,
// "Troubleshoot access denied (403 Forbidden) errors in Amazon S3").
func deniedByS3(denied *authz.Denied) *api.Error {
	message := "Access Denied"
	if d := denied.Decision; related(d.Scope.Authorizer.Organization, d.Scope.Principal.Account, d.Request.Owner) {
		resource := " on resource: " + d.Request.Resource
		quoted := ` on resource: "` + d.Request.Resource + `"`
		message = strings.Replace(denied.Error(), resource, quoted, 1)
	}
	return api.Errorf("AccessDenied", 403, "%s", message)
}

// related reports two accounts that are one, or in one organization.
func related(org authz.Organization, a, b string) bool {
	switch {
	case a == "" || b == "":
		return false
	case a == b:
		return true
	case org == nil:
		return false
	}
	of, other := org.Of(a), org.Of(b)
	return of != nil && other != nil && of.OrgID == other.OrgID
}
