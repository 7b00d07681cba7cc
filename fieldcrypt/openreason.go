package fieldcrypt

import (
	"context"
	"errors"

	"github.com/aws/smithy-go"
)

// kmsReason is the reason that a failed call of KMS stands for, other where err
// is none. Codes: "Errors" of Decrypt and "Common Errors" in the AWS KMS API
// Reference.
func kmsReason(err, other error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "AccessDeniedException", "NotAuthorized":
			return ErrDenied
		case "InvalidCiphertextException", "IncorrectKeyException", "ValidationException":
			return ErrInvalid
		}
		return ErrUnavailable
	}
	var call *smithy.OperationError
	if errors.As(err, &call) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ErrUnavailable // no answer
	}
	return other
}
