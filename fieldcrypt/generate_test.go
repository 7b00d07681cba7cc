package fieldcrypt_test

import (
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
)

// A payloads generates payloads that are well-formed and odd.
type payloads struct {
	*rand.Rand
	b strings.Builder
}

func (g *payloads) one(of ...string) string { return of[g.IntN(len(of))] }

func (g *payloads) space() {
	if g.IntN(4) == 0 {
		g.b.WriteString(g.one(" ", "\n", "\t ", "\r\n"))
	}
}

// json writes a JSON text.
func (g *payloads) json() string {
	g.b.Reset()
	g.jsonValue(0)
	return g.b.String()
}

func (g *payloads) jsonValue(depth int) {
	g.space()
	defer g.space()
	kind := g.IntN(10)
	if depth > 5 {
		kind = g.IntN(6)
	}
	switch kind {
	case 0:
		g.b.WriteString(g.one("true", "false", "null"))
	case 1, 2:
		g.b.WriteString(g.jsonNumber())
	case 3, 4, 5:
		g.b.WriteString(g.jsonString())
	case 6, 7:
		g.list('[', ']', func(int) { g.jsonValue(depth + 1) })
	default:
		seen := map[string]bool{}
		g.list('{', '}', func(i int) {
			name, folded := g.jsonName()
			if seen[folded] {
				name = `"n` + strconv.Itoa(i) + `"`
			}
			seen[folded] = true
			g.space()
			g.b.WriteString(name)
			g.space()
			g.b.WriteByte(':')
			g.jsonValue(depth + 1)
		})
	}
}

func (g *payloads) list(open, end byte, item func(i int)) {
	g.b.WriteByte(open)
	g.space()
	for i := range g.IntN(5) {
		if i > 0 {
			g.b.WriteByte(',')
		}
		item(i)
	}
	g.b.WriteByte(end)
}

// jsonName gives a name, and one that all names like it have in common.
func (g *payloads) jsonName() (name, folded string) {
	if g.IntN(2) == 0 {
		return g.one(`"ssn"`, `"SSN"`, `"\u0073sn"`, `"S\u0053n"`, `"ſsn"`, `"s_sn"`, `"ss\u006E"`), "ssn"
	}
	name = g.one(`"a"`, `"B"`, `"xssn"`, `"ssn2"`, `""`, `"é\n"`, `"odd name"`, `"@ssn"`, `"user.ssn"`, `"a.b"`, `"ssn "`)
	return name, name
}

func (g *payloads) jsonNumber() string {
	return g.one("", "-") + g.one("0", "1", "98101", "4111111111111111", "123456789012345678901234567890") +
		g.one("", "", ".0", ".250") + g.one("", "", "e5", "E-05", "e+1")
}

func (g *payloads) jsonString() string {
	var b strings.Builder
	b.WriteByte('"')
	for range g.IntN(6) {
		b.WriteString(g.one("a", "Rosalez", "é", "😀", " ", "#", "#k.1#", "#k.1#AAAA", "#1.k#", "/", "4111111111111111",
			"4111 1111 1111 1111", "123-45-6789", "\u2028", "\x7f", `\"`, `\\`, `\/`, `\n`, `\u0000`, `\u001F`, `\u001f`, `\u0034`,
			`\ud83d\ude00`, `\u00e9`, `'`, "<", "&amp;"))
	}
	b.WriteByte('"')
	return b.String()
}

// form writes a form, in which names may stand several times.
func (g *payloads) form() string {
	g.b.Reset()
	for i := range g.IntN(8) {
		if i > 0 {
			g.b.WriteByte('&')
		}
		g.b.WriteString(g.one("ssn", "SSN", "%73sn", "ssn[]", "user%5Bssn%5D", "user.ssn", "a", "xssn", "", "b+c", "é", "%C3%A9"))
		if g.IntN(8) == 0 {
			continue
		}
		g.b.WriteByte('=')
		for range g.IntN(6) {
			g.b.WriteString(g.one("a", "+", "%20", "%2B", "%2b", "é", "%C3%A9", "%ff", "%00", "=", "~", "%7E", "4111111111111111",
				"4111+1111+1111+1111", "4111%201111+1111+1111", "%23k.1%23", "#", "!", "/", url.QueryEscape("#k.1#AAAA")))
		}
	}
	return g.b.String()
}
