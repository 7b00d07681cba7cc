package audit

import (
	"encoding/json"
	"time"
)

// format is the version of the files, and the newest that is understood.
const format = 1

// header is the content of the first line of a file.
type header struct {
	Format   int       `json:"format"`
	File     int       `json:"file"`  // its number; the first is 1
	Epoch    int       `json:"epoch"` // counts resets; the first is 1
	First    uint64    `json:"first"` // number of the first record of the file
	Previous Chain     `json:"previous"`
	Created  time.Time `json:"created"`
}

// line makes the header's line; its place in the chain is left to seal.
func (h header) line() []byte {
	content, err := json.Marshal(h)
	if err != nil {
		panic(err) // numbers, hex and a time
	}
	b := append(newLine(nil), content[1:]...) // the prefix has the brace
	return append(b, '\n')
}

// parseHeader reads the content of a first line.
func parseHeader(content []byte) (h header, ok bool) {
	err := json.Unmarshal(append([]byte{'{'}, content...), &h)
	return h, err == nil && h.Format > 0
}

// parseSeq reads the number at the end of a record's content.
func parseSeq(content []byte) (seq uint64, ok bool) {
	i := len(content) - 1
	if i < 0 || content[i] != '}' {
		return 0, false
	}
	for unit := uint64(1); i > 0 && '0' <= content[i-1] && content[i-1] <= '9'; unit *= 10 {
		i--
		seq += uint64(content[i]-'0') * unit
	}
	const name = `,"seq":`
	return seq, seq > 0 && i >= len(name) && string(content[i-len(name):i]) == name
}
