package compare

import (
	"strconv"
	"strings"
	"sync"

	"github.com/fortlet/fortlet/policy"
)

// Memo remembers the results of comparisons by the text of their documents, so
// that a thousand roles with the same policies are compared once. The zero Memo
// is empty and ready; any number of goroutines may share one. All comparisons
// with it must have the same Options.
type Memo struct {
	mu      sync.Mutex
	results map[string]*Result
}

func (o Options) remembered(a, b Side, only ways) *Result {
	if o.Memo == nil {
		return o.compare(a, b, only)
	}
	name := strconv.Itoa(int(only)) + a.name() + "\x00" + b.name()
	o.Memo.mu.Lock()
	known := o.Memo.results[name]
	o.Memo.mu.Unlock()
	if known != nil {
		return known
	}
	made := o.compare(a, b, only)
	o.Memo.mu.Lock()
	defer o.Memo.mu.Unlock()
	if o.Memo.results == nil {
		o.Memo.results = make(map[string]*Result)
	}
	o.Memo.results[name] = made
	return made
}

// name tells sides apart. The order of policies counts, because examples say
// which of them allows.
func (s Side) name() string {
	var b strings.Builder
	write := func(sort byte, p *policy.Policy) {
		b.WriteByte(sort)
		b.WriteString(strconv.Itoa(int(p.Kind())))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(len(p.Document())))
		b.WriteByte(':')
		b.WriteString(p.Document())
	}
	for _, p := range s.Policies {
		write('p', p)
	}
	if s.Boundary != nil {
		write('b', s.Boundary)
	}
	return b.String()
}
