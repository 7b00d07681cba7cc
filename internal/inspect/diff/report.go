package diff

import "time"

// Report is what a comparison found, for people and programs: it encodes as
// JSON. Names and items are those after the dictionary has been applied;
// documents are as the accounts have them.
type Report struct {
	A       Side     `json:"a"`
	B       Side     `json:"b"`
	Summary []Metric `json:"summary"`
	// Semantic says that the effects were compared too, not the wording alone.
	Semantic bool `json:"semantic"`
	// Different is whether anything is left that differs: what --exit-code tells.
	Different bool `json:"different"`
	// Entities are the roles, users and groups, by kind, path and name.
	Entities []*Entity `json:"entities"`
	// Warnings are what a reader must know to trust the rest: documents that
	// could not be understood, names that the dictionary makes equal.
	Warnings []string `json:"warnings,omitempty"`
	// Folder is where the CSV files are.
	Folder string `json:"folder,omitempty"`
}

// Side is one of the two that are compared.
type Side struct {
	Tag     string    `json:"tag"`
	Profile string    `json:"profile,omitempty"`
	Account string    `json:"account"`
	Taken   time.Time `json:"taken"`
	// Baseline is the file that the side was read from, if it was.
	Baseline string `json:"baseline,omitempty"`
}

// Metric is a row of the summary.
type Metric struct {
	Name string `json:"name"`
	A    int    `json:"a"`
	B    int    `json:"b"`
}

// Kind is what an entity is.
type Kind string

// The kinds of entities.
const (
	Role  Kind = "role"
	User  Kind = "user"
	Group Kind = "group"
)

// Status is how an entity compares.
type Status string

// The statuses.
const (
	OnlyA Status = "only-a"
	OnlyB Status = "only-b"
	// Same has the same items on both sides.
	Same Status = "same"
	// SameInEffect is worded differently and allows the same; only the semantic
	// comparison finds it.
	SameInEffect Status = "same-in-effect"
	Different    Status = "different"
)

// Entity is a role, user or group that one side or both have under a name.
type Entity struct {
	Kind          Kind   `json:"kind"`
	Name          string `json:"name"`
	Path          string `json:"path"`
	ServiceLinked bool   `json:"serviceLinked,omitempty"`
	Status        Status `json:"status"`

	// A and B are what the sides have under that name. It is more than one
	// where the dictionary makes names equal.
	A []Original `json:"inA,omitempty"`
	B []Original `json:"inB,omitempty"`

	// OnlyA and OnlyB are the items that one side alone has; Common counts the
	// others, where both sides have the entity.
	OnlyA  []Item `json:"onlyA,omitempty"`
	OnlyB  []Item `json:"onlyB,omitempty"`
	Common int    `json:"common"`

	// Attributes are what else differs: tags, instance profiles, group members.
	Attributes []Attribute `json:"attributes,omitempty"`

	// Policies are the documents of both sides next to each other.
	Policies []Policy `json:"policies,omitempty"`

	// Semantic is how the effects compare, where that was asked and both sides
	// have the entity in other words.
	Semantic *Semantic `json:"semantic,omitempty"`
}

// Original is an entity as its account names it.
type Original struct {
	Name string `json:"name"`
	ARN  string `json:"arn"`
}

// PolicyType is how a policy belongs to an entity.
type PolicyType string

// The types of policies.
const (
	Trust    PolicyType = "trust"
	Inline   PolicyType = "inline"
	Managed  PolicyType = "managed"
	Boundary PolicyType = "boundary"
)

