package crypt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/fortlet/fortlet/esdk"
)

// metadataFile gets a line of JSON for each message, with the members that the
// AWS Encryption CLI writes.
type metadataFile struct {
	w     io.Writer // nil: nobody wants it
	file  *os.File  // nil: stdout
	empty bool      // the file, before the first line
}

func (m *metadataFile) open(j *Job) (err error) {
	switch j.Metadata {
	case "":
		return nil
	case Stream:
		m.w = j.Stdout
		return nil
	}
	m.file, err = os.OpenFile(j.Metadata, os.O_WRONLY|os.O_CREATE|os.O_APPEND, newFile)
	m.w, m.empty = m.file, j.OverwriteMetadata
	return err
}

func (m *metadataFile) close() error {
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}

// write writes one line. The old ones of a file that is to be overwritten go
// when there is a new one.
func (m *metadataFile) write(line map[string]any) error {
	if m.w == nil {
		return nil
	}
	if m.empty {
		if err := m.file.Truncate(0); err != nil {
			return err
		}
		m.empty = false
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(line); err != nil {
		return err
	}
	_, err := m.w.Write(onlyASCII(b.Bytes())) // in one call: lines of other processes stay whole
	return err
}

// onlyASCII writes what else there is in JSON as escapes, as the AWS Encryption
// CLI does: encryption contexts are other people's words, and would steer a
// terminal.
func onlyASCII(text []byte) []byte {
	var b []byte
	for _, r := range string(text) {
		switch {
		case r < 0x7f:
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}

// line is what is told of a message.
func (j *Job) line(it item, h *esdk.Header) map[string]any {
	line := map[string]any{
		"mode":   j.Mode,
		"input":  fullName(it.from, "<stdin>"),
		"output": fullName(it.to, "<stdout>"),
		"header": headerLine(h),
	}
	if j.Mode != Encrypt {
		line["header_auth"] = map[string][]byte{"iv": authIV(h), "tag": h.AuthTag}
	}
	return line
}

func fullName(path, stream string) string {
	if path == Stream {
		return stream
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// headerLine has the header's members. Those that the message's version does not
// have are null.
func headerLine(h *esdk.Header) map[string]any {
	line := map[string]any{
		"version":             map[byte]string{1: "1.0", 2: "2.0"}[h.Version],
		"algorithm":           AlgorithmName(h.Suite),
		"message_id":          h.MessageID,
		"encryption_context":  h.Context,
		"encrypted_data_keys": dataKeyLines(h.EncryptedDataKeys),
		"content_type":        2,
		"frame_length":        h.FrameLength,
		"type":                nil,
		"header_iv_length":    nil,
		"commitment_key":      nil,
	}
	if h.Context == nil {
		line["encryption_context"] = esdk.Context{}
	}
	if h.FrameLength == 0 {
		line["content_type"] = 1
	}
	if h.Version == 1 {
		line["type"], line["header_iv_length"] = 0x80, ivLength
	}
	if len(h.Commitment) > 0 {
		line["commitment_key"] = h.Commitment
	}
	return line
}

const ivLength = 12

// authIV is the header's IV, which version 2 does not store: it is zero.
func authIV(h *esdk.Header) []byte {
	if len(h.AuthIV) > 0 {
		return h.AuthIV
	}
	return make([]byte, ivLength)
}

type dataKeyLine struct {
	EncryptedDataKey []byte `json:"encrypted_data_key"`
	KeyProvider      struct {
		KeyInfo    []byte `json:"key_info"`
		ProviderID []byte `json:"provider_id"`
	} `json:"key_provider"`
}

func dataKeyLines(keys []esdk.EncryptedDataKey) []dataKeyLine {
	keys = slices.SortedStableFunc(slices.Values(keys), func(a, b esdk.EncryptedDataKey) int {
		return strings.Compare(a.ProviderID+string(a.ProviderInfo), b.ProviderID+string(b.ProviderInfo))
	})
	lines := make([]dataKeyLine, len(keys))
	for i, k := range keys {
		lines[i].EncryptedDataKey = k.Ciphertext
		lines[i].KeyProvider.KeyInfo = k.ProviderInfo
		lines[i].KeyProvider.ProviderID = []byte(k.ProviderID)
	}
	return lines
}

// refusal adds why a message was not decrypted.
func refusal(line map[string]any, keys []string, pairs [][2]string) map[string]any {
	line["skipped"] = true
	line["reason"] = "Missing encryption context key or value"
	line["missing_encryption_context_keys"] = keys
	line["missing_encryption_context_pairs"] = pairs
	return line
}
