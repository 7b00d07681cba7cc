package accessanalyzer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Finding is somebody from outside who may get in.
type Finding struct {
	Analyzer     string // id
	ID           string
	Resource     string // ARN
	ResourceType analyzerapi.ResourceType
	Owner        string // account of the resource
	Principal    map[string]string
	Action       []string
	Condition    map[string]string
	Public       bool
	Sources      []analyzerapi.FindingSourceType // of buckets
	Error        string                          // why the resource could not be analyzed

	Created, Analyzed, Updated time.Time
	Status                     analyzerapi.FindingStatus
}

func findingKey(analyzer, id string) string { return store.Key(analyzer, id) }

// identify gives a finding the id that it always has: what is the same access
// is the same finding, also if it comes back after it was gone.
func (f *Finding) identify() {
	raw, err := json.Marshal([]any{f.Analyzer, f.Resource, f.Principal, f.Action, f.Condition, f.Error})
	if err != nil {
		panic(err) // of texts there is none
	}
	sum := sha256.Sum256(raw)
	text := hex.EncodeToString(sum[:16])
	f.ID = text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// put stores a finding with a status that it gets.
func (f *Finding) put(tx *store.Tx, status analyzerapi.FindingStatus, at time.Time) {
	with := *f
	with.Status, with.Updated = status, at
	findings.Put(tx, findingKey(f.Analyzer, f.ID), &with)
}

// errText is the error as the API shows it.
func (f *Finding) errText() *string { return some(f.Error) }

// some is a text, nil for none.
func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// text is what a member says, "" where it is not there.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (f *Finding) sources() (list []analyzerapi.FindingSource) {
	for _, s := range f.Sources {
		list = append(list, analyzerapi.FindingSource{Type: s})
	}
	return list
}

// condition is never nil: the model requires it.
func (f *Finding) condition() map[string]string {
	if f.Condition == nil {
		return map[string]string{}
	}
	return f.Condition
}

// shown is the finding as GetFinding shows it.
func (f *Finding) shown() *analyzerapi.Finding {
	s := analyzerapi.Finding(f.summary())
	return &s
}

// summary is the finding as ListFindings shows it.
func (f *Finding) summary() analyzerapi.FindingSummary {
	s := analyzerapi.FindingSummary{
		Id: new(f.ID), Resource: new(f.Resource), ResourceType: f.ResourceType, ResourceOwnerAccount: new(f.Owner),
		Condition: f.condition(), CreatedAt: new(f.Created), AnalyzedAt: new(f.Analyzed), UpdatedAt: new(f.Updated),
		Status: f.Status, Error: f.errText(), Sources: f.sources(),
	}
	if f.Error == "" {
		s.Principal, s.Action, s.IsPublic = f.Principal, f.Action, new(f.Public)
	}
	return s
}

// summaryV2 is the finding as ListFindingsV2 shows it.
func (f *Finding) summaryV2() analyzerapi.FindingSummaryV2 {
	return analyzerapi.FindingSummaryV2{
		Id: new(f.ID), Resource: new(f.Resource), ResourceType: f.ResourceType, ResourceOwnerAccount: new(f.Owner),
		CreatedAt: new(f.Created), AnalyzedAt: new(f.Analyzed), UpdatedAt: new(f.Updated),
		Status: f.Status, Error: f.errText(), FindingType: analyzerapi.FindingTypeExternalAccess,
	}
}

// details are the details of a finding as GetFindingV2 shows them.
func (f *Finding) details() []analyzerapi.FindingDetails {
	if f.Error != "" {
		return []analyzerapi.FindingDetails{}
	}
	return []analyzerapi.FindingDetails{{ExternalAccessDetails: &analyzerapi.ExternalAccessDetails{
		Action: f.Action, Condition: f.condition(), IsPublic: new(f.Public), Principal: f.Principal, Sources: f.sources(),
	}}}
}
