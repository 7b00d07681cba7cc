package esdk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"strings"
	"testing"
)

func TestContextSerialization(t *testing.T) {
	for _, c := range []struct {
		context Context
		want    string
	}{
		{nil, ""},
		{Context{}, ""},
		{Context{"": ""}, "\x00\x01\x00\x00\x00\x00"},
		{Context{"b": "2", "a": "1"}, "\x00\x02\x00\x01a\x00\x011\x00\x01b\x00\x012"},
		// The pairs that the JavaScript implementation tests its headers with.
		{
			Context{"some": "public", "information": "½ + ¼ = ¾"},
			"\x00\x02\x00\x0binformation\x00\x0c½ + ¼ = ¾\x00\x04some\x00\x06public",
		},
		// By UTF-8 U+FF5E stands before U+1F511; by UTF-16 it would not.
		{Context{"\U0001F511": "x", "\uff5e": "y"}, "\x00\x02\x00\x03\uff5e\x00\x01y\x00\x04\U0001F511\x00\x01x"},
	} {
		got, err := c.context.AppendBinary([]byte("before"))
		if err != nil || string(got) != "before"+c.want {
			t.Errorf("%q is %q, want %q (%v)", c.context, got, c.want, err)
		}
		back, err := parseContext(got[len("before"):])
		if err != nil || !maps.Equal(back, c.context) {
			t.Errorf("%q comes back as %q (%v)", c.context, back, err)
		}
	}
}

