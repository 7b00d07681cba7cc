package leastprivilege

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// Need is a permission that a call needed.
type Need struct {
	Action  string // "s3:GetObject"
	Targets []Target
	// Inferred is why a permission is taken to be needed that has no event of its
	// own, such as iam:PassRole. Where the current policies do not allow it, it
	// was not needed.
	Inferred string
	// Untold is what the record leaves open and the need does not cover.
	Untold string
}

// Target is what a permission is for.
type Target struct {
	ARN string
	// Pattern: ARN has wildcards, because the record does not say all of it.
	Pattern bool
	// Either: the record leaves open which of the need's targets with this mark
	// is meant.
	Either bool
}

// everything is the resource of actions that have none, and of those whose
// resource is not known.
var everything = Target{ARN: "*", Pattern: true}

// UnmappedError says why a record does not tell which permission it needed.
type UnmappedError struct{ Service, Event, Reason string }

func (e *UnmappedError) Error() string {
	return fmt.Sprintf("%s %s: %s", e.Service, e.Event, e.Reason)
}

// Mapper finds what calls needed.
type Mapper struct {
	Catalogue *catalogue.Catalogue
	Account   *snapshot.Account // to find paths by names; nil: they are not known
}

// Map gives what a call needed: nothing where it needs no permission. The error
// is an *UnmappedError.
func (m *Mapper) Map(r *Record) ([]Need, error) {
	prefix := servicePrefix(r.EventSource)
	if noPermission[prefix+":"+r.EventName] {
		return nil, nil
	}
	service := m.Catalogue.Service(prefix)
	if service == nil {
		return nil, &UnmappedError{r.EventSource, r.EventName, "the service is not in the catalogue of actions"}
	}
	var needs []Need
	var err error
	if special := specials[prefix]; special != nil {
		needs, err = special(m, r, service)
	} else {
		needs, err = m.plain(r, service, r.EventName)
	}
	if err != nil {
		return nil, err
	}
	return append(needs, m.passed(r, prefix)...), nil
}

// specials are the services whose events are not named like actions, or whose
// calls need more than one.
var specials map[string]func(*Mapper, *Record, *catalogue.Service) ([]Need, error)

func init() {
	specials = map[string]func(*Mapper, *Record, *catalogue.Service) ([]Need, error){
		"s3": (*Mapper).s3, "kms": (*Mapper).kms, "sts": (*Mapper).sts, "iam": (*Mapper).iam, "ec2": (*Mapper).ec2, "lambda": (*Mapper).lambda,
	}
}

// plain maps an event whose action bears its name.
func (m *Mapper) plain(r *Record, s *catalogue.Service, name string) ([]Need, error) {
	a := action(s, name)
	if a == nil {
		return nil, &UnmappedError{r.EventSource, r.EventName, fmt.Sprintf("there is no action %s:%s", s.Prefix, unversioned(name))}
	}
	return []Need{{Action: a.String(), Targets: m.targets(r, a)}}, nil
}

func action(s *catalogue.Service, name string) *catalogue.Action {
	if a := s.Action(name); a != nil {
		return a
	}
	return s.Action(unversioned(name))
}

// version is how Lambda and CloudFront end the names of their events:
// GetFunction20150331v2, CreateDistribution2020_05_31.
var version = regexp.MustCompile(`(\d{8}(v\d+)?|\d{4}_\d{2}_\d{2})$`)

func unversioned(name string) string { return version.ReplaceAllString(name, "") }

// servicePrefix is how a service's actions begin: mostly as its event source.
func servicePrefix(source string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(source, ".cn"), ".amazonaws.com")
	if p, ok := prefixes[name]; ok {
		return p
	}
	return name
}

var prefixes = map[string]string{
	"monitoring":           "cloudwatch",
	"tagging":              "tag",
	"cloudcontrolapi":      "cloudformation",
	"appstream2":           "appstream",
	"metering-marketplace": "aws-marketplace",
}

// noPermission are calls that everybody may make. STS says so of these: "No
// permissions are required for users to perform this operation", and of
// GetCallerIdentity even where a policy denies it.
//
// See https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
// and https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
var noPermission = map[string]bool{
	"sts:GetCallerIdentity": true,
	"sts:GetSessionToken":   true,
	"sts:GetAccessKeyInfo":  true,
}
