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
// decided about it (a resource's name, tags, an encryption context).
const (
	remembered      = 2048
	rememberedBytes = 4 << 20
)

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
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.n == remembered || r.n > 0 && r.bytes+c.Size > rememberedBytes {
		r.drop()
	}
	r.calls[(r.oldest+r.n)%remembered] = c
	r.n++
	r.bytes += c.Size
}

// drop forgets the oldest call. mu is held.
func (r *recent) drop() {
	r.bytes -= r.calls[r.oldest].Size
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
	if kept.Caller, err = json.Marshal(c.explain(authz.Caller)); err != nil {
		return kept, err
	}
	if slices.ContainsFunc(c.decided(), (*authz.Decision).Concealed) {
		kept.Everybody, err = json.Marshal(c.explain(authz.Everybody))
	}
	return kept, err
}

func (c *Call) explain(to authz.Audience) *Explanation {
	e := &Explanation{
		RequestID: c.ID,
		Action:    c.Operation.Action(),
		Principal: c.Principal.Describe(),
		Account:   c.explainedTo(),
		Exempt:    c.Exemption(),
	}
	for _, d := range c.decided() {
		x := d.Explain(to)
		// Without the message the explanation is still whole.
		x.EncodedMessage, _ = c.Cloud.EncodeMessage(d)
		e.Decisions = append(e.Decisions, x)
	}
	e.Text = e.text()
	return e
}

// explainedTo is the account that may have the call explained: the caller's, or
// the resource's where the caller has none.
func (c *Call) explainedTo() string {
	if account := c.Account(); account != "" || len(c.Decisions()) == 0 {
		return account
	}
	return c.Decisions()[0].Request.Owner
}