// Item is one thing that a statement says: an action on a resource, or a
// principal that is trusted.
type Item struct {
	Policy string     `json:"policy"`
	Type   PolicyType `json:"policyType"`
	Effect string     `json:"effect"`
	// Service and Action are the action's parts. Of NotAction, Action has all
	// patterns that are excepted, and Service is empty.
	Service   string `json:"service"`
	Action    string `json:"action"`
	NotAction bool   `json:"notAction,omitempty"`
	// Resource is a pattern; of NotResource it has all that are excepted.
	Resource    string `json:"resource,omitempty"`
	NotResource bool   `json:"notResource,omitempty"`
	// ResourceType is what the resource can be, by the ARN patterns of the
	// catalogue: "object", or "bucket, object".
	ResourceType string `json:"resourceType,omitempty"`
	// Principal is "AWS:arn:…", "Service:ec2.amazonaws.com", "*"; of NotPrincipal
	// it has all that are excepted.
	Principal    string `json:"principal,omitempty"`
	NotPrincipal bool   `json:"notPrincipal,omitempty"`
	// Condition is the Condition element as compact JSON with sorted keys.
	Condition string `json:"condition,omitempty"`
	// NoEffect says that the action does not act on resources of that type, so
	// that the item allows and denies nothing.
	NoEffect bool `json:"noEffect,omitempty"`
	// Text is a document, or a part of one, that is not understood and was
	// compared as text. The fields from Effect on are then empty.
	Text string `json:"text,omitempty"`
}

// Attribute is something beside the policies that differs.
type Attribute struct {
	Name string `json:"name"` // "tag Team", "instance profile", "member"
	A    string `json:"a,omitempty"`
	B    string `json:"b,omitempty"`
}

// Policy is a policy of an entity, on both sides or on one.
type Policy struct {
	Name string     `json:"name"`
	Type PolicyType `json:"type"`
	// Same says that both sides have the same items.
	Same bool       `json:"same"`
	A    []Document `json:"inA,omitempty"`
	B    []Document `json:"inB,omitempty"`
}

// Document is a policy document as the account has it.
type Document struct {
	Name string `json:"name"`
	ARN  string `json:"arn,omitempty"` // of a managed policy
	Text string `json:"text"`
	// Problem is why it cannot be understood, empty if it can.
	Problem string `json:"problem,omitempty"`
}

// Semantic is how the effects of an entity's policies compare.
type Semantic struct {
	// Equal says that both sides allow the same, as far as all of it could be
	// decided.
	Equal bool `json:"equal"`
	// Permissions are what the identity policies allow within the boundary;
	// Trust is who may assume the role. Nil where both sides say it in the
	// same words.
	Permissions *Effect `json:"permissions,omitempty"`
	Trust       *Effect `json:"trust,omitempty"`
}

// Effect is how two sets of policies compare.
type Effect struct {
	Equal bool      `json:"equal"`
	OnlyA []Example `json:"onlyA,omitempty"` // what A alone allows
	OnlyB []Example `json:"onlyB,omitempty"`
	// MoreA and MoreB say that there are further examples.
	MoreA     bool        `json:"moreA,omitempty"`
	MoreB     bool        `json:"moreB,omitempty"`
	Undecided []Undecided `json:"undecided,omitempty"`
}

// Example is a request that one side allows and the other denies.
type Example struct {
	Action string `json:"action"`
	// Others are the further actions of which the same can be shown.
	Others    []string            `json:"others,omitempty"`
	Resource  string              `json:"resource"`
	Principal string              `json:"principal,omitempty"` // of a trust policy
	Context   map[string][]string `json:"context,omitempty"`   // the condition keys that matter
	// AllowedBy is the policy whose statement (from 0) allows it on the one
	// side; DeniedBy is why the other does not: "an explicit deny", "no
	// statement allows it".
	AllowedBy string `json:"allowedBy"`
	Statement int    `json:"statement"`
	DeniedBy  string `json:"deniedBy"`
	// ProofA and ProofB are the evaluations of each policy of the sides.
	ProofA []Proof `json:"proofA"`
	ProofB []Proof `json:"proofB"`
}

// Proof is what the evaluator says of one policy and the example's request.
type Proof struct {
	Policy string `json:"policy"`
	Effect string `json:"effect"` // "Allow", "Deny", "NoMatch"
	Text   string `json:"text"`   // the tree of policy.Explain
}

// Undecided is a part that could not be decided, and why.
type Undecided struct {
	Actions []string `json:"actions,omitempty"`
	Reason  string   `json:"reason"`
}
