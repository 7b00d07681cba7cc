package fieldcrypt

import (
	"context"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/formbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/jsonbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/multipartbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/textbody"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/xmlbody"
)

// A format is one way to write fields.
type format uint8

const (
	formatNone format = iota
	formatJSON
	formatJSONLines
	formatForm
	formatMultipart
	formatXML
	formatText
	formatQuery
	formatHeader
	// What follows are kinds of selectors alone.
	formatBare
	formatAny
)

// String names the format in errors.
func (f format) String() string {
	return [...]string{"", "JSON", "JSON lines", "forms", "multipart forms", "XML", "plain text", "queries", "headers", "", ""}[f]
}

// media is what a Content-Type says.
type media struct {
	format   format
	boundary string // of multipart
}

// errOtherMedia is the error for media types that are none of the formats.
var errOtherMedia = fmt.Errorf("%w: media type", ErrUnsupported)

// parseMedia reads a Content-Type. The usual ones cost nothing.
func parseMedia(contentType string) (media, error) {
	switch contentType {
	case "application/json", "application/json; charset=utf-8":
		return media{format: formatJSON}, nil
	case "application/x-www-form-urlencoded":
		return media{format: formatForm}, nil
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return media{}, fmt.Errorf("%w: content type %q", ErrUnsupported, body.DisplayName([]byte(contentType)))
	}
	if kind == "application/json-patch+json" || kind == "application/xml-patch+xml" {
		return media{}, fmt.Errorf("%w: %s has names of fields in its values", ErrUnsupported, kind)
	}
	m := media{format: formatOf(kind)}
	if m.format == formatNone {
		return m, fmt.Errorf("%w %q", errOtherMedia, body.DisplayName([]byte(kind)))
	}
	// In another character set the bytes of a name are others.
	if set, ok := params["charset"]; ok && !strings.EqualFold(set, "utf-8") && !strings.EqualFold(set, "us-ascii") {
		return m, fmt.Errorf("%w: character set %q", ErrUnsupported, body.DisplayName([]byte(set)))
	}
	return m, m.setBoundary(contentType, params)
}

// setBoundary notes where a multipart body is cut. Everybody has to find the same
// boundary: PHP takes what follows the first "boundary" anywhere, Rack what
// follows the last, RFC 2231 continues a parameter in others (boundary*0), and
// many end a word at a comma. A body that is none may not have one: who sees a
// form in "application/xml; x=multipart/form-data; boundary=b" would read a comment.
func (m *media) setBoundary(contentType string, params map[string]string) error {
	named := strings.Count(strings.ToLower(contentType), "boundary")
	switch {
	case m.format != formatMultipart && named == 0:
		return nil
	case m.format != formatMultipart:
		return fmt.Errorf("%w: a boundary in what is not multipart", ErrUnsupported)
	case named > 1 || strings.Contains(contentType, "*"):
		return fmt.Errorf("%w: multipart without one plain boundary", ErrUnsupported)
	}
	m.boundary = params["boundary"]
	return nil
}

// formatOf tells the format of a media type in lower case.
func formatOf(kind string) format {
	switch kind {
	case "application/json", "text/json":
		return formatJSON
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines":
		return formatJSONLines
	case "application/x-www-form-urlencoded":
		return formatForm
	case "multipart/form-data":
		return formatMultipart
	case "application/xml", "text/xml":
		return formatXML
	case "text/plain":
		return formatText
	}
	switch {
	case strings.HasSuffix(kind, "+json"):
		return formatJSON
	case strings.HasSuffix(kind, "+xml"):
		return formatXML
	}
	return formatNone
}

// walk has the format's parser walk a body.
func (m media) walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error {
	switch m.format {
	case formatJSON:
		return jsonbody.Walk(ctx, dst, src, o)
	case formatJSONLines:
		return jsonbody.WalkLines(ctx, dst, src, o)
	case formatForm:
		return formbody.Walk(ctx, dst, src, o)
	case formatMultipart:
		if m.boundary == "" {
			return fmt.Errorf("%w: multipart without one plain boundary", ErrUnsupported)
		}
		return multipartbody.Walk(ctx, dst, src, m.boundary, o)
	case formatXML:
		return xmlbody.Walk(ctx, dst, src, o)
	default:
		return textbody.Walk(ctx, dst, src, o)
	}
}
