package snapshot

// Document is a policy document that gives permissions to an entity.
type Document struct {
	Name  string // of the policy
	ARN   string // of a managed policy; empty for an inline one
	Group string // the group through which a user has it
	Text  string
}

// Managed reports whether the document is of a managed policy.
func (d *Document) Managed() bool { return d.ARN != "" }

// Documents are the policies of a role or group, or those that are a user's
// own: first the inline ones by name, then the managed ones by ARN. The
// boundary, which gives nothing, is not among them: see BoundaryOf.
func (a *Account) Documents(e *Entity) []Document { return a.documents(nil, e, "") }

// UserDocuments are the policies of a user and of the groups that the user is
// in, in the order of the groups' names.
func (a *Account) UserDocuments(u *User) []Document {
	out := a.Documents(&u.Entity)
	for _, name := range u.Groups {
		if g := a.Group(name); g != nil {
			out = a.documents(out, &g.Entity, name)
		}
	}
	return out
}

func (a *Account) documents(out []Document, e *Entity, group string) []Document {
	for _, p := range e.Inline {
		out = append(out, Document{Name: p.Name, Group: group, Text: p.Document})
	}
	for _, arn := range e.Attached {
		if p := a.Policy(arn); p != nil {
			out = append(out, Document{Name: p.Name, ARN: arn, Group: group, Text: p.Document})
		}
	}
	return out
}

// BoundaryOf is the permissions boundary of a role or user, nil when it has
// none.
func (a *Account) BoundaryOf(e *Entity) *ManagedPolicy {
	if e.Boundary == "" {
		return nil
	}
	return a.Policy(e.Boundary)
}
