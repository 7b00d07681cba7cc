package lambdaevent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// EdgeOptions are the choices of an Edge. The zero value is good.
type EdgeOptions struct {
	// PassOther lets bodies pass of whose format no rule has a selector, such as
	// images. The origin must not find fields in them.
	PassOther bool
	// Log is told what is refused and why, without any value. Nil: nobody is.
	Log *slog.Logger
}

// An Edge is the function of a CloudFront trigger for origin requests or viewer
// requests. Several goroutines may use it at once.
type Edge struct {
	protector *fieldcrypt.Protector
	options   EdgeOptions
}

// NewEdge makes a function that seals the fields that p selects.
func NewEdge(p *fieldcrypt.Protector, options EdgeOptions) *Edge {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Edge{p, options}
}

// trigger is what differs between the events of a request.
type trigger struct {
	maxBody  int             // bytes of a body that a function may give back
	readOnly map[string]bool // headers that a function must not change
}

// Quotas count in units of 1,024 bytes. Base64 may be longer by its own third.
var triggers = map[string]trigger{
	"viewer-request": {40 << 10, set("content-length", "host", "transfer-encoding", "via")},
	"origin-request": {1 << 20, set("accept-encoding", "content-length", "if-modified-since", "if-none-match",
		"if-range", "if-unmodified-since", "transfer-encoding", "via")},
}

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, name := range names {
		m[name] = true
	}
	return m
}

// Invoke takes the event of a request and gives what CloudFront is to forward,
// or, where the request cannot be protected, to answer. The rest of the request
// is as it was.
func (e *Edge) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	request, of, err := parseEvent(event)
	if err != nil {
		return nil, fmt.Errorf("cloudfront event: %w", err)
	}
	err = e.protect(ctx, request, of)
	var refused *refusal
	switch {
	case err == nil:
		return request.encoded(), nil
	case errors.As(err, &refused):
		e.options.Log.InfoContext(ctx, "request refused", "status", refused.status, "error", err)
		return refused.response(), nil
	default:
		return nil, err
	}
}

func (e *Edge) protect(ctx context.Context, request *object, of trigger) error {
	h, err := parseHeaders(request)
	if err != nil {
		return fmt.Errorf("cloudfront event: %w", err)
	}
	// The body first: it is told what to be by headers that may yet be sealed.
	if err := e.body(ctx, request, h, of); err != nil {
		return err
	}
	if err := e.query(ctx, request); err != nil {
		return err
	}
	return e.headers(ctx, request, h, of)
}

// parseEvent gives the one request of an event, and its trigger.
func parseEvent(event []byte) (*object, trigger, error) {
	var records []struct {
		CF *struct {
			Config struct {
				EventType string `json:"eventType"`
			} `json:"config"`
			Request *object `json:"request"`
		} `json:"cf"`
	}
	var whole object
	if json.Unmarshal(event, &whole) != nil {
		return nil, trigger{}, errNoObject
	}
	if err := whole.into("Records", &records); err != nil {
		return nil, trigger{}, err
	}
	if len(records) != 1 || records[0].CF == nil || records[0].CF.Request == nil {
		return nil, trigger{}, errors.New("not one record with a request")
	}
	kind := records[0].CF.Config.EventType
	of, ok := triggers[kind]
	if !ok {
		return nil, trigger{}, fmt.Errorf("event type %.64q is not that of a request", kind)
	}
	return records[0].CF.Request, of, nil
}
