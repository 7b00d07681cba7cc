package api_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
)

func TestError(t *testing.T) {
	err := fmt.Errorf("deeper: %w", iam.ErrNoSuchEntity("The role with name %s cannot be found.", "r").WithCause(io.EOF))
	if !errors.Is(err, iam.ErrNoSuchEntity("")) || errors.Is(err, iam.ErrDeleteConflict("")) {
		t.Error("errors are not told apart by their codes")
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	var e *api.Error
	if !errors.As(err, &e) || e.Status != 404 || e.Message != "The role with name r cannot be found." || e.Fault() != "Sender" {
		t.Errorf("got %+v", e)
	}
	if got := e.Error(); got != "NoSuchEntity: The role with name r cannot be found." {
		t.Error(got)
	}
	if got := kms.ErrKMSInternalException(""); got.Error() != "KMSInternalException" || got.Status != 500 || got.Fault() != "Receiver" {
		t.Errorf("got %+v", got)
	}
}
