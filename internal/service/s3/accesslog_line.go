package s3

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// accessLine is one line of an access log. What is zero, or negative where zero
// means something, is "-": unknown, or of no meaning for the request.
//
// The fields are those of the user guide, in its order. Four are always "-":
// the cipher suite and the version of TLS, since the connection is plain HTTP,
// the ARN of an access point, of which there are none, and the Region that the
// request came from.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
type accessLine struct {
	owner, bucket     string
	at                time.Time
	remoteIP          string
	requester         string
	requestID         string
	operation         string
	key               string
	requestLine       string
	status            int
	code              string // of the error
	sent, size        int64  // size may be 0 of an object
	total, turnAround time.Duration
	referer, agent    string
	version           string
	hostID            string
	signature, auth   string
	host              string
	aclRequired       bool
}

// append appends the line to a log.
func (l *accessLine) append(b []byte) []byte {
	b = appendWord(b, l.owner)
	b = appendWord(b, l.bucket)
	b = l.at.UTC().AppendFormat(b, "[02/Jan/2006:15:04:05 -0700] ")
	b = appendWord(b, l.remoteIP)
	b = appendWord(b, l.requester)
	b = appendWord(b, l.requestID)
	b = appendWord(b, l.operation)
	b = appendWord(b, escapedKey(l.key))
	b = appendQuoted(b, withoutSecrets(l.requestLine))
	b = appendNumber(b, int64(l.status), 1)
	b = appendWord(b, l.code)
	b = appendNumber(b, l.sent, 1)
	b = appendNumber(b, l.size, 0)
	b = appendMillis(b, l.total)
	b = appendMillis(b, l.turnAround)
	b = appendQuoted(b, l.referer)
	b = appendQuoted(b, l.agent)
	b = appendWord(b, l.version)
	b = appendWord(b, l.hostID)
	b = appendWord(b, l.signature)
	b = append(b, "- "...) // cipher suite
	b = appendWord(b, l.auth)
	b = appendWord(b, l.host)
	b = append(b, "- - "...) // version of TLS, access point
	if l.aclRequired {
		b = append(b, "Yes "...)
	} else {
		b = append(b, "- "...)
	}
	return append(b, "-\n"...) // source Region
}

func appendWord(b []byte, word string) []byte {
	if word == "" {
		return append(b, "- "...)
	}
	return append(appendSafe(b, word, true), ' ')
}

func appendQuoted(b []byte, text string) []byte {
	if text == "" {
		text = "-"
	}
	b = append(b, '"')
	return append(appendSafe(b, text, false), `" `...)
}

// appendSafe appends a text that a client may have chosen, so that it neither
// ends its field nor its line.
func appendSafe(b []byte, text string, word bool) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c == '"' || c == 0x7f || word && c == ' ':
			b = append(b, '%', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}

// appendNumber appends a number that is known when it is not below least.
func appendNumber(b []byte, n, least int64) []byte {
	if n < least {
		return append(b, "- "...)
	}
	return append(strconv.AppendInt(b, n, 10), ' ')
}

// appendMillis appends a duration. What took less than a millisecond took one.
func appendMillis(b []byte, d time.Duration) []byte {
	if d > 0 {
		d = max(d.Round(time.Millisecond), time.Millisecond)
	}
	return appendNumber(b, d.Milliseconds(), 1)
}

// escapedKey is a key escaped as in a URL. Slashes stay.
func escapedKey(key string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(key))
}

// secrets are the parameters of a query that are secrets: whoever has the
// address of a presigned request can make it.
var secrets = map[string]bool{
	"x-amz-signature":      true,
	"signature":            true,
	"x-amz-security-token": true,
	"x-amz-server-side-encryption-customer-key":             true,
	"x-amz-copy-source-server-side-encryption-customer-key": true,
}

// withoutSecrets takes the values of secret parameters out of a request line.
func withoutSecrets(line string) string {
	path, query, ok := strings.Cut(line, "?")
	if !ok {
		return line
	}
	query, proto, _ := strings.Cut(query, " ")
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || secrets[strings.ToLower(plain)] {
			pairs[i] = name + "=REDACTED"
		}
	}
	return path + "?" + strings.Join(pairs, "&") + " " + proto
}
