package command

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// plainWriter writes texts in which nothing steers a terminal: names, statement
// ids and conditions come from whoever wrote the policies. Characters that
// cannot be printed become escapes, which in JSON mean the same.
type plainWriter struct {
	w    io.Writer
	part []byte // of a character that a Write has cut in two
}

// Write implements io.Writer.
func (p *plainWriter) Write(b []byte) (int, error) {
	text := append(p.part, b...)
	whole := len(text)
	for whole > 0 && len(text)-whole < utf8.UTFMax && !utf8.RuneStart(text[whole-1]) {
		whole--
	}
	if whole > 0 && !utf8.FullRune(text[whole-1:]) {
		whole--
	} else {
		whole = len(text)
	}
	p.part = append([]byte(nil), text[whole:]...)
	if _, err := io.WriteString(p.w, plain(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// plain is a text of several lines without what steers a terminal.
func plain(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, steers) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !steers(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// plainLine is a text that stays on its line: a file's name can have line ends,
// and what looks like a message of ours behind them.
func plainLine(text string) string {
	return strings.NewReplacer("\n", `\u000a`, "\t", `\u0009`).Replace(plain(text))
}

// steers reports a character that does something other than to be seen.
func steers(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' }
