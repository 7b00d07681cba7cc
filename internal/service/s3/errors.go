package s3

import (
	"context"
	"strconv"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
)

// with gives an error further members of its answer: pairs of name and value.
func with(e *api.Error, fields ...string) *api.Error {
	e.Fields = make(map[string]any, len(fields)/2)
	for i := 0; i < len(fields); i += 2 {
		e.Fields[fields[i]] = fields[i+1]
	}
	return e
}

// errAccessDenied says nothing of the reason, as S3 to strangers.
func errAccessDenied() *api.Error { return api.Errorf("AccessDenied", 403, "Access Denied") }

func errNoSuchBucket(name string) *api.Error {
	return with(s3api.ErrNoSuchBucket("The specified bucket does not exist"), "BucketName", name)
}

func errNoSuchKey(key string) *api.Error {
	return with(s3api.ErrNoSuchKey("The specified key does not exist."), "Key", key)
}

func errNoSuchVersion(key, version string) *api.Error {
	return with(api.Errorf("NoSuchVersion", 404, "The specified version does not exist."), "Key", key, "VersionId", version)
}

func errNoSuchUpload(id string) *api.Error {
	return with(s3api.ErrNoSuchUpload("The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."),
		"UploadId", id)
}

// errInvalidArgument names the parameter that is at fault, by its name on the
// wire, and its value.
func errInvalidArgument(message, name, value string) *api.Error {
	return with(api.Errorf("InvalidArgument", 400, "%s", message), "ArgumentName", name, "ArgumentValue", value)
}

func errInvalidRequest(format string, args ...any) *api.Error {
	return s3api.ErrInvalidRequest(format, args...)
}

func errMalformedXML() *api.Error {
	return api.Errorf("MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema")
}

func errMissingBody() *api.Error {
	return api.Errorf("MissingRequestBodyError", 400, "Request Body is empty")
}

func errMethodNotAllowed(method, resource string) *api.Error {
	return with(api.Errorf("MethodNotAllowed", 405, "The specified method is not allowed against this resource."),
		"Method", method, "ResourceType", resource)
}

func errPreconditionFailed(header string) *api.Error {
	return with(api.Errorf("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold"), "Condition", header)
}

func errInvalidRange(requested string, size int64) *api.Error {
	return with(api.Errorf("InvalidRange", 416, "The requested range is not satisfiable"),
		"RangeRequested", requested, "ActualObjectSize", strconv.FormatInt(size, 10))
}

func errEntityTooLarge(proposed, most int64) *api.Error {
	return with(api.Errorf("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size"),
		"ProposedSize", strconv.FormatInt(proposed, 10), "MaxSizeAllowed", strconv.FormatInt(most, 10))
}

func errInvalidTag(message, key string) *api.Error {
	e := api.Errorf("InvalidTag", 400, "%s", message)
	if key != "" {
		with(e, "TagKey", key)
	}
	return e
}

// notBuilt is the answer to a part of a request that AWS has and Fortlet does
// not.
func notBuilt(what string) *api.Error { return cloud.NotImplemented(&s3api.Service, what) }

func errWrongRegion(presigned bool, signed, region string) *api.Error {
	code, what := "AuthorizationHeaderMalformed", "The authorization header is malformed"
	if presigned {
		code, what = "AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter"
	}
	return with(api.Errorf(code, 400, "%s; the region '%s' is wrong; expecting '%s'", what, signed, region),
		"Region", region, "x-amz-bucket-region", region)
}

func errACLsDisabled() *api.Error {
	return api.Errorf("AccessControlListNotSupported", 400, "The bucket does not allow ACLs")
}

// errBlocked is the refusal of what a public access block forbids to set.
func errBlocked(ctx context.Context, action, resource, reason string) *api.Error {
	return api.Errorf("AccessDenied", 403, `User: %s is not authorized to perform: %s on resource: "%s" because %s`,
		cloud.From(ctx).Principal.Describe(), action, resource, reason)
}
