// Package catalogue knows the actions of AWS: which services there are, what
// can be done in them, on which resources, under which condition keys.
//
// [Default] is the catalogue that comes with the program, taken from AWS's
// Service Authorization Reference; [Version] says from which state of it.
// [Catalogue.Action] and [Catalogue.Service] find one entry by name,
// [Catalogue.Expand] the actions that a policy's pattern stands for, and
// [Catalogue.ResourceTypes] what an ARN, or a policy's ARN with wildcards, can
// be the name of.
//
// A catalogue never changes once it is read and may be used by any number of
// goroutines. AWS adds actions every week: a name that is not in the catalogue
// need not be wrong, only unknown.
package catalogue

// Catalogue is the services, in the order of their prefixes.
type Catalogue struct {
	// Source is the name and version of what the catalogue was made from.
	Source   string
	Services []*Service
	// Global are the condition keys that any service can have: "aws:SourceIp",
	// "lambda:SourceFunctionArn".
	Global []ConditionKey

	byARN map[string][]*ResourceType // by the service part of their ARNs, "" where that may be any
}

// Service is one service.
type Service struct {
	Prefix        string // "s3", what actions begin with
	Name          string // "Amazon S3"
	RCP           bool   // resource control policies apply to it
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

// String is the action as a policy names it: "s3:GetObject".
func (a *Action) String() string { return a.Service.Prefix + ":" + a.Name }

// ActionResource is a resource type that an action acts on.
type ActionResource struct {
	Type          *ResourceType
	Required      bool
	ConditionKeys []string
	Dependent     []string
}

// ResourceType is a type of resource of a service.
type ResourceType struct {
	Service       *Service
	Name          string   // "object"
	ARNs          []string // "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	ConditionKeys []string
}

// ConditionKey is a condition key of a service.
type ConditionKey struct {
	Name string // "s3:prefix", "aws:ResourceTag/${TagKey}"
	Type string // "String", "ARN", "ArrayOfString", "Bool", "Date", "Numeric", …
}
