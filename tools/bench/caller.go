package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"time"
)

// caller makes single calls, outside of what is measured.
type caller struct {
	addr string
	as   identity
}

var client = http.Client{Timeout: answerTime}

// do calls and reads the answer into out, unless that is nil. An answer other
// than 200 is a *statusError.
func (c caller) do(ctx context.Context, m message, out any) error {
	r, err := m.newRequest(c.addr, c.as, time.Now())
	if err != nil {
		return err
	}
	resp, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return &statusError{resp.StatusCode, string(body)}
	case out == nil:
		return nil
	case m.service == "kms":
		return json.Unmarshal(body, out)
	}
	return xml.Unmarshal(body, out)
}
