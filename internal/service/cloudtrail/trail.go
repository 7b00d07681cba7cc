package cloudtrail

import (
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// The tables. What changes with every delivery is apart from what its owner
// configures, so that neither writes over the other.
var (
	trails = store.NewTable[Trail]("cloudtrail.trail") // by account, home Region and name
	// leaving holds deleted trails that still have something to deliver, by id.
	leaving    = store.NewTable[Trail]("cloudtrail.leaving")
	progresses = store.NewTable[Progress]("cloudtrail.progress") // by the trail's id
)

// Trail is a trail as it is configured.
type Trail struct {
	ID      string // unique, also among trails of one name that come after another
	Account string
	Region  string // its home
	Name    string
	Bucket  string
	// BucketOwner is the account that owned the bucket when the trail got it.
	// Whoever takes the name over after the bucket was deleted gets no events.
	BucketOwner string
	Prefix      string
	KMSKey      string // ARN; "" for the bucket's default encryption
	Global      bool   // events of global services too
	AllRegions  bool
	Validation  bool // digests
	Tags        map[string]string

	Selectors []cloudtrailapi.EventSelector
	Advanced  []cloudtrailapi.AdvancedEventSelector

	Logging bool
	Started time.Time // when logging last began; zero for never
	Stopped time.Time // when it last ended
	Deleted time.Time // of a leaving trail
}

// Progress is how far a trail has delivered.
type Progress struct {
	Position audit.Position
	// Pauses are the times without logging that are ahead of the position, in
	// order. The last one goes on as long as the trail does not log.
	Pauses []Pause
	// DigestFrom is when the chain of digests began, in every Region.
	DigestFrom time.Time

	Attempt, Delivered, Digested time.Time
	Error, DigestError           string // of the last attempt; "" when it succeeded
}

// stopped reports that everything up to the last pause is delivered.
func (p *Progress) stopped() bool {
	return len(p.Pauses) == 1 && p.Pauses[0].Reached && p.Pauses[0].Resume == 0
}

// Pause is a time without logging, from the record of the call that stopped it
// up to a place in the audit log.
type Pause struct {
	Request string    // id of the call, whose record is the last that is delivered
	At      time.Time // of the call
	Reached bool      // everything before it is delivered
	Resume  uint64    // number of the last record that is not delivered; 0 while it lasts
}

func key(account, region, name string) string { return store.Key(account, region, name) }

func (t *Trail) key() string { return key(t.Account, t.Region, t.Name) }

// ARN is the trail's name.
func (t *Trail) ARN() string { return cloud.ARN("cloudtrail", t.Region, t.Account, "trail/"+t.Name) }

// in reports whether the trail is seen in a Region: at home, and everywhere
// else as the shadow of itself if it is of all Regions.
func (t *Trail) in(region string) bool { return t.AllRegions || t.Region == region }

// custom reports whether somebody has chosen what the trail selects.
func (t *Trail) custom() bool { return len(t.Selectors) > 0 || len(t.Advanced) > 0 }

// shown is the trail as the API shows it.
func (t *Trail) shown() *cloudtrailapi.Trail {
	return &cloudtrailapi.Trail{
		Name:                       new(t.Name),
		S3BucketName:               new(t.Bucket),
		S3KeyPrefix:                some(t.Prefix),
		IncludeGlobalServiceEvents: new(t.Global),
		IsMultiRegionTrail:         new(t.AllRegions),
		HomeRegion:                 new(t.Region),
		TrailARN:                   new(t.ARN()),
		LogFileValidationEnabled:   new(t.Validation),
		KmsKeyId:                   some(t.KMSKey),
		HasCustomEventSelectors:    new(t.custom()),
		HasInsightSelectors:        new(false),
		IsOrganizationTrail:        new(false),
	}
}

// some is a text, nil when it is empty.
func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// has reports whether a flag is set, with what it is by default.
func has(flag *bool, byDefault bool) bool {
	if flag == nil {
		return byDefault
	}
	return *flag
}

// text is a text that may be absent.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
