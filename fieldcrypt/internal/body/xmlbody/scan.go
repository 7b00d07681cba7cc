package xmlbody

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// A scanner reads the smallest parts of a document.
type scanner struct {
	*body.Window
	o    *body.Options
	base int64 // how many bytes have left the window
	mark int   // where the name being read begins, or -1
	// long is asked what to do about a held value that grew too long: an error,
	// or nil if it has been let go.
	long func() error
}

// more reads on. What is in Buf before Pos may be gone afterwards, except what
// is marked or held.
func (s *scanner) more() error {
	keep := s.Pos
	if s.mark >= 0 {
		keep = s.mark
	}
	if s.long != nil {
		if err := s.long(); err != nil {
			return err
		}
	}
	shift, err := s.More(keep, s.o.Limits.Name)
	s.base += int64(shift)
	if s.mark >= 0 {
		s.mark -= shift
	}
	if errors.Is(err, body.ErrTooLong) {
		return s.refuse(body.ErrTooLong, "a name of more than %d bytes", s.o.Limits.Name)
	}
	return err
}

// ended says whether the document ends at Pos.
func (s *scanner) ended() (bool, error) {
	if s.Pos < len(s.Buf) {
		return false, nil
	}
	err := s.more()
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}

// peek gives the byte at Pos. There has to be one.
func (s *scanner) peek() (byte, error) {
	if s.Pos < len(s.Buf) {
		return s.Buf[s.Pos], nil
	}
	end, err := s.ended()
	if err != nil {
		return 0, err
	}
	if end {
		return 0, s.refuse(body.ErrSyntax, "the document ends too early")
	}
	return s.Buf[s.Pos], nil
}

// accept goes past text if it is what comes next.
func (s *scanner) accept(text string) (bool, error) {
	for len(s.Buf)-s.Pos < len(text) {
		if string(s.Buf[s.Pos:]) != text[:len(s.Buf)-s.Pos] {
			return false, nil
		}
		err := s.more()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	if string(s.Buf[s.Pos:s.Pos+len(text)]) != text {
		return false, nil
	}
	s.Pos += len(text)
	return true, nil
}

// expect goes past text, which has to come next.
func (s *scanner) expect(text string) error {
	ok, err := s.accept(text)
	if err == nil && !ok {
		err = s.refuse(body.ErrSyntax, "no %q where there should be one", text)
	}
	return err
}

// skipSpace goes past white space and says whether there was some.
func (s *scanner) skipSpace() (bool, error) {
	for some := false; ; some = true {
		c, err := s.peek()
		if err != nil || !isSpace(c) {
			return some, err
		}
		s.Pos++
	}
}

// rune gives the character at Pos, which has to be one that XML allows, and
// its length.
func (s *scanner) rune() (rune, int, error) {
	c, err := s.peek()
	if err != nil {
		return 0, 0, err
	}
	if ' ' <= c && c < utf8.RuneSelf {
		return rune(c), 1, nil
	}
	for !utf8.FullRune(s.Buf[s.Pos:]) {
		if err := s.more(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, 0, err
		}
	}
	r, size := utf8.DecodeRune(s.Buf[s.Pos:])
	if r == utf8.RuneError && size <= 1 {
		return 0, 0, s.refuse(body.ErrUnsupported, "text that is not UTF-8")
	}
	if !isChar(r) {
		return 0, 0, s.refuse(body.ErrSyntax, "a character that XML does not allow")
	}
	return r, size, nil
}

// name reads a qualified name, which is good until the next read, and gives
// its local part too. Where the colons are matters: ":ssn", "a:ssn:" and
// "a:b:ssn" are names to some parsers, and nobody agrees which.
func (s *scanner) name() (name, local []byte, err error) {
	s.mark = s.Pos
	name, local, err = s.marked()
	s.mark = -1
	return name, local, err
}

func (s *scanner) marked() (name, local []byte, err error) {
	colon := -1
	for {
		if n := s.Pos - s.mark; n > colon+1 {
			s.simpleName()
		}
		r, size, err := s.rune()
		if err != nil {
			return nil, nil, err
		}
		n := s.Pos - s.mark
		switch {
		case r == ':':
			if n == 0 || colon >= 0 {
				return nil, nil, s.refuse(body.ErrSyntax, "a colon too many in a name")
			}
			colon = n
		case n == 0 || n == colon+1:
			if !isNameStart(r) {
				return nil, nil, s.refuse(body.ErrSyntax, "no name where there should be one")
			}
		case !isNameChar(r):
			return s.named(colon)
		}
		s.Pos += size
	}
}

// simpleName goes past the ASCII characters of a name but the colon.
func (s *scanner) simpleName() {
	buf, i := s.Buf, s.Pos
	for i < len(buf) && buf[i] < utf8.RuneSelf && classes[buf[i]]&nameChar != 0 && buf[i] != ':' {
		i++
	}
	s.Pos = i
}

func (s *scanner) named(colon int) (name, local []byte, err error) {
	name = s.Buf[s.mark:s.Pos]
	if len(name) > s.o.Limits.Name {
		return nil, nil, s.refuse(body.ErrTooLong, "a name of more than %d bytes", s.o.Limits.Name)
	}
	return name, name[colon+1:], nil
}

// longestReference is how long a reference may be. Only zeros in front of a
// number make a longer one.
const longestReference = 16

// reference goes past the reference at Pos and gives what it stands for.
func (s *scanner) reference() (rune, error) {
	for end := s.Pos + 1; ; end++ {
		for end >= len(s.Buf) {
			n := end - s.Pos
			if err := s.more(); errors.Is(err, io.EOF) {
				return 0, s.refuse(body.ErrSyntax, "the document ends too early")
			} else if err != nil {
				return 0, err
			}
			end = s.Pos + n
		}
		if end-s.Pos > longestReference {
			return 0, s.refuse(body.ErrSyntax, "a reference without end")
		}
		if s.Buf[end] != ';' {
			continue
		}
		r, ok := referent(s.Buf[s.Pos+1 : end])
		if !ok {
			return 0, s.refuse(body.ErrUnsupported, "a reference other than to a character or to lt, gt, amp, apos or quot")
		}
		s.Pos = end + 1
		return r, nil
	}
}

// referent gives the character that the reference &name; stands for.
func referent(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := rune(10), name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	r := rune(0)
	for _, c := range digits {
		d, ok := digitValue(c)
		if !ok || d >= base {
			return 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, len(digits) > 0 && isChar(r)
}

func digitValue(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

// refuse makes an error of reason that says where.
func (s *scanner) refuse(reason error, format string, args ...any) error {
	return fmt.Errorf("%w: xml: %s at byte %d", reason, fmt.Sprintf(format, args...), s.base+int64(s.Pos))
}

// orRefuse is err, or if there is none an error of reason.
func (s *scanner) orRefuse(err, reason error, what string) error {
	if err != nil {
		return err
	}
	return s.refuse(reason, "%s", what)
}
