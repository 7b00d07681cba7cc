// Package api describes AWS services as data: which protocol a service speaks,
// which operations it has and what their inputs and outputs look like. The
// folders below hold the generated types of one service each; tools/apigen
// writes them from the AWS service models.
//
// Members carry their wire name, location and constraints as struct tags (see
// Tag), which package wire turns into codecs and validators. Nothing here
// knows HTTP or any rule of a service.
package api

import "reflect"

// Protocol is one of the wire protocols in which AWS services speak.
type Protocol uint8

// The protocols, by the names of the AWS models.
const (
	JSON10   Protocol = iota + 1 // application/x-amz-json-1.0
	JSON11                       // application/x-amz-json-1.1
	Query                        // form in, XML out
	EC2                          // the query variant of EC2
	RestJSON                     // HTTP bindings, JSON bodies
	RestXML                      // HTTP bindings, XML bodies
)

// Service is one AWS service.
type Service struct {
	Name         string // the endpoint prefix, which is also the folder: "kms"
	ID           string // the service id of the model: "KMS"
	SigningName  string // the service in a credential scope: "kms"
	Version      string // the API version: "2014-11-01"
	Protocol     Protocol
	TargetPrefix string // of X-Amz-Target, JSON protocols: "TrentService"
	Namespace    string // of answers, XML protocols: "https://iam.amazonaws.com/doc/2010-05-08/"
	Global       bool   // one endpoint for the whole partition: IAM
	// Public services take a request that nobody has signed as one of the
	// anonymous principal: S3.
	Public bool

	// Operations are those that Fortlet builds, sorted by name. The generated
	// Define calls fill it.
	Operations []*Operation
	// Unbuilt names the operations of the model that Fortlet does not build:
	// they answer NotImplemented.
	Unbuilt []string
	// Former are those of Unbuilt that are the older name of another operation
	// with the same route, which answers them.
	Former map[string]string
	// UnbuiltRoutes tell by which requests those are called, REST protocols.
	UnbuiltRoutes []Route
	// Anonymous names those of Unbuilt that AWS takes from anyone, unsigned.
	Anonymous []string
}

// EventSource is the name under which CloudTrail records the service.
func (s *Service) EventSource() string { return s.Name + ".amazonaws.com" }

// Operation is one operation of a service.
type Operation struct {
	Service *Service
	Name    string // "Encrypt"
	Method  string // HTTP method of the REST protocols
	Path    string // URI template of the REST protocols
	Status  int    // HTTP status of success, where it is not 200
	// ReadOnly is CloudTrail's readOnly: the call changes nothing.
	ReadOnly bool
	// Data says that CloudTrail records the call as a data event, which only
	// trails that ask for it get: GetObject.
	Data bool
	// Checksum says that the request must bring a checksum of its body.
	Checksum bool
	// Unsigned is set where AWS takes the call from anyone: AssumeRoleWithSAML.
	Unsigned bool
	// ResultWrapper is the element that holds the output, XML protocols:
	// "GetUserResult". In rest-xml it is the root.
	ResultWrapper string

	Input, Output reflect.Type // the generated structs, not pointers to them
}

// Route is the request by which an operation of a REST service is called.
type Route struct {
	Name, Method, Path string
	// Query and Header name what the request must have besides.
	Query, Header []string
}

// Action is the operation as policies name it: "kms:Encrypt".
func (o *Operation) Action() string { return o.Service.SigningName + ":" + o.Name }

// Op is an operation with the types of its input and output, so that the
// compiler checks who handles and who calls it.
type Op[In, Out any] struct{ Operation }

// Define completes o with its types and adds it to its service.
func Define[In, Out any](o Operation) *Op[In, Out] {
	o.Input, o.Output = reflect.TypeFor[In](), reflect.TypeFor[Out]()
	op := &Op[In, Out]{o}
	o.Service.Operations = append(o.Service.Operations, &op.Operation)
	return op
}
