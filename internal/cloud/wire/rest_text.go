package wire

import (
	"encoding/base64"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// timeFormat is how a time is written.
type timeFormat uint8

const (
	timeISO8601 timeFormat = iota
	timeHTTP               // Sat, 10 Oct 2009 17:50:30 GMT
	timeEpoch              // seconds since 1970
)

// timeFormat is how a time is written that a member holds.
func (s *shape) timeFormat() timeFormat {
	switch s.tag.TimestampFormat {
	case "iso8601":
		return timeISO8601
	case "rfc822":
		return timeHTTP
	case "unixTimestamp":
		return timeEpoch
	}
	if s.tag.Location == "header" {
		return timeHTTP
	}
	return timeISO8601
}

// setRestText sets a number, boolean, time or blob from its text, and reports
// whether it could.
func setRestText(s *shape, v reflect.Value, text string, f timeFormat) bool {
	switch s.kind {
	case kindString: // JSON, which a header has in base64
		document, err := base64.StdEncoding.DecodeString(text)
		if err == nil {
			s.settable(v).SetString(string(document))
		}
		return err == nil
	case kindBool:
		truth := strings.EqualFold(text, "true")
		if !truth && !strings.EqualFold(text, "false") {
			return false
		}
		s.settable(v).SetBool(truth)
		return true
	case kindTime:
		t, ok := parseTime(text, f)
		if ok {
			s.settable(v).Set(reflect.ValueOf(t))
		}
		return ok
	}
	return setText(s, v, text) == nil
}

// isoLayouts are the forms of ISO 8601 in which clients write times.
var isoLayouts = []string{time.RFC3339Nano, "20060102T150405Z", "2006-01-02"}

// parseTime reads a time. Every writer of the years 0 to 9999 can write it.
func parseTime(text string, f timeFormat) (time.Time, bool) {
	switch f {
	case timeHTTP:
		if t, err := http.ParseTime(text); err == nil {
			return t.UTC(), true
		}
	case timeEpoch:
		return fromEpoch([]byte(text))
	}
	for _, layout := range isoLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			t = t.UTC()
			return t, 0 <= t.Year() && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

// appendTime appends a time; millis says that those of ISO 8601 have
// milliseconds even where there are none.
func appendTime(b []byte, t time.Time, f timeFormat, millis bool) []byte {
	switch f {
	case timeHTTP:
		return t.UTC().AppendFormat(b, http.TimeFormat)
	case timeEpoch:
		return appendEpoch(b, t)
	}
	return appendISO8601(b, t, millis)
}
