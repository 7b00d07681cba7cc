package accessanalyzer

import (
	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
)

// The kinds of resources that errors name.
const (
	analyzerKind = "Analyzer"
	ruleKind     = "ArchiveRule"
	findingKind  = "Finding"
	resourceKind = "AnalyzedResource"
)

// of says which resource an error is about, as the model has it.
func of(e *api.Error, id, kind string) *api.Error {
	e.Fields = map[string]any{"resourceId": id, "resourceType": kind}
	return e
}

func errNotFound(id, kind string) error {
	return of(analyzerapi.ErrResourceNotFoundException("The %s %s was not found.", kind, id), id, kind)
}

func errConflict(id, kind string) error {
	return of(analyzerapi.ErrConflictException("The %s %s already exists.", kind, id), id, kind)
}

func errQuota(id, kind, format string, args ...any) error {
	return of(analyzerapi.ErrServiceQuotaExceededException(format, args...), id, kind)
}

// errField refuses the value of a member.
func errField(name, format string, args ...any) error {
	e := analyzerapi.ErrValidationException(format, args...)
	e.Fields = map[string]any{
		"reason":    "fieldValidationFailed",
		"fieldList": []map[string]string{{"name": name, "message": e.Message}},
	}
	return e
}

// errOther refuses a request for a reason that is in no member.
func errOther(format string, args ...any) error {
	e := analyzerapi.ErrValidationException(format, args...)
	e.Fields = map[string]any{"reason": "other"}
	return e
}

// notBuilt names what AWS has and Fortlet does not.
func notBuilt(what string) error { return cloud.NotImplemented(&analyzerapi.Service, what) }
