package api

import "fmt"

// Error is what a caller may see of a failure: AWS's code, HTTP status and
// message. What only we may see is the cause, which is logged and never sent.
type Error struct {
	Code    string // on the wire: "NoSuchEntity", "NotFoundException"
	Status  int    // HTTP status
	Message string
	Fields  map[string]any // further members of a modeled error, by wire name
	Cause   error
}

// Errorf makes an error of a code and status.
func Errorf(code string, status int, format string, args ...any) *Error {
	return &Error{Code: code, Status: status, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string {
	if e.Message == "" {
		return e.Code
	}
	return e.Code + ": " + e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// WithCause returns a copy of e that remembers why it happened.
func (e *Error) WithCause(err error) *Error {
	c := *e
	c.Cause = err
	return &c
}

// Is reports whether target is an *Error of the same code, so that conditions
// are tested by code and never by message.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Fault reports who is at fault in the terms of the query protocol: "Sender"
// or "Receiver". An error without a status is ours.
func (e *Error) Fault() string {
	if e.Status >= 500 || e.Status == 0 {
		return "Receiver"
	}
	return "Sender"
}
