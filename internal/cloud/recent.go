package cloud

import (
	"encoding/json"
	"errors"
	"sync"

	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// remembered is how many calls can be explained from memory.
const remembered = 2048

// recent remembers the last calls with their decisions, so that they can be
// explained. It keeps what the decisions were made from and computes nothing
// until it is asked.
type recent struct {
	mu    sync.Mutex
	calls [remembered]*Call
	next  int
}

func (r *recent) add(c *Call) {
	r.mu.Lock()
	r.calls[r.next] = c
	r.next = (r.next + 1) % remembered
	r.mu.Unlock()
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
	r.calls = [remembered]*Call{}
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
func (c *Cloud) Explanation(requestID string) (raw json.RawMessage, account string, err error) {
	if call := c.recent.find(requestID); call != nil {
		raw, err = json.Marshal(call.explain())
		return raw, call.Account(), err
	}
	entry, err := c.Audit.Find(requestID)
	if errors.Is(err, audit.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return entry.Explanation, entry.Record.RecipientAccountID, nil
}

func (c *Call) explain() *Explanation {
	e := &Explanation{
		RequestID: c.ID,
		Action:    c.Operation.Action(),
		Principal: c.Principal.Describe(),
		Account:   c.Account(),
		Exempt:    c.Exemption(),
	}
	for _, d := range c.Decisions() {
		x := d.Explain()
		// Without the message the explanation is still whole.
		x.EncodedMessage, _ = c.Cloud.EncodeMessage(d)
		e.Decisions = append(e.Decisions, x)
	}
	e.Text = e.text()
	return e
}
