package lambdaevent

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// eventBody is the body member of a request.
type eventBody struct {
	Truncated *bool   `json:"inputTruncated"`
	Encoding  string  `json:"encoding"`
	Data      *string `json:"data"`
}

// body seals the fields of the body. One without any stays read-only: then
// CloudFront forwards what it received.
func (e *Edge) body(ctx context.Context, request *object, h http.Header, of trigger) error {
	raw := request.get("body")
	if raw == nil {
		return withoutBody(h)
	}
	var member object
	var b eventBody
	if err := errors.Join(request.into("body", &member), request.into("body", &b)); err != nil {
		return fmt.Errorf("cloudfront event: %w", err)
	}
	data, err := b.bytes()
	if err != nil || len(data) == 0 {
		return err
	}
	kind, pass, err := e.mediaType(h)
	if err != nil || pass {
		return err
	}
	var sealed bytes.Buffer
	if _, err := e.protector.Body(ctx, &sealed, bytes.NewReader(data), kind); err != nil {
		return refusalOf(ctx, err)
	}
	if bytes.Equal(sealed.Bytes(), data) {
		return nil
	}
	if sealed.Len() > of.maxBody {
		return refuse(http.StatusRequestEntityTooLarge, "with its fields sealed the body is longer than %d bytes", of.maxBody)
	}
	removeDigests(h)
	member.set("action", encode("replace"))
	encoding, text := "text", sealed.String()
	if !utf8.ValidString(text) {
		encoding, text = "base64", base64.StdEncoding.EncodeToString(sealed.Bytes())
	}
	member.set("encoding", encode(encoding))
	member.set("data", encode(text))
	request.set("body", member.encoded())
	return nil
}

// withoutBody makes sure that a request has none when the event has none.
func withoutBody(h http.Header) error {
	if len(h["Transfer-Encoding"]) > 0 {
		return errBodyNotIncluded
	}
	for _, length := range h["Content-Length"] {
		if strings.TrimSpace(length) != "0" {
			return errBodyNotIncluded
		}
	}
	return nil
}

var errBodyNotIncluded = errors.New("cloudfront event: the request has a body, but the trigger does not include it")

// bytes decodes the body.
func (b *eventBody) bytes() ([]byte, error) {
	if b.Truncated == nil || b.Data == nil {
		return nil, errors.New("cloudfront event: body without inputTruncated or data")
	}
	if *b.Truncated {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body is longer than what the edge can read")
	}
	switch b.Encoding {
	case "text":
		return []byte(*b.Data), nil
	case "base64":
		data, err := base64.StdEncoding.Strict().DecodeString(*b.Data)
		if err != nil {
			return nil, errors.New("cloudfront event: body that is not base64")
		}
		return data, nil
	}
	return nil, fmt.Errorf("cloudfront event: body encoding %.64q", b.Encoding)
}

// mediaType gives the one Content-Type, and says whether a body of that type is
// to pass.
func (e *Edge) mediaType(h http.Header) (kind string, pass bool, err error) {
	for _, coding := range h["Content-Encoding"] {
		if !strings.EqualFold(strings.TrimSpace(coding), "identity") {
			return "", false, refuse(http.StatusUnsupportedMediaType, "the body is compressed")
		}
	}
	if len(h["Content-Range"]) > 0 {
		// A value may lie across two parts, of which neither shows it.
		return "", false, refuse(http.StatusBadRequest, "a part of a body cannot be protected")
	}
	kinds := h["Content-Type"]
	if len(kinds) != 1 {
		return "", false, refuse(http.StatusUnsupportedMediaType, "the body needs one Content-Type")
	}
	return kinds[0], e.options.PassOther && e.isOther(kinds[0]), nil
}

// isOther reports whether no rule can find a field in bodies of a media type. The
// type alone tells: with parameters that are not supported, such as another
// character set, it is the protector's to refuse.
func (e *Edge) isOther(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	for _, of := range []string{"json", "xml"} {
		if strings.HasSuffix(kind, "+"+of) {
			kind = "application/" + of
		}
	}
	return !e.protector.Covers(kind)
}
