package leastprivilege

import (
	"encoding/json"
	"time"
)

// Report is what an analysis has found, for people and programs.
type Report struct {
	Principal string     `json:"principal"`
	Since     *time.Time `json:"since,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	Sources   []string   `json:"sources"`
	Records   Counts     `json:"records"`

	// Policies are the new policies, together as narrow as can be.
	Policies []Policy `json:"policies,omitempty"`
	Replay   *Replay  `json:"replay,omitempty"`
	Bound    *Bound   `json:"bound,omitempty"` // nil: the current policies do not bound the new ones

	NotMapped []Finding `json:"notMapped,omitempty"` // what the policy does not cover, because nobody knows its action
	Outside   []Finding `json:"outside,omitempty"`   // what the current policies do not allow
	Inferred  []Finding `json:"inferred,omitempty"`  // permissions without an event of their own
	Wide      []Finding `json:"wide,omitempty"`      // permissions whose resource no record names
	// Unreadable are current policies that could not be understood.
	Unreadable []string `json:"unreadable,omitempty"`
	Notes      []string `json:"notes,omitempty"`

	// Services are what the current policies allow and what of it was used.
	Services []ServiceUse `json:"services,omitempty"`
}

// Counts say what became of the principal's records.
type Counts struct {
	Read    int `json:"read"`    // of anybody's
	Records int `json:"records"` // that the principal made
	Used    int `json:"used"`    // that the policy allows
	Failed  int `json:"failed"`  // among the others: calls that failed for another reason than a denial

	NoPermission int `json:"noPermission"` // calls that everybody may make
	Denied       int `json:"denied"`
	NoCall       int `json:"noCall"` // records that are no calls of the API
	Unmapped     int `json:"unmapped"`
	Outside      int `json:"outside"` // calls that the current policies do not allow
	// Former are the records of a role or user that had the same ARN before
	// this one was made. They are not among Records.
	Former int `json:"former"`
}

// Policy is one new policy.
type Policy struct {
	Document json.RawMessage `json:"document"`
	Size     int             `json:"size"` // in characters, as IAM counts
}

// Bound is what comparing the new policies with the current ones has shown.
type Bound struct {
	Wider     []string `json:"wider,omitempty"` // requests that only the new ones allow
	Undecided []string `json:"undecided,omitempty"`
}

// Holds reports whether the new policies are proven to be no wider.
func (b *Bound) Holds() bool { return len(b.Wider) == 0 && len(b.Undecided) == 0 }

// report tells what was found in the records.
func (k *collector) report(from Source) *Report {
	r := &Report{
		Principal: k.o.Subject.ARN, Sources: from.About(), Records: k.counts,
		NotMapped: k.unmapped.list(), Outside: k.outside.list(), Inferred: k.inferred.list(), Wide: k.wide.list(),
	}
	if !k.o.Since.IsZero() {
		r.Since = &k.o.Since
	}
	if !k.o.Until.IsZero() {
		r.Until = &k.o.Until
	}
	if k.current != nil {
		r.Unreadable = k.current.Unreadable
	}
	return r
}

// Smaller reports whether the current policies allow actions that were not used,
// or whether records were left out of the new ones.
func (r *Report) Smaller() bool {
	for _, s := range r.Services {
		if len(s.Unused) > 0 {
			return true
		}
	}
	return r.Records.Unmapped > 0 || r.Records.Outside > 0
}
