package edge

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// A Refusal is a request that was not, or not wholly, forwarded, and why.
type Refusal struct {
	Reason  string // one of a closed set: labels of metrics
	Status  int
	Message string // for the client; holds nothing of what others sent
	Cause   error  // of a kind that may be logged; nil where the message tells all
}

func (r *Refusal) Error() string { return r.Reason + ": " + r.Message }

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// The reasons of refusals, with the status of each.
const (
	reasonMethod    = "method"
	reasonUpgrade   = "upgrade"
	reasonTarget    = "target"
	reasonTrailer   = "trailer"
	reasonPath      = "path"
	reasonNoRoute   = "no_route"
	reasonMediaType = "media_type"
	reasonCoding    = "content_coding"
	reasonMalformed = "malformed"
	reasonDuplicate = "duplicate_name"
	reasonField     = "field_not_sealable"
	reasonTooDeep   = "too_deep"
	reasonTooLong   = "too_long"
	reasonTooMany   = "too_many_fields"
	reasonBody      = "body_too_large"
	reasonKey       = "key_unavailable"
	reasonTimeout   = "client_timeout"
	reasonGone      = "client_gone"
	reasonBusy      = "busy"
	reasonOrigin    = "origin_failed"
	reasonOriginTLS = "origin_tls"
	reasonLate      = "origin_timeout"
	reasonBroken    = "origin_broke_off"
	reasonResponse  = "response_not_opened"
	reasonInternal  = "internal"
)

// statusGone is for logs and metrics alone: nobody is there to be answered.
const statusGone = 499

var statusOf = map[string]int{
	reasonMethod:    http.StatusMethodNotAllowed,
	reasonUpgrade:   http.StatusNotImplemented,
	reasonTarget:    http.StatusBadRequest,
	reasonTrailer:   http.StatusBadRequest,
	reasonPath:      http.StatusBadRequest,
	reasonNoRoute:   http.StatusNotFound,
	reasonMediaType: http.StatusUnsupportedMediaType,
	reasonCoding:    http.StatusUnsupportedMediaType,
	reasonMalformed: http.StatusBadRequest,
	reasonDuplicate: http.StatusBadRequest,
	reasonField:     http.StatusUnprocessableEntity,
	reasonTooDeep:   http.StatusBadRequest,
	reasonTooLong:   http.StatusRequestEntityTooLarge,
	reasonTooMany:   http.StatusRequestEntityTooLarge,
	reasonBody:      http.StatusRequestEntityTooLarge,
	reasonKey:       http.StatusServiceUnavailable,
	reasonTimeout:   http.StatusRequestTimeout,
	reasonGone:      statusGone,
	reasonBusy:      http.StatusServiceUnavailable,
	reasonOrigin:    http.StatusBadGateway,
	reasonOriginTLS: http.StatusBadGateway,
	reasonLate:      http.StatusGatewayTimeout,
	reasonBroken:    http.StatusBadGateway,
	reasonResponse:  http.StatusBadGateway,
	reasonInternal:  http.StatusInternalServerError,
}

func refuse(reason, message string) *Refusal {
	return &Refusal{Reason: reason, Status: statusOf[reason], Message: message}
}

// refusalOf tells why a request could not be sealed.
func refusalOf(ctx context.Context, err error) *Refusal {
	var done *Refusal
	var unread *readError
	switch {
	case errors.As(err, &done):
		return done
	// Before the next: net/http cancels a request whose body is late.
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return refuse(reasonTimeout, "the request did not arrive in time")
	case errors.Is(context.Cause(ctx), context.Canceled):
		return refuse(reasonGone, "the client went away")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(reasonMalformed, "the body ends too early")
	case errors.As(err, &unread):
		return refuse(reasonMalformed, "the body could not be read")
	}
	for _, known := range []struct {
		err    error
		reason string
	}{
		{fieldcrypt.ErrUnsupported, reasonMediaType},
		{fieldcrypt.ErrDuplicate, reasonDuplicate},
		{fieldcrypt.ErrTooDeep, reasonTooDeep},
		{fieldcrypt.ErrTooMany, reasonTooMany},
		{fieldcrypt.ErrEncoding, reasonField},
		{fieldcrypt.ErrTooLong, reasonTooLong},
		{fieldcrypt.ErrSeal, reasonKey},
		{fieldcrypt.ErrSyntax, reasonMalformed},
	} {
		if errors.Is(err, known.err) {
			return explained(refuse(known.reason, known.err.Error()), err)
		}
	}
	return refuse(reasonInternal, "the request could not be protected")
}

// explained adds at which field it was. The names are the client's own, and no
// values are among them; the log gets the rule alone.
func explained(r *Refusal, err error) *Refusal {
	if r.Reason == reasonKey {
		// What a key's sealer says is not for strangers, and a field's name, which a
		// payload may have made, not for the log.
		r.Message, r.Cause = "a field could not be sealed", err
		if field := new(fieldcrypt.FieldError); errors.As(err, &field) {
			r.Cause = field.Err
		}
		return r
	}
	r.Message = err.Error()
	return r
}

// errorBody is what a refused client reads.
type errorBody struct {
	Error struct {
		Reason    string `json:"reason"`
		Message   string `json:"message"`
		RequestID string `json:"requestId"`
	} `json:"error"`
}

// write answers a refused request.
func (r *Refusal) write(w http.ResponseWriter, requestID string) {
	if r.Status == statusGone {
		panic(http.ErrAbortHandler) // or net/http would answer 200
	}
	var body errorBody
	body.Error.Reason, body.Error.Message, body.Error.RequestID = r.Reason, r.Message, requestID
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings
	}
	data = append(data, '\n')
	h := w.Header()
	clear(h)
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set(requestIDHeader, requestID)
	switch r.Status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusMethodNotAllowed:
		h.Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	}
	w.WriteHeader(r.Status)
	// A client that is gone is no concern of an answer.
	_, _ = w.Write(data)
}
