package api

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for _, test := range []struct {
		java     string
		yes, not []string
	}{
		{`[\w+=,.@-]+`, []string{"a", "A_9+=,.@-"}, []string{"", "a b", "é", "a\n", "a/"}},
		{`[\w+=,.@-]*`, []string{"", "a"}, []string{" "}},
		{`^[a-zA-Z0-9:/_-]+$`, []string{"alias/x"}, []string{"", "alias/x\n", "a b"}},
		// Java's ^ and $ bind less than |, but the whole must match all the same.
		{`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, []string{"/", "/a/", "/a/b/"}, []string{"", "/a", "a/", "//a b/", "/é/"}},
		{`a|ab`, []string{"a", "ab"}, []string{"abc", "b"}},
		{`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, []string{"", "Grüße 1", "日本", "a\u00a0b"}, []string{"a\tb", "a;b", "😀"}},
		{`[\u0009\u000A\u000D\u0020-\u00FF]+`, []string{"{\n\t}\r", "ÿ"}, []string{"", "\x00", "Ā", "\x0b"}},
		{`[\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`, []string{"é", "\ufffd", "😀", "\U0010ffff"}, []string{"a", "\uffff", "0"}},
		{`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`, []string{"abc", "a-b", "a-b-c9"}, []string{"", "-ab", "ab-", "a--b", "A"}},
		{`^[a-zA-Z0-9:/_\s.-]+$`, []string{"a b", "a\x0bb", "\t\r\n\f"}, []string{"a;b", "é"}},
		{`a\sb`, []string{"a b", "a\x0bb"}, []string{"ab"}},
		{`^[a-zA-Z0-9-_.]+$`, []string{"a-_.Z"}, []string{"a b"}},
		{`[\w+=,.@:\/-]*`, []string{"a/b:c"}, []string{"a b"}},
		{`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`, []string{"v1", "v10.x"}, []string{"v0", "1", "v1."[:1]}},
	} {
		p, err := CompilePattern(test.java)
		if err != nil {
			t.Errorf("%s: %v", test.java, err)
			continue
		}
		if p.Source != test.java {
			t.Errorf("source %s", p.Source)
		}
		for _, s := range test.yes {
			if !p.MatchString(s) {
				t.Errorf("%s refuses %q", test.java, s)
			}
		}
		for _, s := range test.not {
			if p.MatchString(s) {
				t.Errorf("%s accepts %q", test.java, s)
			}
		}
	}
}

// What RE2 cannot do, or would do otherwise than Java, must not pass unnoticed.
func TestPatternRefuses(t *testing.T) {
	for _, java := range []string{`a(?=b)`, `(a)\1`, `[a[bc]]`, `[a-z&&[^b]]`, `a*+`, `(?<!a)b`, `(`, `\uZZZZ`, `a{1,5000}`} {
		if p, err := CompilePattern(java); err == nil {
			t.Errorf("%s: compiled to %v", java, p.re)
		}
	}
}

// The table must agree with the regular expression that it stands for.
func TestPatternTable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, java := range []string{`[\w+=,.@-]+`, `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, `[\u0009\u000A\u000D\u0020-\u00FF]+`, `^[^a-z\s]+$`} {
		p, err := CompilePattern(java)
		if err != nil {
			t.Fatal(err)
		}
		if p.class == nil {
			t.Errorf("%s has no table", java)
		}
		for range 20000 {
			var b strings.Builder
			for range rnd.IntN(3) {
				b.WriteRune(rune(rnd.IntN(0x3000)))
			}
			if s := b.String(); p.MatchString(s) != p.re.MatchString(s) {
				t.Fatalf("%s: %q: table says %v", java, s, p.MatchString(s))
			}
		}
	}
	for _, java := range []string{`a+b+`, `(ab)+`, `[ab]`, `[ab]+c`, `[ab]{2,}`, `x$y`} {
		if p, err := CompilePattern(java); err != nil || p.class != nil {
			t.Errorf("%s: table %v, %v", java, p.class != nil, err)
		}
	}
}

func BenchmarkPattern(b *testing.B) {
	p, err := CompilePattern(`[\w+=,.@-]+`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p.MatchString("some-user.name@example")
	}
}
