package wire

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// S3 has no ValidationException. What breaks the model has, by where it stands
// and what it is, an answer of its own. Those here were seen in the recordings
// of LocalStack's tests (tests/aws/services/s3, the snapshots), which are
// answers of AWS, or stand in the list of
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.

// isS3 reports whether the service speaks as S3 does.
func isS3(svc *api.Service) bool { return svc.Name == "s3" }

// invalidArgument refuses an argument, which the answer repeats.
func invalidArgument(name, value, message string) *api.Error {
	e := api.Errorf("InvalidArgument", http.StatusBadRequest, "%s", message)
	e.Fields = map[string]any{"ArgumentName": name, "ArgumentValue": value}
	return e
}

// refuseS3 answers for the text of a header or parameter that is no value of
// its type.
func refuseS3(m *member, text string) error {
	switch m.name {
	case "If-Modified-Since", "If-Unmodified-Since":
		return nil // RFC 9110 13.1.3: ignored if it is no date
	case "max-keys", "max-uploads", "max-parts", "max-buckets", "part-number-marker", "x-amz-max-parts", "x-amz-part-number-marker":
		return invalidArgument(m.name, text, "Provided "+m.name+" not an integer or within integer range")
	case "partNumber":
		return invalidArgument(m.name, text, "Part number must be an integer between 1 and 10000, inclusive")
	case "x-amz-object-lock-retain-until-date":
		return invalidArgument(m.name, text, "The retain until date must be provided in ISO 8601 format")
	}
	return invalidArgument(m.name, text, "Value for "+m.name+" is invalid.")
}

// validateS3 checks an input and tells the first thing that is wrong.
func validateS3(plan *structure, in reflect.Value) error {
	if e := faultS3(place{plan: plan, malformed: malformedXML}, in); e != nil {
		return e
	}
	return nil
}

// place is where in an input a value stands.
type place struct {
	plan *structure // the structure that has the member
	m    *member
	// malformed answers for a fault in the document that the value is part of.
	malformed func() *api.Error
}

// faultS3 finds the first fault of a structure.
func faultS3(at place, v reflect.Value) *api.Error {
	for _, i := range at.plan.checks {
		m := &at.plan.members[i]
		f := v.Field(m.index)
		if m.absent(f) {
			if m.tag.Required {
				return missingS3(m, at.malformed)
			}
			continue
		}
		inner := place{at.plan, m, at.malformed}
		if m.tag.Location == "payload" {
			inner.malformed = func() *api.Error { return malformedDocument(m) }
		}
		if e := valueFaultS3(inner, &m.shape, m.deref(f)); e != nil {
			return e
		}
	}
	return nil
}

// malformedDocument answers for a document that is not of its schema.
func malformedDocument(m *member) *api.Error {
	e := malformedXML()
	if m.name == "AccessControlPolicy" {
		e.Code = "MalformedACLError"
	}
	return e
}

