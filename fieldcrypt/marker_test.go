package fieldcrypt_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/fieldcrypt"
)

var (
	ssn     = fieldcrypt.Marker{Key: "ssn", Version: 2}
	article = fieldcrypt.Marker{Key: "pii", Version: 1, Prefix: "#01#", Suffix: "#10#"}
)

func TestMarkerAppend(t *testing.T) {
	for want, append := range map[string]func() ([]byte, error){
		"x#ssn.2#AQID#2.ssn#":     func() ([]byte, error) { return ssn.Append([]byte("x"), fieldcrypt.Plain, []byte{1, 2, 3}) },
		"#ssn.2.json#AQI=#2.ssn#": func() ([]byte, error) { return ssn.Append(nil, fieldcrypt.JSON, []byte{1, 2}) },
		"#ssn.2.form#+/+/#2.ssn#": func() ([]byte, error) { return ssn.Append(nil, fieldcrypt.Form, []byte{0xfb, 0xff, 0xbf}) },
		"#ssn.2.xml#AQ==#2.ssn#":  func() ([]byte, error) { return ssn.Append(nil, fieldcrypt.XML, []byte{1}) },
		"#01#AQID#10#":            func() ([]byte, error) { return article.Append(nil, fieldcrypt.Plain, []byte{1, 2, 3}) },
	} {
		got, err := append()
		if err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

func TestMarkerAppendRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		marker   fieldcrypt.Marker
		encoding fieldcrypt.Encoding
		length   int
		want     error
	}{
		"JSON source in a literal marker": {article, fieldcrypt.JSON, 1, fieldcrypt.ErrEncoding},
		"unknown encoding":                {ssn, "yaml", 1, fieldcrypt.ErrEncoding},
		"longer than MaxMarker":           {ssn, fieldcrypt.Plain, fieldcrypt.MaxMarker / 4 * 3, fieldcrypt.ErrTooLong},
	} {
		got, err := c.marker.Append([]byte("x"), c.encoding, make([]byte, c.length))
		if !errors.Is(err, c.want) || string(got) != "x" {
			t.Errorf("%s: %.20q, %v", name, got, err)
		}
	}
}

