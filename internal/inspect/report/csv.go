package report

import (
	"bufio"
	"io"
	"strings"
)

// csvWriter writes CSV as Python's csv module does by default, byte for byte:
// lines end with CRLF, and a field is quoted when it has to be. encoding/csv
// also quotes fields that begin with a blank.
type csvWriter struct{ w *bufio.Writer }

func newCSVWriter(w io.Writer) csvWriter { return csvWriter{bufio.NewWriterSize(w, 64<<10)} }

// write writes a row. An error of the underlying writer is kept for flush.
func (c csvWriter) write(fields ...string) {
	for i, f := range fields {
		if i > 0 {
			c.w.WriteByte(',')
		}
		c.field(f, len(fields) == 1)
	}
	c.w.WriteString("\r\n")
}

// field writes a field. One that is empty and alone is quoted, or its row would
// be an empty line.
func (c csvWriter) field(f string, alone bool) {
	if plain(f) && (f != "" || !alone) {
		c.w.WriteString(f)
		return
	}
	c.w.WriteByte('"')
	c.w.WriteString(strings.ReplaceAll(f, `"`, `""`))
	c.w.WriteByte('"')
}

// plain reports whether a field needs no quotes. It is asked for some ten
// million fields, which is too often for strings.ContainsAny.
func plain(f string) bool {
	for i := range len(f) {
		switch f[i] {
		case ',', '"', '\r', '\n':
			return false
		}
	}
	return true
}

func (c csvWriter) flush() error { return c.w.Flush() }
