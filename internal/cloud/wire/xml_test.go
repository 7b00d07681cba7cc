package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
)

func wellFormed(text []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// Every text that can come in a request comes out of XML again, or as U+FFFD
// where XML has no way to write it.
func TestXMLTextRoundTrip(t *testing.T) {
	for r := range rune(0x11000) {
		if 0xd800 <= r && r < 0xe000 {
			continue
		}
		want := "a" + string(r) + "b"
		var got string
		text := append(appendXMLText([]byte("<t>"), want), "</t>"...)
		if err := xml.Unmarshal(text, &got); err != nil {
			t.Fatalf("%U: %s: %v", r, text, err)
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			want = "a\ufffdb"
		}
		if got != want {
			t.Fatalf("%U: got %q, want %q", r, got, want)
		}
	}
}
