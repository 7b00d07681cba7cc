package organizations

import (
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
)

// The policies of AWS that come with a type: attached to everything as long as
// the type is enabled, and changed by nobody.
var (
	fullAccess = &Policy{
		ID:          "p-FullAWSAccess",
		Type:        string(orgapi.PolicyTypeServiceControlPolicy),
		Name:        "FullAWSAccess",
		Description: "Allows access to every operation",
		Content: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`,
	}
	fullResourceAccess = &Policy{
		ID:          "p-RCPFullAWSAccess",
		Type:        string(orgapi.PolicyTypeResourceControlPolicy),
		Name:        "RCPFullAWSAccess",
		Description: "Allows access to every resource",
		Content: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`,
	}
)

// awsPolicies are they, in the order in which they are listed.
var awsPolicies = []*Policy{fullAccess, fullResourceAccess}

func (p *Policy) awsManaged() bool { return p.Org == "" }

// awsPolicyOf is the policy of AWS that comes with a type; nil for the types that
// come with none.
func awsPolicyOf(policyType string) *Policy {
	for _, p := range awsPolicies {
		if p.Type == policyType {
			return p
		}
	}
	return nil
}
