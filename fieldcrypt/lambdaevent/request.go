package lambdaevent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxURI is what path and query together must stay below.
const maxURI = 8192

// query seals the fields of the query string.
func (e *Edge) query(ctx context.Context, request *object) error {
	var query, uri string
	if err := errors.Join(request.into("querystring", &query), request.into("uri", &uri)); err != nil {
		return fmt.Errorf("cloudfront event: %w", err)
	}
	sealed, _, err := e.protector.Query(ctx, query)
	switch {
	case err != nil:
		return refusalOf(ctx, err)
	case sealed == query:
		return nil
	case utf8.RuneCountInString(uri)+len("?")+utf8.RuneCountInString(sealed) >= maxURI:
		return refuse(http.StatusRequestURITooLong, "with its fields sealed the query is too long")
	}
	request.set("querystring", encode(sealed))
	return nil
}

// parseHeaders gives the headers of a request. In the event they are lists of
// objects with key and value, by names in lower case.
func parseHeaders(request *object) (http.Header, error) {
	var fields object
	if err := request.into("headers", &fields); err != nil {
		return nil, err
	}
	h := http.Header{}
	for _, field := range fields {
		name := http.CanonicalHeaderKey(field.name)
		if h[name] != nil {
			return nil, errors.New("a header twice in different case")
		}
		lines, err := headerLines(field.value)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			var value string
			if err := line.into("value", &value); err != nil {
				return nil, fmt.Errorf("header: %w", err)
			}
			h[name] = append(h[name], value)
		}
	}
	return h, nil
}

func headerLines(value json.RawMessage) ([]object, error) {
	var lines []object
	if json.Unmarshal(value, &lines) != nil {
		return nil, errors.New("a header that is not a list of objects")
	}
	return lines, nil
}

// headers seals the selected headers and puts the new values where the old ones
// were.
func (e *Edge) headers(ctx context.Context, request *object, h http.Header, of trigger) error {
	was := h.Clone()
	cutReferer(h)
	if _, err := e.protector.Header(ctx, h); err != nil {
		return refusalOf(ctx, err)
	}
	var fields object
	if err := request.into("headers", &fields); err != nil {
		return fmt.Errorf("cloudfront event: %w", err)
	}
	kept := slices.DeleteFunc(slices.Clone(fields), func(m member) bool { return h[http.CanonicalHeaderKey(m.name)] == nil })
	changed := len(kept) < len(fields)
	fields = kept
	for i := range fields {
		name := http.CanonicalHeaderKey(fields[i].name)
		if slices.Equal(h[name], was[name]) {
			continue
		}
		if of.readOnly[strings.ToLower(name)] {
			return fmt.Errorf("a rule selects the header %s, which CloudFront does not let a function change", name)
		}
		changed = true
		lines, err := headerLines(fields[i].value)
		if err != nil {
			return err
		}
		fields[i].value = replaceValues(lines, h[name])
	}
	if changed {
		request.set("headers", fields.encoded())
	}
	return nil
}

func replaceValues(lines []object, values []string) json.RawMessage {
	b := []byte{'['}
	for i, line := range lines {
		if i > 0 {
			b = append(b, ',')
		}
		line.set("value", encode(values[i]))
		b = append(b, line.encoded()...)
	}
	return append(b, ']')
}
