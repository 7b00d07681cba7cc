package textbody_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/textbody"
)

func pattern(t testing.TB, rule int, name string) body.Pattern {
	t.Helper()
	next, ok := textbody.Lookup(name)
	if !ok {
		t.Fatalf("no pattern %q", name)
	}
	return body.Pattern{Rule: rule, Next: next}
}

func allPatterns(t testing.TB) []body.Pattern {
	return []body.Pattern{pattern(t, 0, "pan"), pattern(t, 1, "iban"), pattern(t, 2, "ssn"), pattern(t, 3, "email")}
}

// found gives what the pattern finds, joined by "|".
func found(t testing.TB, name, text string) string {
	t.Helper()
	var all []string
	for m := range textbody.Find([]body.Pattern{pattern(t, 0, name)}, []byte(text)) {
		all = append(all, text[m.Start:m.End])
	}
	return strings.Join(all, "|")
}

func TestLookup(t *testing.T) {
	for _, name := range []string{"", "PAN", "phone"} {
		if _, ok := textbody.Lookup(name); ok {
			t.Errorf("there is a pattern %q", name)
		}
	}
}

// testCards are the numbers that payment providers publish for testing
// (https://docs.stripe.com/testing, https://www.paypalobjects.com/en_GB/vhelp/paypalmanager_help/credit_card_numbers.htm,
// https://docs.adyen.com/development-resources/test-cards/test-card-numbers).
var testCards = []string{
	"4242424242424242", "4000056655665556", "4012888888881881", "4111111111111111", "4222222222222",
	"5555555555554444", "2223003122003222", "5200828282828210", "5105105105105100",
	"378282246310005", "371449635398431", "378734493671000",
	"6011111111111117", "6011000990139424", "6011981111111113",
	"3056930009020004", "30569309025904", "38520000023237", "36227206271667",
	"3566002020360505", "3530111333300000", "6200000000000005", "6205500000000000004", "6771798021000008",
}

