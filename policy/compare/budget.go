package compare

// budget bounds the work of one comparison, in steps that are about as long as
// each other. What comes after its end is undecided.
type budget struct{ left int }

// defaultBudget is some seconds of work.
const defaultBudget = 20_000_000

// spend takes steps off and reports whether there were any left.
func (b *budget) spend(steps int) bool {
	if b.left <= 0 {
		return false
	}
	b.left -= steps
	return true
}