// missingS3 answers for a required member that is not there.
func missingS3(m *member, malformed func() *api.Error) *api.Error {
	switch {
	case m.tag.Location == "payload" && m.kind == kindString: // a policy
		return api.Errorf("MalformedPolicy", http.StatusBadRequest, "Policies must be valid JSON and the first byte must be '{'")
	case m.tag.Location == "payload":
		return api.Errorf("MissingRequestBodyError", http.StatusBadRequest, "Request Body is empty")
	case m.name == "x-amz-object-attributes":
		return invalidRequest("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	case m.tag.Location != "":
		return invalidRequest("Missing required parameter for this request: '" + m.name + "'")
	}
	return malformed()
}

func invalidRequest(message string) *api.Error {
	return api.Errorf("InvalidRequest", http.StatusBadRequest, "%s", message)
}

// valueFaultS3 finds the first fault of a value that is there.
func valueFaultS3(at place, s *shape, v reflect.Value) *api.Error {
	switch s.kind {
	case kindStruct:
		return faultS3(place{s.fields, nil, at.malformed}, v)
	case kindList:
		for i := range v.Len() {
			if e := valueFaultS3(at, s.elem, v.Index(i)); e != nil {
				return e
			}
		}
		return nil
	case kindEnum:
		if _, known := s.enum.known[v.String()]; known || slices.Contains(alsoValid[s.typ.Name()], v.String()) {
			return nil
		}
		if s.typ.Name() == "BucketLocationConstraint" && v.String() != emptyEnum {
			return nil // the answer depends on the Region that is asked
		}
		return enumFaultS3(at, s, strings.TrimPrefix(v.String(), emptyEnum))
	}
	if len(s.broken(v, true)) > 0 {
		return constraintFaultS3(at, s, v)
	}
	return nil
}

// alsoValid has values that S3 takes and its model does not have, by the name
// of the enumeration.
var alsoValid = map[string][]string{
	// The two of the owner say nothing about a bucket, and are passed over:
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
	"BucketCannedACL": {"aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"},
	"FilterRuleName":  {"Prefix", "Suffix"},
}

// enumFaultS3 answers for a value that is none of its enumeration.
func enumFaultS3(at place, s *shape, value string) *api.Error {
	m := at.m
	if m.tag.Location == "" {
		return enumFaultInXML(s, value, at.malformed)
	}
	switch m.name {
	case "x-amz-acl":
		return invalidArgument(m.name, value, "")
	case "x-amz-storage-class":
		e := api.Errorf("InvalidStorageClass", http.StatusBadRequest, "The storage class you specified is not valid")
		e.Fields = map[string]any{"StorageClassRequested": value}
		return e
	case "x-amz-server-side-encryption":
		return invalidArgument(m.name, value, "The encryption method specified is not supported")
	case "x-amz-object-ownership":
		e := invalidArgument(m.name, value, "Invalid x-amz-object-ownership header: "+value)
		delete(e.Fields, "ArgumentValue")
		return e
	case "x-amz-metadata-directive":
		return invalidArgument(m.name, value, "Unknown metadata directive.")
	case "x-amz-tagging-directive":
		return invalidArgument(m.name, value, "Unknown tagging directive.")
	case "x-amz-object-lock-mode":
		return invalidArgument(m.name, value, "Unknown wormMode directive.")
	case "x-amz-object-lock-legal-hold":
		return invalidArgument(m.name, value, "Legal Hold must be either of 'ON' or 'OFF'")
	case "x-amz-object-attributes":
		return invalidArgument(m.name, value, "Invalid attribute name specified.")
	case "encoding-type":
		return invalidArgument(m.name, value, "Invalid Encoding Method specified in Request")
	case "x-amz-checksum-algorithm":
		return invalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]")
	case "x-amz-sdk-checksum-algorithm", "x-amz-checksum-type", "x-amz-checksum-mode":
		return invalidRequest("Value for " + m.name + " header is invalid.")
	}
	return invalidArgument(m.name, value, "Value for "+m.name+" is invalid.")
}

func enumFaultInXML(s *shape, value string, malformed func() *api.Error) *api.Error {
	switch s.typ.Name() {
	case "BucketLocationConstraint":
		e := api.Errorf("InvalidLocationConstraint", http.StatusBadRequest, "The specified location-constraint is not valid")
		e.Fields = map[string]any{"LocationConstraint": value}
		return e
	case "Event":
		return invalidArgument("Event", value, "A specified event is not supported for notifications.")
	case "FilterRuleName":
		return invalidArgument("FilterRule.Name", value, "filter rule name must be either prefix or suffix")
	}
	return malformed()
}

// constraintFaultS3 answers for a value that is too long or short, too large or
// small, or of other characters.
func constraintFaultS3(at place, s *shape, v reflect.Value) *api.Error {
	switch name := at.m.name; {
	case name == "x-amz-copy-source":
		return invalidArgument(name, v.String(), "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	case name == "max-buckets":
		return invalidArgument(name, s.format(v), "Argument max-buckets must be an integer between 1 and 10000")
	case at.m.tag.Location != "":
		return invalidArgument(name, s.format(v), "Value for "+name+" is invalid.")
	case at.plan.typ.Name() == "Tag":
		return api.Errorf("InvalidTag", http.StatusBadRequest, "The TagKey you have provided is invalid")
	}
	return at.malformed()
}
