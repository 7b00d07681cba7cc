package wire

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// errXML is any fault of a document. AWS tells no more about it either.
var errXML = errors.New("malformed XML")

// maxAttributes bounds the attributes of one element, which are compared with
// each other. No API has more than three.
const maxAttributes = 16

// maxElements bounds the elements of a document, and maxList those of one list
// in it: <Object/> are nine bytes, and take many times as much in memory. The
// longest list of the APIs has 10,000 parts, each of which is some elements.
const (
	maxElements = 100_000
	maxList     = 10_000
)

// xmlScanner reads an XML 1.0 document, token by token. It knows no document
// types, so there are no entities but the five of XML and nothing is fetched;
// documents are in UTF-8; names are in ASCII, as all of AWS's are. What it takes
// is a part of the document wherever possible, not a copy.
type xmlScanner struct {
	buf     []byte
	pos     int
	open    [][]byte // the names of the elements that are open, as written
	attrs   []xmlAttribute
	closing bool // the element just opened was <empty/>
	count   int  // of elements so far
	scratch []byte
}

// xmlAttribute is an attribute of the element opened last, its value as written.
type xmlAttribute struct{ name, value []byte }

type xmlToken uint8

const (
	xmlStart xmlToken = iota // an element opens
	xmlEnd                   // the innermost open element closes
	xmlText                  // character data
	xmlSkip                  // a comment or processing instruction
)

// document takes everything up to the root element, and the opening of that.
// It returns the local part of its name.
func (x *xmlScanner) document() ([]byte, error) {
	if !utf8.Valid(x.buf) {
		return nil, errXML
	}
	x.buf = bytes.TrimPrefix(x.buf, []byte("\ufeff"))
	if x.at("<?xml") && len(x.buf) > 5 && isSpace(x.buf[5]) {
		if err := x.declaration(); err != nil {
			return nil, err
		}
	}
	if err := x.misc(); err != nil {
		return nil, err
	}
	if x.pos+1 >= len(x.buf) || x.buf[x.pos] != '<' {
		return nil, errXML
	}
	return x.startTag()
}

// end makes sure that nothing comes after the root element.
func (x *xmlScanner) end() error {
	if err := x.misc(); err != nil || x.pos != len(x.buf) {
		return errXML
	}
	return nil
}

// declaration takes <?xml version="1.0" encoding="UTF-8"?>.
func (x *xmlScanner) declaration() error {
	x.pos += len("<?xml")
	if err := x.attributes(); err != nil || !x.at("?>") {
		return errXML
	}
	x.pos += len("?>")
	for i, a := range x.attrs {
		value := string(a.value)
		switch name := string(a.name); {
		case name == "version" && i == 0 && value == "1.0":
		case name == "encoding" && i == 1 && strings.EqualFold(value, "utf-8"):
		case name == "standalone" && i > 0 && (value == "yes" || value == "no"):
		default:
			return errXML
		}
	}
	if len(x.attrs) == 0 {
		return errXML
	}
	return nil
}

// misc takes what may stand before and behind the root element.
func (x *xmlScanner) misc() error {
	for {
		x.space()
		if !x.at("<!--") && !x.at("<?") {
			return nil
		}
		if err := x.aside(); err != nil {
			return err
		}
	}
}

// next takes one token within the root element. For xmlStart it returns the
// local part of the name, for xmlText the data, until the next call.
func (x *xmlScanner) next() (xmlToken, []byte, error) {
	switch {
	case x.closing:
		x.closing = false
		x.open = x.open[:len(x.open)-1]
		return xmlEnd, nil, nil
	case x.pos >= len(x.buf):
		return 0, nil, errXML
	case x.buf[x.pos] != '<':
		text, err := x.chars()
		return xmlText, text, err
	case x.at("</"):
		return xmlEnd, nil, x.endTag()
	case x.at("<![CDATA["):
		text, err := x.cdata()
		return xmlText, text, err
	case x.at("<!--"), x.at("<?"):
		return xmlSkip, nil, x.aside()
	}
	name, err := x.startTag()
	return xmlStart, name, err
}

// startTag takes the opening of an element with its attributes.
func (x *xmlScanner) startTag() ([]byte, error) {
	x.pos++
	name := x.name()
	local := localName(name)
	if x.count++; local == nil || len(x.open) == maxDepth || x.count > maxElements {
		return nil, errXML
	}
	if err := x.attributes(); err != nil {
		return nil, err
	}
	switch {
	case x.at("/>"):
		x.pos += 2
		x.closing = true
	case x.at(">"):
		x.pos++
	default:
		return nil, errXML
	}
	x.open = append(x.open, name)
	return local, nil
}

