// Package catalogue knows the actions of AWS: which services there are, what
// can be done in them, on which resources, under which condition keys.
package catalogue

// Level says what an action does to what it acts on, in the words of the
// Service Authorization Reference.
type Level uint8

// The access levels.
const (
	Read Level = iota
	List
	Write
	PermissionsManagement
	Tagging
)

// Service is one service.
type Service struct {
	Prefix        string // "s3", what actions begin with
	Name          string // "Amazon S3"
	Actions       []Action
	ResourceTypes []ResourceType
	ConditionKeys []ConditionKey
}

// Action is one action of a service.
type Action struct {
	Service       *Service
	Name          string // "GetObject"
	Level         Level
	Resources     []ActionResource // the resource types that it acts on; none: only "*"
	ConditionKeys []string         // whatever the resource
	Dependent     []string         // further actions that it needs: "iam:PassRole"
}

// ActionResource is a resource type that an action acts on.
type ActionResource struct {
	Type          *ResourceType
	Required      bool
	ConditionKeys []string
	Dependent     []string
}

// ResourceType is a type of resource of a service.
type ResourceType struct {
	Name          string   // "object"
	ARNs          []string // "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	ConditionKeys []string
}

// ConditionKey is a condition key of a service.
type ConditionKey struct {
	Name string // "s3:prefix", "aws:ResourceTag/${TagKey}"
	Type string // "String", "ArnLike", "ArrayOfString", "Bool", "Date", "Numeric", …
}

// Catalogue is the services, in the order of their prefixes.
type Catalogue struct{ Services []*Service }