func TestMarkerValidate(t *testing.T) {
	valid := []fieldcrypt.Marker{
		{Key: "a", Version: 1},
		{Key: "a-b_c0", Version: 999999},
		{Key: strings.Repeat("k", 32), Version: 10},
		article,
		{Key: "k", Version: 1, Prefix: "#k#", Suffix: "#/k#"[:1] + "end.k#"},
		{Key: "k", Version: 1, Prefix: "#" + strings.Repeat("A", 62) + "#", Suffix: "#B#"},
	}
	for _, m := range valid {
		if err := m.Validate(); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	}
	invalid := []fieldcrypt.Marker{
		{}, {Key: "a"}, {Version: 1}, {Key: "a", Version: -1}, {Key: "a", Version: 1000000},
		{Key: "A", Version: 1}, {Key: "1a", Version: 1}, {Key: "-a", Version: 1}, {Key: "a.b", Version: 1},
		{Key: "a#", Version: 1}, {Key: "ä", Version: 1}, {Key: "a b", Version: 1}, {Key: strings.Repeat("k", 33), Version: 1},
		{Key: "k", Version: 1, Prefix: "#01#"},
		{Key: "k", Version: 1, Suffix: "#01#"},
		{Key: "k", Version: 1, Prefix: "#01#", Suffix: "#01#"},
		{Key: "k", Version: 1, Prefix: "01", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "##", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#0 1#", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#0#1#", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#0\"1#", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#" + strings.Repeat("A", 63) + "#", Suffix: "#10#"},
		// These could be taken for those of the grammar.
		{Key: "k", Version: 1, Prefix: "#ssn.1#", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#ssn.1.json#", Suffix: "#10#"},
		{Key: "k", Version: 1, Prefix: "#01#", Suffix: "#1.ssn#"},
	}
	for _, m := range invalid {
		if err := m.Validate(); !errors.Is(err, fieldcrypt.ErrMarker) {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

func TestNewFinderRefusesWhatIsTaken(t *testing.T) {
	other := fieldcrypt.Marker{Key: "other", Version: 1, Prefix: "#02#", Suffix: "#20#"}
	for _, change := range []func(m *fieldcrypt.Marker){
		func(m *fieldcrypt.Marker) { m.Prefix = article.Prefix },
		func(m *fieldcrypt.Marker) { m.Suffix = article.Suffix },
		func(m *fieldcrypt.Marker) { m.Prefix = article.Suffix },
		func(m *fieldcrypt.Marker) { m.Suffix = article.Prefix },
		func(m *fieldcrypt.Marker) { m.Version = 0 },
	} {
		m := other
		change(&m)
		if _, err := fieldcrypt.NewFinder(article, m); !errors.Is(err, fieldcrypt.ErrMarker) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if _, err := fieldcrypt.NewFinder(article, other, ssn, ssn); err != nil {
		t.Error(err)
	}
}

func newFinder(t testing.TB, markers ...fieldcrypt.Marker) *fieldcrypt.Finder {
	t.Helper()
	f, err := fieldcrypt.NewFinder(markers...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFind(t *testing.T) {
	f := newFinder(t, article)
	for text, want := range map[string]string{
		"#ssn.2#AQID#2.ssn#":                      "0:18 ssn.2  010203",
		"#ssn.2.json#AQID#2.ssn#":                 "0:23 ssn.2 json 010203",
		`{"a":"#ssn.2#AQID#2.ssn#"}`:              "6:24 ssn.2  010203",
		"#01#AQID#10#":                            "0:12 pii.1  010203",
		"# ## ###01#AQID#10##":                    "7:19 pii.1  010203",
		"#ssn.1##ssn.2#AQID#2.ssn#":               "7:25 ssn.2  010203", // a prefix without ciphertext before it
		"#ssn.2#AQ==#ssn.2#AQID#2.ssn#":           "11:29 ssn.2  010203",
		"#ssn.2#AQID#2.ssn##ssn.2#AQ==#2.ssn#":    "0:18 ssn.2  010203",
		"ä#ssn.2#AQID#2.ssn#":                     "2:20 ssn.2  010203",
		strings.Repeat("#a", 99) + "#01#AQ==#10#": "198:210 pii.1  01",
	} {
		s, start, end := f.Find([]byte(text))
		if s == nil {
			t.Errorf("%q: nothing found", text)
			continue
		}
		if got := fmt.Sprintf("%d:%d %s %s %x", start, end, s, s.Encoding, s.Ciphertext); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestFindNothing(t *testing.T) {
	f := newFinder(t, article)
	for _, text := range []string{
		"", "#", "##", "no marker", "#ssn.2#", "#ssn.2##2.ssn#",
		"#ssn.2#AQID#2.ssn",              // cut off
		"#ssn.2#AQID#3.ssn#",             // another version at the end
		"#ssn.2#AQID#2.tel#",             // another key
		"#ssn.2#AQID#ssn.2#",             // the prefix again
		"#ssn.2#AQI#2.ssn#",              // no padding
		"#ssn.2#AQI==#2.ssn#",            // too much of it
		"#ssn.2#AQ==AQ==#2.ssn#",         // amid
		"#ssn.2#AR==#2.ssn#",             // bits behind the end: a second spelling of AQ==
		"#ssn.2#AQ\nID#2.ssn#",           // encoding/base64 alone would pass over it
		"#ssn.2#AQ-_#2.ssn#",             // the other alphabet
		"#ssn.02#AQID#02.ssn#",           // a second spelling of the version
		"#ssn.0#AQID#0.ssn#",             //
		"#ssn.1000000#AQID#1000000.ssn#", //
		"#ssn.+2#AQID#+2.ssn#",
		"#SSN.2#AQID#2.SSN#",
		"#ssn.2.#AQID#2.ssn#",     // an empty encoding
		"#ssn.2.yaml#AQID#2.ssn#", // an unknown one
		"#ssn.2.json.json#AQID#2.ssn#",
		"#ssn#AQID#ssn#",
		"#01#AQID#11#",
		"#01#AQID#1.01#",
		"#ssn.2#AQID#10#", // one key's prefix, another's suffix
	} {
		if s, start, end := f.Find([]byte(text)); s != nil || start != len(text) || end != len(text) {
			t.Errorf("%q: %v %d:%d", text, s, start, end)
		}
	}
	if s, _, _ := newFinder(t).Find([]byte("#01#AQID#10#")); s != nil {
		t.Error("a literal marker was found by a finder that was not told of it")
	}
}

func TestFindLongest(t *testing.T) {
	f := newFinder(t)
	fits := (fieldcrypt.MaxMarker - len("#ssn.2##2.ssn#")) / 4 * 3
	long, err := ssn.Append(nil, fieldcrypt.Plain, make([]byte, fits))
	if err != nil {
		t.Fatal(err)
	}
	if s, _, end := f.Find(long); s == nil || end != len(long) {
		t.Error("the longest marker is not found")
	}
	longer := "#ssn.2#" + base64.StdEncoding.EncodeToString(make([]byte, fits+3)) + "#2.ssn#"
	if s, _, _ := f.Find([]byte(longer)); s != nil {
		t.Error("a longer one is found")
	}
	for _, text := range []string{string(long), longer} {
		var whole strings.Builder
		found := 0
		for piece, err := range f.Split(iotest.HalfReader(strings.NewReader(text + "tail"))) {
			if err != nil {
				t.Fatal(err)
			}
			whole.Write(piece.Text)
			if piece.Sealed != nil {
				found++
			}
		}
		if want := len(text) == len(long); (found == 1) != want || whole.String() != text+"tail" {
			t.Errorf("stream of %d bytes: %d found, %d bytes", len(text), found, whole.Len())
		}
	}
}

// TestFindAgreesWithRegexp: what is found is what the grammar's regular
// expression finds, on texts that are made of a marker's parts.
func TestFindAgreesWithRegexp(t *testing.T) {
	grammar := regexp.MustCompile(`#([a-z][a-z0-9_-]{0,31})\.([1-9][0-9]{0,5})(?:\.(json|form|xml))?#((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=))#([1-9][0-9]{0,5})\.([a-z][a-z0-9_-]{0,31})#`)
	parts := []string{"#", "ssn", "tel", ".", "1", "2", ".json", ".xml", "AQID", "AQ==", "AQI=", "A", "=", "x ", "#ssn.1#", "#ssn.1#AQID", "#1.ssn#", "#tel.2.json#", "#2.tel#"}
	f := newFinder(t)
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 100_000 {
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		text := b.String()
		s, start, end := f.Find([]byte(text))
		wantStart, wantEnd := len(text), len(text)
		for from := 0; from < len(text); {
			m := grammar.FindStringSubmatchIndex(text[from:])
			if m == nil {
				break
			}
			sub := func(i int) string { return text[from:][m[2*i]:m[2*i+1]] }
			if sub(1) == sub(6) && sub(2) == sub(5) {
				wantStart, wantEnd = from+m[0], from+m[1]
				break
			}
			from += m[0] + 1
		}
		if (s != nil) != (wantStart < len(text)) || start != wantStart || end != wantEnd {
			t.Fatalf("%q: %d:%d, want %d:%d", text, start, end, wantStart, wantEnd)
		}
		if s != nil {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d texts had a marker", found)
	}
}

// split gives the pieces of a text in one line each.
func split(t testing.TB, f *fieldcrypt.Finder, src io.Reader) (pieces []string) {
	t.Helper()
	text := ""
	flush := func() {
		if text != "" {
			pieces = append(pieces, text)
		}
		text = ""
	}
	for piece, err := range f.Split(src) {
		if err != nil {
			t.Fatal(err)
		}
		if piece.Sealed == nil {
			text += string(piece.Text)
			continue
		}
		flush()
		pieces = append(pieces, fmt.Sprintf("<%s %x>", piece.Sealed, piece.Sealed.Ciphertext))
	}
	flush()
	return pieces
}

func TestSplit(t *testing.T) {
	const text = "a #b #ssn.2#AQID#2.ssn#c#ssn.2#AQ==#2.tel##01#AQID#10##01#AQ==#10# #ssn.2#AQ"
	want := []string{"a #b ", "<ssn.2 010203>", "c#ssn.2#AQ==#2.tel#", "<pii.1 010203>", "<pii.1 01>", " #ssn.2#AQ"}
	f := newFinder(t, article)
	for name, src := range map[string]io.Reader{
		"whole":        strings.NewReader(text),
		"bytes":        iotest.OneByteReader(strings.NewReader(text)),
		"data and EOF": iotest.DataErrReader(strings.NewReader(text)),
	} {
		if got := split(t, f, src); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestSplitDoesNotWait: a '#' that begins no marker does not hold back what was
// read, so that a log can be followed.
func TestSplitDoesNotWait(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go func() { _, _ = io.WriteString(w, "issue # 12, column C#\n") }()
	got := ""
	for piece, err := range newFinder(t).Split(r) {
		if err != nil {
			t.Fatal(err)
		}
		if got += string(piece.Text); strings.HasSuffix(got, "\n") {
			return
		}
	}
}

func TestSplitReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	src := io.MultiReader(strings.NewReader("text #ssn.2#AQ"), iotest.ErrReader(broken))
	got := ""
	for piece, err := range newFinder(t).Split(src) {
		if err != nil {
			if !errors.Is(err, broken) || got != "text #ssn.2#AQ" {
				t.Errorf("%v after %q", err, got)
			}
			return
		}
		got += string(piece.Text)
	}
	t.Error("the error was swallowed")
}

// TestSplitMemory: long texts without any marker, with many, and with what
// begins like one go through the same small buffer.
func TestSplitMemory(t *testing.T) {
	f := newFinder(t)
	for name, unit := range map[string]string{
		"text": strings.Repeat("x", 1000), "hashes": strings.Repeat("#", 1000),
		"prefixes": strings.Repeat("#ssn.2#", 100), "markers": strings.Repeat("#ssn.2#AQID#2.ssn#", 50),
	} {
		n := testing.AllocsPerRun(1, func() {
			for _, err := range f.Split(&repeat{[]byte(unit), 1 << 20}) {
				if err != nil {
					t.Error(err)
				}
			}
		})
		if name != "markers" && n > 20 {
			t.Errorf("%s: %v allocations for 1 MiB", name, n)
		}
	}
}

// repeat reads a text again and again.
type repeat struct {
	unit []byte
	left int
}

func (r *repeat) Read(b []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(b, r.unit)
	r.left -= n
	return n, nil
}

// FuzzFind: finding is the same whole and in a stream, changes no byte, and what
// is found, written again, is what stood there.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{"", "#ssn.2#AQID#2.ssn#", "x#ssn.2.json#AQID#2.ssn#y#01#AQ==#10#", "#01##10#", "#ssn.2#AQ", "#a.1#AAAA#1.a##a.1#AAAA"} {
		f.Add([]byte(seed), uint8(3))
	}
	finder := newFinder(f, article)
	f.Fuzz(func(t *testing.T, text []byte, chunk uint8) {
		var whole []byte
		rest := text
		for piece, err := range finder.Split(&chunks{bytes.NewReader(text), int(chunk) + 1}) {
			if err != nil {
				t.Fatal(err)
			}
			whole = append(whole, piece.Text...)
			if piece.Sealed == nil {
				continue
			}
			s, start, end := finder.Find(rest)
			if s == nil || !bytes.Equal(rest[start:end], piece.Text) || s.String() != piece.Sealed.String() {
				t.Fatalf("the stream has %q, Find %v", piece.Text, s)
			}
			rest = rest[end:]
			m := fieldcrypt.Marker{Key: s.Key, Version: s.Version}
			if s.Key == article.Key && bytes.HasPrefix(piece.Text, []byte(article.Prefix)) {
				m = article
			}
			again, err := m.Append(nil, s.Encoding, s.Ciphertext)
			if err != nil || !bytes.Equal(again, piece.Text) {
				t.Fatalf("%q written again is %q: %v", piece.Text, again, err)
			}
		}
		if s, _, _ := finder.Find(rest); s != nil {
			t.Fatalf("the stream misses %v", s)
		}
		if !bytes.Equal(whole, text) {
			t.Fatalf("the pieces are %q", whole)
		}
	})
}

type chunks struct {
	r    io.Reader
	size int
}

func (c *chunks) Read(b []byte) (int, error) { return c.r.Read(b[:min(len(b), c.size)]) }

// BenchmarkSplit measures finding in text without markers, and with one in
// every kilobyte.
func BenchmarkSplit(b *testing.B) {
	f := newFinder(b)
	marker, _ := ssn.Append(nil, fieldcrypt.Plain, make([]byte, 256))
	for name, unit := range map[string][]byte{
		"plain":   bytes.Repeat([]byte("lorem ipsum dolor #1 sit amet\n"), 1000),
		"markers": append(bytes.Repeat([]byte("lorem ipsum dolor #1 sit amet\n"), 22), marker...),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(1 << 20)
			for b.Loop() {
				for _, err := range f.Split(&repeat{unit, 1 << 20}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