func TestPAN(t *testing.T) {
	for _, card := range testCards {
		if got := found(t, "pan", "card: "+card+"."); got != card {
			t.Errorf("%s: found %q", card, got)
		}
		last := card[len(card)-1]
		wrong := card[:len(card)-1] + string('0'+(last-'0'+1)%10)
		if got := found(t, "pan", wrong); got != "" {
			t.Errorf("%s has a wrong check digit, found %q", wrong, got)
		}
		grouped := group(card, 4, " ")
		if got := found(t, "pan", "no. "+grouped); got != grouped {
			t.Errorf("%s: found %q", grouped, got)
		}
	}
	for text, want := range map[string]string{
		"":                                   "",
		"4111-1111-1111-1111":                "4111-1111-1111-1111",
		"4111.1111.1111.1111":                "4111.1111.1111.1111",
		"4111 - 1111 - 1111 - 1111":          "4111 - 1111 - 1111 - 1111",
		"4111\u00a01111\u20091111\u20111111": "4111\u00a01111\u20091111\u20111111",
		"4111\u200b1111\u00ad1111\ufeff1111": "4111\u200b1111\u00ad1111\ufeff1111",
		"３７８２８２２４６３１０００５":                               "３７８２８２２４６３１０００５",
		"٤١١١١١١١١١١١١١١١":                              "٤١١١١١١١١١١١١١١١",
		"x4111111111111111y":                            "4111111111111111",
		"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1":               "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
		"378282246310005,371449635398431":               "378282246310005|371449635398431",
		"4111111111111111 4012888888881881":             "4111111111111111|4012888888881881",
		"4111111111111111\n4012888888881881":            "4111111111111111|4012888888881881",
		"07 4111 1111 1111 1111":                        "4111 1111 1111 1111",
		"4111 1111 1111 1111 exp 12/27":                 "4111 1111 1111 1111",
		"4111    1111 1111 1111":                        "", // four spaces part more than groups
		"41111111111111111":                             "", // 17 digits, wrong check digit
		"94111111111111111":                             "",
		strings.Repeat("4111111111111111", 3):           "",
		"9999999999999995":                              "", // Luhn, but nobody issues it
		"0000000000000000":                              "",
		"411111111111":                                  "",
		"2026-07-01T00:00:00 +1 (555) 010-9999 x 12345": "",
	} {
		if got := found(t, "pan", text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func group(s string, n int, sep string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && i%n == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Two numbers that have eight digits in common: no digit of either may stay.
func TestOverlappingNumbersAreOne(t *testing.T) {
	made := 0
	for n := range 10_000 {
		first := fmt.Sprintf("4000 0000 4111 %04d", n)
		for last := range 10 {
			second := fmt.Sprintf("4111 %04d 1111 111%d", n, last)
			text := "4000 0000 " + second
			if found(t, "pan", first) != first || found(t, "pan", second) != second {
				continue
			}
			made++
			if got := found(t, "pan", "no. "+text+" x"); got != text {
				t.Fatalf("%s: found %q", text, got)
			}
		}
	}
	if made != 1000 {
		t.Errorf("made %d pairs, not 1000", made)
	}
}

// Examples of the IBAN registry (https://www.swift.com/resource/iban-registry-pdf).
var testIBANs = []string{
	"AD1200012030200359100100", "AE070331234567890123456", "AL47212110090000000235698741", "AT611904300234573201",
	"AZ21NABZ00000000137010001944", "BA391290079401028494", "BE68539007547034", "BG80BNBG96611020345678",
	"BH67BMAG00001299123456", "BR1800360305000010009795493C1", "BY13NBRB3600900000002Z00AB00", "CH9300762011623852957",
	"CR05015202001026284066", "CY17002001280000001200527600", "CZ6508000000192000145399", "DE89370400440532013000",
	"DK5000400440116243", "DO28BAGR00000001212453611324", "EE382200221020145685", "EG380019000500000000263180002",
	"ES9121000418450200051332", "FI2112345600000785", "FO6264600001631634", "FR1420041010050500013M02606",
	"GB29NWBK60161331926819", "GE29NB0000000101904917", "GI75NWBK000000007099453", "GL8964710001000206",
	"GR1601101250000000012300695", "GT82TRAJ01020000001210029690", "HR1210010051863000160", "HU42117730161111101800000000",
	"IE29AIBK93115212345678", "IL620108000000099999999", "IQ98NBIQ850123456789012", "IS140159260076545510730339",
	"IT60X0542811101000000123456", "JO94CBJO0010000000000131000302", "KW81CBKU0000000000001234560101", "KZ86125KZT5004100100",
	"LB62099900000001001901229114", "LC55HEMM000100010012001200023015", "LI21088100002324013AA", "LT121000011101001000",
	"LU280019400644750000", "LV80BANK0000435195001", "MC5811222000010123456789030", "MD24AG000225100013104168",
	"ME25505000012345678951", "MK07250120000058984", "MR1300020001010000123456753", "MT84MALT011000012345MTLCAST001S",
	"MU17BOMM0101101030300200000MUR", "NL91ABNA0417164300", "NO9386011117947", "PK36SCBL0000001123456702",
	"PL61109010140000071219812874", "PS92PALS000000000400123456702", "PT50000201231234567890154", "QA58DOHB00001234567890ABCDEFG",
	"RO49AAAA1B31007593840000", "RS35260005601001611379", "SA0380000000608010167519", "SE4550000000058398257466",
	"SI56263300012039086", "SK3112000000198742637541", "SM86U0322509800000000270100", "SV62CENR00000000000000700025",
	"TL380080012345678910157", "TN5910006035183598478831", "TR330006100519786457841326", "UA213223130000026007233566001",
	"VA59001123000012345678", "VG96VPVG0000012345678901", "XK051212012345678906",
}

func TestIBAN(t *testing.T) {
	for _, iban := range testIBANs {
		grouped := group(iban, 4, " ")
		for _, written := range []string{iban, grouped, strings.ToLower(iban), group(iban, 4, "-")} {
			if got := found(t, "iban", "IBAN: "+written+", thanks"); got != written {
				t.Errorf("%s: found %q", written, got)
			}
			if got := found(t, "iban", "pay to "+written+" at once"); got != written {
				t.Errorf("%s before a word: found %q", written, got)
			}
		}
		check := (iban[3]-'0'+1)%10 + '0'
		if got := found(t, "iban", iban[:3]+string(check)+iban[4:]); got != "" {
			t.Errorf("%s with wrong check digits: found %q", iban, got)
		}
	}
	for _, text := range []string{
		"", "DE", "DE89", "DE8937040044053201300", "DE893704004405320130000", "xDE89370400440532013000", "DE89370400440532013000x",
		"XX89370400440532013000", "DE8A370400440532013000",
	} {
		if got := found(t, "iban", text); got != "" {
			t.Errorf("%q: found %q", text, got)
		}
	}
}

// What can be a number is told by the Social Security Administration
// (https://www.ssa.gov/employer/randomization.html): area 000, 666 and 900 to
// 999, group 00 and serial 0000 are never assigned.
func TestSSN(t *testing.T) {
	for text, want := range map[string]string{
		"078-05-1120":                  "078-05-1120",
		"SSN 219-09-9999.":             "219-09-9999",
		"123 45 6789":                  "123 45 6789",
		"123.45.6789":                  "123.45.6789",
		"123\u201145\u20116789":        "123\u201145\u20116789",
		"899-99-9999":                  "899-99-9999",
		"１２３-４５-６７８９":                  "１２３-４５-６７８９",
		"123-45-6789 and 321-54-9876":  "123-45-6789|321-54-9876",
		"1-123-45-6789":                "123-45-6789",
		"000-12-3456":                  "",
		"666-12-3456":                  "",
		"900-12-3456":                  "",
		"999-12-3456":                  "",
		"123-00-4567":                  "",
		"123-45-0000":                  "",
		"123456789":                    "",
		"123-456789":                   "",
		"1234-56-7890":                 "",
		"123-45-67890":                 "",
		"12-345-6789":                  "",
		"123-45":                       "",
		"123--45--6789":                "123--45--6789",
		"2026-07-01, +1 555-010-9999 ": "",
	} {
		if got := found(t, "ssn", text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestEmail(t *testing.T) {
	local64 := strings.Repeat("a", 64)
	for text, want := range map[string]string{
		"arosalez@example.com":                 "arosalez@example.com",
		"<arosalez@example.com>":               "arosalez@example.com",
		"mailto:a.b+c@mail.example.co.uk.":     "a.b+c@mail.example.co.uk",
		"a@b.co, c@d.org; e@f.net":             "a@b.co|c@d.org|e@f.net",
		"o'neil!#$%&*+-/=?^_`{|}~@x.io":        "o'neil!#$%&*+-/=?^_`{|}~@x.io",
		`"john doe"@example.com`:               `"john doe"@example.com`,
		"José@example.com":                     "José@example.com",
		"用户@例子.公司":                             "用户@例子.公司",
		"a@xn--fsqu00a.xn--0zwm56d":            "a@xn--fsqu00a.xn--0zwm56d",
		"a@b-c.example.com-":                   "a@b-c.example.com",
		local64 + "@x.org":                     local64 + "@x.org",
		"b" + local64 + "@x.org":               local64 + "@x.org",
		"a@b@example.com":                      "b@example.com",
		"a@" + strings.Repeat("b", 63) + ".c3": "a@" + strings.Repeat("b", 63) + ".c3",
		"":                                     "",
		"@":                                    "",
		"@example.com":                         "",
		"a@":                                   "",
		"a@localhost":                          "",
		"a@example.c":                          "",
		"a@.com":                               "",
		"a@-.com":                              "",
		"a@1.2.3.4":                            "",
		"a @example.com":                       "",
		"a@ example.com":                       "",
		"a@example..com":                       "",
		`" unfinished@x y.z`:                   "",
	} {
		if got := found(t, "email", text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestFindSeveral(t *testing.T) {
	text := "Mail 4111111111111111@example.com or 078-05-1120, GB29 NWBK 6016 1331 9268 19; 4242424242424242 x@y.zz"
	var got []string
	for m := range textbody.Find(allPatterns(t), []byte(text)) {
		got = append(got, fmt.Sprintf("%d:%s", m.Rule, text[m.Start:m.End]))
	}
	want := []string{
		"0:4111111111111111@example.com", // one of the two that begin together is first, and covers both
		"2:078-05-1120", "1:GB29 NWBK 6016 1331 9268 19", "0:4242424242424242", "3:x@y.zz",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("found %q,\nwant %q", got, want)
	}
}

func TestFindStopsWhenAsked(t *testing.T) {
	n := 0
	for range textbody.Find(allPatterns(t), []byte("a@b.cd e@f.gh")) {
		n++
		break
	}
	if n != 1 {
		t.Error(n)
	}
}