func TestContextTooLarge(t *testing.T) {
	m := NewManager(static{})
	many := Context{}
	for i := range 70_000 {
		many[fmt.Sprint(i)] = ""
	}
	for name, c := range map[string]Context{
		"key":    {strings.Repeat("k", 1<<16): "v"},
		"value":  {"k": strings.Repeat("v", 1<<16)},
		"all":    {"a": strings.Repeat("v", 40_000), "b": strings.Repeat("v", 40_000)},
		"pairs":  many,
		"by one": {"k": strings.Repeat("v", maxField-2-4-1+1)},
	} {
		_, err := Seal(t.Context(), nil, m, nil, &EncryptOptions{Suite: Committed, Context: c})
		if wantIs(t, err, ErrContext); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	largest := Context{"k": strings.Repeat("v", maxField-2-4-1)}
	message := seal(t, m, text(3), &EncryptOptions{Suite: Committed, Context: largest})
	if _, h, err := Open(t.Context(), nil, m, message, nil); err != nil || !maps.Equal(h.Context, largest) {
		t.Errorf("the largest context: %v", err)
	}
}

func TestContextOfCallers(t *testing.T) {
	m := NewManager(static{})
	for _, c := range []Context{
		{"aws-crypto-public-key": "mine"},
		{"aws-crypto-": ""},
		{"aws-crypto-something-new": "x"},
		{"\xff": "not UTF-8"},
		{"k": "\xc0\x80"},
	} {
		_, err := Seal(t.Context(), nil, m, nil, &EncryptOptions{Context: c})
		wantIs(t, err, ErrContext)
	}
	for _, c := range []Context{{"AWS-CRYPTO-": "x"}, {"aws-crypt": "x"}, {"x-aws-crypto-": "x"}, {"": ""}} {
		seal(t, m, nil, &EncryptOptions{Context: c})
	}
	// The caller's map is not the header's.
	c := Context{"k": "v"}
	seal(t, m, nil, &EncryptOptions{Context: c})
	if len(c) != 1 {
		t.Errorf("the caller's context became %q", c)
	}
}

func TestParseContextRefuses(t *testing.T) {
	for _, s := range []string{
		"\x00",                        // no count
		"\x00\x00",                    // no pairs: then there must be no bytes
		"\x00\x01",                    // a pair is missing
		"\x00\x01\x00\x01a",           // its value is
		"\x00\x01\x00\x01a\x00\x02b",  // its value is too short
		"\x00\x01\x00\x01a\x00\x01b!", // a byte too many
		"\x00\x02\x00\x01a\x00\x01b\x00\x01a\x00\x01b", // a key twice
		"\x00\x02\x00\x01a\x00\x01b\x00\x01a\x00\x01c",
		"\x00\x01\x00\x01\xff\x00\x01b", // not UTF-8
		"\x00\x01\x00\x01a\x00\x02\xc0\x80",
		"\xff\xff\x00\x00\x00\x00",
	} {
		if c, err := parseContext([]byte(s)); err == nil {
			t.Errorf("%q is accepted, as %q", s, c)
		}
	}
}

func TestExpectedContext(t *testing.T) {
	m := NewManager(static{})
	for _, suite := range []Suite{AES256, Committed, CommittedSigned} {
		o := writing(suite)
		o.Context = Context{"tenant": "blue", "purpose": "test"}
		message := seal(t, m, text(10), o)
		for _, c := range []struct {
			expected Context
			ok       bool
		}{
			{nil, true},
			{Context{"tenant": "blue"}, true},
			{Context{"tenant": "blue", "purpose": "test"}, true},
			{Context{"tenant": "red"}, false},
			{Context{"tenant": ""}, false},
			{Context{"Tenant": "blue"}, false},
			{Context{"tenant": "blue", "region": "eu"}, false},
			{Context{"": ""}, false},
			{Context{"aws-crypto-else": ""}, false},
		} {
			r := reading()
			r.Context = c.expected
			for _, err := range []error{second(Open(t.Context(), nil, m, message, r)), last(readAll(t, message, m, r))} {
				if c.ok && err != nil {
					t.Errorf("%v: expecting %q: %v", suite, c.expected, err)
				} else if !c.ok {
					wantIs(t, err, ErrContext)
				}
			}
		}
	}
}

func second(_ []byte, _ *Header, err error) error { return err }
func last(_ []byte, err error) error              { return err }

// The pairs that a message does not store are bound to it all the same.
func TestRequiredContextIsNotStored(t *testing.T) {
	m := NewManager(static{})
	required := NewRequiredContext(m, "tenant")
	for _, suite := range Suites() {
		o := writing(suite)
		o.Context = Context{"tenant": "unheard-of", "purpose": "test"}
		message := seal(t, required, text(10), o)
		if bytes.Contains(message, []byte("unheard-of")) || bytes.Contains(message, []byte("tenant")) {
			t.Errorf("%v: the message stores the required pair", suite)
		}
		if !bytes.Contains(message, []byte("purpose")) {
			t.Errorf("%v: the message does not store the other pair", suite)
		}
		for _, c := range []struct {
			expected Context
			want     error
		}{
			{Context{"tenant": "unheard-of"}, nil},
			{Context{"tenant": "unheard-of", "purpose": "test"}, nil},
			{nil, ErrHeaderAuth},
			{Context{"tenant": "another"}, ErrContext},
			{Context{"tenant": "unheard-of", "region": "eu"}, ErrContext},
		} {
			r := reading()
			r.Context = c.expected
			got, h, err := Open(t.Context(), nil, m, message, r)
			if c.want != nil {
				wantIs(t, err, c.want)
				continue
			}
			if err != nil || !bytes.Equal(got, text(10)) || h.Context["tenant"] != "unheard-of" || h.Context["purpose"] != "test" {
				t.Errorf("%v: expecting %q: header %+v, %v", suite, c.expected, h, err)
			}
		}
	}
}

func FuzzContext(f *testing.F) {
	f.Add([]byte("\x00\x02\x00\x01a\x00\x011\x00\x01b\x00\x012"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseContext(b)
		if err != nil {
			wantIs(t, err, ErrMalformed)
			return
		}
		if len(c) > 0 && int(binary.BigEndian.Uint16(b)) != len(c) {
			t.Errorf("%d pairs of %x", len(c), b)
		}
		if len(b) > maxField {
			return // more than a message can say
		}
		again, err := c.AppendBinary(nil)
		if err != nil || len(again) != len(b) {
			t.Errorf("%x is written as %x: %v", b, again, err)
		}
	})
}
