package lambdaevent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// A refusal is why a request is answered and not forwarded.
type refusal struct {
	status  int
	message string // for the client
	cause   error  // for the log
}

func (r *refusal) Error() string {
	if r.cause != nil {
		return r.cause.Error()
	}
	return r.message
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

// refusalOf tells what to answer to a request that could not be protected. An
// error that is none of the request's goes to Lambda.
func refusalOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	for _, known := range []struct {
		err    error
		status int
	}{
		{fieldcrypt.ErrUnsupported, http.StatusUnsupportedMediaType},
		{fieldcrypt.ErrDuplicate, http.StatusBadRequest},
		{fieldcrypt.ErrTooDeep, http.StatusBadRequest},
		{fieldcrypt.ErrTooMany, http.StatusRequestEntityTooLarge},
		{fieldcrypt.ErrEncoding, http.StatusUnprocessableEntity},
		{fieldcrypt.ErrTooLong, http.StatusRequestEntityTooLarge},
		{fieldcrypt.ErrSeal, http.StatusServiceUnavailable},
		{fieldcrypt.ErrSyntax, http.StatusBadRequest},
	} {
		if !errors.Is(err, known.err) {
			continue
		}
		r := &refusal{known.status, err.Error(), withoutPath(err)}
		if known.status == http.StatusServiceUnavailable {
			// What a key's sealer says is not for strangers.
			r.message = "a field could not be sealed"
		}
		return r
	}
	return err
}

// withoutPath is what the log is told of an error. The names in a path are the
// client's, who may have put a value where a name was to be.
func withoutPath(err error) error {
	var field *fieldcrypt.FieldError
	switch {
	case !errors.As(err, &field):
		return err
	case field.Rule == "":
		return field.Err
	}
	return fmt.Errorf("rule %s: %w", field.Rule, field.Err)
}

// response is the answer as CloudFront takes it from a function. CloudFront
// would cache what answers an origin request, for the next client too.
func (r *refusal) response() []byte {
	type line struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	return encode(struct {
		Status      string            `json:"status"`
		Description string            `json:"statusDescription"`
		Headers     map[string][]line `json:"headers"`
		Encoding    string            `json:"bodyEncoding"`
		Body        string            `json:"body"`
	}{
		Status:      strconv.Itoa(r.status),
		Description: http.StatusText(r.status),
		Headers: map[string][]line{
			"cache-control":          {{"Cache-Control", "no-store"}},
			"content-type":           {{"Content-Type", "application/json"}},
			"x-content-type-options": {{"X-Content-Type-Options", "nosniff"}},
		},
		Encoding: "text",
		Body:     string(encode(map[string]string{"error": r.message})) + "\n",
	})
}
