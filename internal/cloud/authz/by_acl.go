package authz

// ByACL reports that an access control list allowed what was asked, and nothing
// else did.
func (d *Decision) ByACL() bool {
	return d.Allowed && d.Document != nil && d.Request.ACL != nil && d.Document.Policy == d.Request.ACL
}
