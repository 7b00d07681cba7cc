package wire

import (
	"mime"
	"strings"
	"unicode/utf8"
)

// User metadata may be of any characters, headers are of ASCII. S3 takes
// encoded words (RFC 2047) as what they stand for, every other byte as the
// character of ISO 8859-1 that has its number, and answers in ASCII where that
// is possible and in encoded words where it is not. The examples of
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
// are the tests.

var words mime.WordDecoder

// decodeMetadata reads a value of user metadata from a header.
func decodeMetadata(text string) string {
	if strings.Contains(text, "=?") {
		if decoded, err := words.DecodeHeader(text); err == nil {
			text = decoded
			return strings.ToValidUTF8(text, "\ufffd")
		}
	}
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return fromLatin1(text)
		}
	}
	return text
}

func fromLatin1(text string) string {
	b := make([]byte, 0, 2*len(text))
	for i := range len(text) {
		b = utf8.AppendRune(b, rune(text[i]))
	}
	return string(b)
}

// encodeMetadata writes a value of user metadata for a header; not ok is one
// that has characters which cannot be printed.
func encodeMetadata(text string) (header string, ok bool) {
	if strings.ContainsFunc(text, isControl) {
		return "", false
	}
	encoded := mime.BEncoding.Encode("UTF-8", text)
	if encoded == text {
		return text, true // ASCII
	}
	return strings.ReplaceAll(encoded, "=?UTF-8?b?", "=?UTF-8?B?"), true // as AWS writes it
}