func (x *xmlScanner) endTag() error {
	x.pos += len("</")
	name := x.name()
	x.space()
	last := len(x.open) - 1
	if !x.at(">") || !bytes.Equal(name, x.open[last]) {
		return errXML
	}
	x.pos++
	x.open = x.open[:last]
	return nil
}

// attributes takes the attributes of a tag, to its end.
func (x *xmlScanner) attributes() error {
	x.attrs = x.attrs[:0]
	for {
		spaced := x.space()
		if x.pos < len(x.buf) && !isName(x.buf[x.pos]) {
			return nil // the end of the tag, or what the caller refuses
		}
		name := x.name()
		if !spaced || localName(name) == nil || len(x.attrs) == maxAttributes {
			return errXML
		}
		for _, a := range x.attrs {
			if bytes.Equal(a.name, name) {
				return errXML
			}
		}
		value, err := x.attributeValue()
		if err != nil {
			return err
		}
		x.attrs = append(x.attrs, xmlAttribute{name, value})
	}
}

func (x *xmlScanner) attributeValue() ([]byte, error) {
	x.space()
	if !x.at("=") {
		return nil, errXML
	}
	x.pos++
	x.space()
	if !x.at(`"`) && !x.at("'") {
		return nil, errXML
	}
	quote := x.buf[x.pos]
	x.pos++
	n := bytes.IndexByte(x.buf[x.pos:], quote)
	if n < 0 {
		return nil, errXML
	}
	value := x.buf[x.pos : x.pos+n]
	x.pos += n + 1
	if bytes.IndexByte(value, '<') >= 0 {
		return nil, errXML
	}
	_, err := x.unescape(value)
	return value, err
}

// chars takes character data up to the next tag.
func (x *xmlScanner) chars() ([]byte, error) {
	n := bytes.IndexByte(x.buf[x.pos:], '<')
	if n < 0 {
		return nil, errXML
	}
	raw := x.buf[x.pos : x.pos+n]
	x.pos += n
	if bytes.Contains(raw, []byte("]]>")) {
		return nil, errXML
	}
	return x.unescape(raw)
}

func (x *xmlScanner) cdata() ([]byte, error) {
	x.pos += len("<![CDATA[")
	n := bytes.Index(x.buf[x.pos:], []byte("]]>"))
	if n < 0 {
		return nil, errXML
	}
	raw := x.buf[x.pos : x.pos+n]
	x.pos += n + len("]]>")
	return x.plain(raw)
}

// aside takes a comment or processing instruction.
func (x *xmlScanner) aside() error {
	begin, stop := "<?", "?>"
	if x.at("<!--") {
		begin, stop = "<!--", "--"
	}
	x.pos += len(begin)
	n := bytes.Index(x.buf[x.pos:], []byte(stop))
	if n < 0 {
		return errXML
	}
	body := x.buf[x.pos : x.pos+n]
	x.pos += n + len(stop)
	if err := checkChars(body); err != nil {
		return err
	}
	if begin == "<!--" {
		if !x.at(">") {
			return errXML // no comment has two hyphens within
		}
		x.pos++
		return nil
	}
	target := body
	if i := bytes.IndexAny(body, " \t\r\n"); i >= 0 {
		target = body[:i]
	}
	if localName(target) == nil || bytes.EqualFold(target, []byte("xml")) {
		return errXML
	}
	return nil
}

// name takes a name, which localName must check.
func (x *xmlScanner) name() []byte {
	start := x.pos
	for x.pos < len(x.buf) && isName(x.buf[x.pos]) {
		x.pos++
	}
	return x.buf[start:x.pos]
}

func (x *xmlScanner) at(s string) bool {
	return len(x.buf)-x.pos >= len(s) && string(x.buf[x.pos:x.pos+len(s)]) == s
}

// space passes over white space and reports whether there was any.
func (x *xmlScanner) space() bool {
	start := x.pos
	for x.pos < len(x.buf) && isSpace(x.buf[x.pos]) {
		x.pos++
	}
	return x.pos > start
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func isName(c byte) bool {
	return isNameStart(c) || '0' <= c && c <= '9' || c == '-' || c == '.' || c == ':'
}

func isNameStart(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

// localName is a name without its prefix; nil if it is none.
func localName(name []byte) []byte {
	prefix, local, prefixed := bytes.Cut(name, []byte(":"))
	if !prefixed {
		local = prefix
	}
	if len(prefix) == 0 || len(local) == 0 || !isNameStart(prefix[0]) || !isNameStart(local[0]) || bytes.IndexByte(local, ':') >= 0 {
		return nil
	}
	return local
}
