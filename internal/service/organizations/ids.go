package organizations

import (
	"crypto/rand"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud"
)

// random gives lower-case letters and digits.
func random(n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 0, n)
	var draw [64]byte
	for len(b) < n {
		rand.Read(draw[:])
		for _, c := range draw {
			// Of the values of a byte, the last four would favour some characters.
			if int(c) < 256-256%len(alphabet) && len(b) < n {
				b = append(b, alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return string(b)
}

// The lengths are AWS's; that of a policy's id is the shortest that the API's
// patterns of id and ARN both have.
func newUnitID(root string) string { return "ou-" + strings.TrimPrefix(root, "r-") + "-" + random(8) }
func newPolicyID() string          { return "p-" + random(10) }
func newResourcePolicyID() string  { return "rp-" + random(8) }
func newHandshakeID() string       { return "h-" + random(32) }
func newRequestID() string         { return "car-" + random(32) }

// arn is the name of something in an organization, which belongs to the
// management account.
func (o *Organization) arn(resource string) string {
	return cloud.ARN("organizations", "", o.Management, resource)
}

func (o *Organization) accountARN(account string) string {
	return o.arn("account/" + o.ID + "/" + account)
}

func (o *Organization) rootARN() string { return o.arn("root/" + o.ID + "/" + o.Root) }

func (o *Organization) unitARN(id string) string { return o.arn("ou/" + o.ID + "/" + id) }

func (o *Organization) policyARN(p *Policy) string {
	kind := strings.ToLower(p.Type)
	if p.awsManaged() {
		return "arn:" + cloud.Partition + ":organizations::aws:policy/" + kind + "/" + p.ID
	}
	return o.arn("policy/" + o.ID + "/" + kind + "/" + p.ID)
}

func (o *Organization) handshakeARN(h *Handshake) string {
	return o.arn("handshake/" + o.ID + "/" + strings.ToLower(h.Action) + "/" + h.ID)
}

func (o *Organization) resourcePolicyARN(id string) string {
	return o.arn("resourcepolicy/" + o.ID + "/" + id)
}

// What an id is of.
func isRoot(id string) bool           { return strings.HasPrefix(id, "r-") }
func isUnit(id string) bool           { return strings.HasPrefix(id, "ou-") }
func isPolicy(id string) bool         { return strings.HasPrefix(id, "p-") }
func isResourcePolicy(id string) bool { return strings.HasPrefix(id, "rp-") }

func isAccount(id string) bool {
	return len(id) == 12 && strings.Trim(id, "0123456789") == ""
}
