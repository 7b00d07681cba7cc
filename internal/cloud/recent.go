package cloud

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// These bound the calls that can be explained from memory: by number, and by
// the length of their requests, since what a caller sent lives on in what was
// decided about it (a resource's name, tags, an encryption context). A decision
// counts for some bytes of its own: one call of DeleteObjects makes thousands.
const (
	remembered      = 2048
	rememberedBytes = 4 << 20
	decisionBytes   = 512
)

// maxExplained is how many decisions of a call are explained.
const maxExplained = 16

// maxKept is the length of an explanation from which on it is kept without the
// readings of the policies, statement by statement. Anybody may be denied by a
// bucket whose policy is long, as often as he likes, and each time it is written
// to the log.
const maxKept = 8 << 10

// recent remembers the last calls with their decisions, so that they can be
// explained. It keeps what the decisions were made from and computes nothing
// until it is asked.
type recent struct {
	mu     sync.Mutex
	calls  [remembered]*Call // a ring
	oldest int
	n      int
	bytes  int
}

func (r *recent) add(c *Call) {
	size := c.rememberedSize()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.n == remembered || r.n > 0 && r.bytes+size > rememberedBytes {
		r.drop()
	}
	r.calls[(r.oldest+r.n)%remembered] = c
	r.n++
	r.bytes += size
}

// rememberedSize is what a call counts for among those that are remembered. A
// call does not change anymore then.
func (c *Call) rememberedSize() int {
	const few = 8 // as any call has
	return c.Size + decisionBytes*max(0, len(c.Decisions())+len(c.forwarded)-few)
}

// drop forgets the oldest call. mu is held.
func (r *recent) drop() {
	r.bytes -= r.calls[r.oldest].rememberedSize()
	r.calls[r.oldest] = nil
	r.oldest = (r.oldest + 1) % remembered
	r.n--
}

func (r *recent) find(id string) *Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if c != nil && c.ID == id {
			return c
		}
	}
	return nil
}

func (r *recent) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.n > 0 {
		r.drop()
	}
}

// Explanation is why a call was allowed or denied.
type Explanation struct {
	RequestID string               `json:"requestId"`
	Action    string               `json:"action"`
	Principal string               `json:"principal"`
	Account   string               `json:"account"`
	Exempt    string               `json:"exempt,omitempty"`
	Decisions []*authz.Explanation `json:"decisions,omitempty"`
	// Text is all of it for people.
	Text string `json:"text"`
}

// Explanation explains a call by its request id, as JSON, and tells whose call
// it was. A call that is remembered is explained from memory, a denied one
// from its record as well. It is nil for any other.
//
// It tells everything, other accounts' policies too: CallersExplanation is what
// the caller's account may know.
func (c *Cloud) Explanation(requestID string) (raw json.RawMessage, account string, err error) {
	return c.explanation(requestID, authz.Everybody)
}

// CallersExplanation is Explanation for the caller's account, which is told
// nothing of the resources of others.
func (c *Cloud) CallersExplanation(requestID string) (raw json.RawMessage, account string, err error) {
	return c.explanation(requestID, authz.Caller)
}

func (c *Cloud) explanation(requestID string, to authz.Audience) (raw json.RawMessage, account string, err error) {
	if call := c.recent.find(requestID); call != nil {
		raw, err = json.Marshal(call.explain(to))
		return raw, call.explainedTo(), err
	}
	entry, err := c.Audit.Find(requestID)
	if errors.Is(err, audit.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	var kept recordedExplanation
	if entry.Explanation != nil {
		if err := json.Unmarshal(entry.Explanation, &kept); err != nil {
			return nil, "", err
		}
	}
	raw = kept.Caller
	if to == authz.Everybody && kept.Everybody != nil {
		raw = kept.Everybody
	}
	return raw, entry.Record.RecipientAccountID, nil
}

// recordedExplanation is what is kept beside the record of a denied call.
type recordedExplanation struct {
	Caller    json.RawMessage `json:"caller"`
	Everybody json.RawMessage `json:"everybody,omitempty"` // where it says more
}

// explainDenial keeps why a call was denied beside its record, so that it can
// be explained after a restart too.
func (c *Call) explainDenial() json.RawMessage {
	if !slices.ContainsFunc(c.decided(), func(d *authz.Decision) bool { return !d.Allowed }) {
		return nil
	}
	kept, err := c.recordExplanation()
	if err != nil {
		return nil // an explanation is no reason to fail a call
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return nil
	}
	return data
}

func (c *Call) recordExplanation() (kept recordedExplanation, err error) {
	if kept.Caller, err = c.explain(authz.Caller).short(); err != nil {
		return kept, err
	}
	if slices.ContainsFunc(c.decided(), (*authz.Decision).Concealed) {
		kept.Everybody, err = c.explain(authz.Everybody).short()
	}
	return kept, err
}

// short is the explanation as it is kept.
func (e *Explanation) short() ([]byte, error) {
	raw, err := json.Marshal(e)
	if err != nil || len(raw) <= maxKept {
		return raw, err
	}
	for _, d := range e.Decisions {
		for i := range d.Policies {
			d.Policies[i].Explanation = nil
		}
	}
	e.Text = e.text()
	return json.Marshal(e)
}

func (c *Call) explain(to authz.Audience) *Explanation {
	e := &Explanation{
		RequestID: c.ID,
		Action:    c.Operation.Action(),
		Principal: c.Principal.Describe(),
		Account:   c.explainedTo(),
		Exempt:    c.Exemption(),
	}
	for _, d := range c.explained() {
		x := d.Explain(to)
		// Without the message the explanation is still whole.
		x.EncodedMessage, _ = c.Cloud.EncodeMessage(d)
		e.Decisions = append(e.Decisions, x)
	}
	e.Text = e.text()
	return e
}

// explained are the decisions that an explanation of the call tells of: those
// that denied something first, where there are too many for all.
func (c *Call) explained() []*authz.Decision {
	list := c.decided()
	if len(list) <= maxExplained {
		return list
	}
	slices.SortStableFunc(list, func(a, b *authz.Decision) int {
		switch {
		case a.Allowed == b.Allowed:
			return 0
		case b.Allowed:
			return -1
		}
		return 1
	})
	return list[:maxExplained]
}

// explainedTo is the account that may have the call explained: the caller's, or
// the resource's where the caller has none.
func (c *Call) explainedTo() string {
	if account := c.Account(); account != "" || len(c.Decisions()) == 0 {
		return account
	}
	return c.Decisions()[0].Request.Owner
}
