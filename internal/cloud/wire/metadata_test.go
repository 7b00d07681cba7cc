package wire

import (
	"strings"
	"testing"
)

// The first two are the examples of
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html.
func TestMetadata(t *testing.T) {
	for _, test := range []struct{ sent, stored, answered string }{
		{"ÄMÄZÕÑ S3", "Ã\u0084MÃ\u0084ZÃ\u0095Ã\u0091 S3", "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?="},
		{"AMAZONS3", "AMAZONS3", "AMAZONS3"},
		{"", "", ""},
		{"=?UTF-8?B?Y2Fmw6k=?=", "café", "=?UTF-8?B?Y2Fmw6k=?="},
		{"=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait", "=?UTF-8?B?Y2Fmw6kgYXUgbGFpdA==?="},
		{"=?ISO-8859-1?Q?caf=E9?=", "café", "=?UTF-8?B?Y2Fmw6k=?="},
		{"=?UTF-8?Q?AMAZONS3?=", "AMAZONS3", "AMAZONS3"},
		{"=?UTF-8?B?Y2Fm?= =?UTF-8?B?w6k=?=", "café", "=?UTF-8?B?Y2Fmw6k=?="},
		// What is no encoded word is text.
		{"a =? b", "a =? b", "a =? b"},
		{"=?UTF-8?B?***?=", "=?UTF-8?B?***?=", "=?UTF-8?B?***?="},
		{"=?KOI8-R?B?YWJj?=", "=?KOI8-R?B?YWJj?=", "=?KOI8-R?B?YWJj?="},
		{"\xe9", "é", "=?UTF-8?B?w6k=?="},
		{"a\tb", "a\tb", "a\tb"},
	} {
		stored := decodeMetadata(test.sent)
		if stored != test.stored {
			t.Errorf("%q: stored %q", test.sent, stored)
		}
		if answered, ok := encodeMetadata(stored); !ok || answered != test.answered {
			t.Errorf("%q: answered %q, %v", test.sent, answered, ok)
		}
	}
	for _, text := range []string{"a\nb", "a\r", "\x00", "\x7f"} {
		if answered, ok := encodeMetadata(text); ok {
			t.Errorf("%q: answered %q", text, answered)
		}
	}
}

// Long values are several words, none above the 75 characters of RFC 2047, and
// come back as one.
func TestMetadataLong(t *testing.T) {
	text := strings.Repeat("日本 ", 200)
	header, ok := encodeMetadata(text)
	if !ok || strings.ContainsAny(header, "\r\n") {
		t.Fatalf("%q", header)
	}
	for word := range strings.SplitSeq(header, " ") {
		if len(word) > 75 {
			t.Errorf("word of %d characters", len(word))
		}
	}
	if got := decodeMetadata(header); got != text {
		t.Errorf("came back as %q", got)
	}
}
