package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// textFormat is text without a format: markers are found, values are not.
const textFormat = "text/plain"

// fieldFormats are the media types that have a short name.
var fieldFormats = map[string]string{
	"json":   "application/json",
	"ndjson": "application/x-ndjson",
	"form":   "application/x-www-form-urlencoded",
	"xml":    "application/xml",
	"text":   textFormat,
}

// fieldExtensions are those that tell a format.
var fieldExtensions = map[string]string{
	".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".xml": "xml", ".txt": "text", ".log": "text",
}

func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "", "`format` of the text: json, ndjson, form, xml, text, or a media type with its parameters (default found out by the file's name and first bytes)")
}

// contentType is the media type of a text, given by a flag or else found out
// from the name of its file and from its beginning.
func contentType(given, file string, r *bufio.Reader) (string, error) {
	if given == "" {
		given = fieldExtensions[strings.ToLower(filepath.Ext(file))]
	}
	if given == "" {
		return sniff(r), nil
	}
	if media, ok := fieldFormats[given]; ok {
		return media, nil
	}
	if !strings.Contains(given, "/") {
		return "", usageError{fmt.Errorf("unknown format %q: there are json, ndjson, form, xml, text and media types", given)}
	}
	return given, nil
}

// sniff tells JSON and XML by their beginning, as much of it as has come. What
// begins like them and goes on otherwise, such as a log, is text.
func sniff(r *bufio.Reader) string {
	_, _ = r.Peek(1) // an error will come again
	head, _ := r.Peek(r.Buffered())
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(start) == 0 {
		return textFormat
	}
	switch start[0] {
	case '{', '[', '"':
		return sniffJSON(start)
	case '<':
		if endsOrGoesOn(xml.NewDecoder(bytes.NewReader(start)).RawToken) {
			return fieldFormats["xml"]
		}
	}
	return textFormat
}

func sniffJSON(start []byte) string {
	d := json.NewDecoder(bytes.NewReader(start))
	var first json.RawMessage
	if err := d.Decode(&first); err == nil && start[0] == '{' && d.More() {
		return fieldFormats["ndjson"]
	}
	if !endsOrGoesOn(json.NewDecoder(bytes.NewReader(start)).Token) {
		return textFormat
	}
	return fieldFormats["json"]
}

// endsOrGoesOn reports whether tokens come until the text is cut off.
func endsOrGoesOn[T any](next func() (T, error)) bool {
	for {
		_, err := next()
		var cut *xml.SyntaxError
		switch {
		case err == nil:
		case errors.As(err, &cut):
			return strings.Contains(cut.Msg, "unexpected EOF")
		default:
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}
