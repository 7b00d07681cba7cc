package accessanalyzer

import (
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// The tables. What scans find is by the id of the analyzer, so that one that is
// made anew under an old name inherits nothing.
var (
	analyzers = store.NewTable[Analyzer]("accessanalyzer.analyzer") // by account, Region and name
	rules     = store.NewTable[Rule]("accessanalyzer.rule")         // by analyzer and name
	findings  = store.NewTable[Finding]("accessanalyzer.finding")   // by analyzer and id
	resources = store.NewTable[Resource]("accessanalyzer.resource") // by analyzer and ARN

	findingsOf = findings.Index("resource", func(f *Finding) []string { return []string{store.Key(f.Analyzer, f.Resource)} })
)

// Analyzer is an analyzer of external access.
type Analyzer struct {
	ID      string // unique for ever
	Account string
	Region  string
	Name    string
	Type    analyzerapi.Type
	Created time.Time
	Tags    map[string]string
	Token   string // of the request that created it

	// Scanned is when all resources were last looked at, zero for never.
	Scanned time.Time
	// Disabled is why an analyzer of an organization does not analyze any more.
	Disabled analyzerapi.ReasonCode
	// Last is the resource that was analyzed last.
	Last   string
	LastAt time.Time
}

func analyzerKey(account, region, name string) string { return store.Key(account, region, name) }

func (a *Analyzer) key() string { return analyzerKey(a.Account, a.Region, a.Name) }

// ARN is the analyzer's name.
func (a *Analyzer) ARN() string { return analyzerARN(a.Region, a.Account, a.Name) }

func analyzerARN(region, account, name string) string {
	return cloud.ARN("access-analyzer", region, account, "analyzer/"+name)
}

func (a *Analyzer) ruleARN(name string) string { return a.ARN() + "/archive-rule/" + name }

// summary is the analyzer as the API shows it.
func (a *Analyzer) summary() analyzerapi.AnalyzerSummary {
	s := analyzerapi.AnalyzerSummary{
		Arn:       new(a.ARN()),
		Name:      new(a.Name),
		Type:      a.Type,
		CreatedAt: new(a.Created),
		Tags:      a.Tags,
		Status:    analyzerapi.AnalyzerStatusActive,
	}
	if a.Tags == nil {
		s.Tags = map[string]string{}
	}
	if a.Disabled != "" {
		s.Status, s.StatusReason = analyzerapi.AnalyzerStatusDisabled, &analyzerapi.StatusReason{Code: a.Disabled}
	}
	if a.Last != "" {
		s.LastResourceAnalyzed, s.LastResourceAnalyzedAt = new(a.Last), new(a.LastAt)
	}
	return s
}

// now is the time of a call, as the API shows times.
func now(call *cloud.Call) time.Time { return seconds(call.Time) }

func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
