package snapshot

// Pool gives equal strings the same memory. In a large account the same
// document, path or ARN is there many times.
type Pool map[string]string

// Share is a string that equals s.
func (p Pool) Share(s string) string {
	if known, ok := p[s]; ok {
		return known
	}
	p[s] = s
	return s
}

// share lets equal documents and ARNs be one string.
func (a *Account) share() {
	pool := make(Pool)
	for i := range a.Policies {
		p := &a.Policies[i]
		p.ARN, p.Document = pool.Share(p.ARN), pool.Share(p.Document)
	}
	for _, e := range a.Entities() {
		for i := range e.Inline {
			e.Inline[i].Document = pool.Share(e.Inline[i].Document)
		}
		for i := range e.Attached {
			e.Attached[i] = pool.Share(e.Attached[i])
		}
	}
	for i := range a.Roles {
		a.Roles[i].Trust = pool.Share(a.Roles[i].Trust)
	}
}
