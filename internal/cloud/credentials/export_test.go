package credentials

// The bounds of what is kept open.
const (
	MaxSessions = maxSessions
	MaxHeld     = maxHeld
)

// Opened gives how many sessions are kept open, and their sizes together.
func (a *Authority) Opened() (sessions, held int) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, s := range a.sessions {
		held += s.size()
	}
	if held != a.held {
		panic("the bytes held are miscounted")
	}
	return len(a.sessions), held
}
