package wire

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// decodeEverything decodes a document of the types that have all that models
// can say.
func decodeEverything(text string) (*everything, error) {
	v := new(everything)
	err := decodeXML([]byte(text), "R", &shape{kind: kindStruct, fields: structureOf(reflect.TypeFor[everything]())}, reflect.ValueOf(v).Elem())
	return v, err
}

func TestXMLDecode(t *testing.T) {
	when := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for text, want := range map[string]everything{
		"<R/>":                {},
		"<R></R>":             {},
		"<R\n a='1' b=\"\"/>": {},
		"\ufeff<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\n<!-- c --><?pi x?>\n<R/>\n<!-- d -->\n": {},
		`<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Text>a</Text></R>`:                                    {Text: new("a")},
		`<s3:R xmlns:s3="x"><s3:Text s3:y="z">a</s3:Text></s3:R>`:                                                  {Text: new("a")},
		"<R><Text/></R>":                                                                         {Text: new("")},
		"<R><Text></Text></R >":                                                                  {Text: new("")},
		"<R><Text> a\tb\n</Text></R>":                                                            {Text: new(" a\tb\n")},
		"<R><Text>a\r\nb\rc</Text></R>":                                                          {Text: new("a\nb\nc")},
		"<R><Text>&#13;&#xA;&#xd;</Text></R>":                                                    {Text: new("\r\n\r")},
		"<R><Text>&lt;&gt;&amp;&apos;&quot;</Text></R>":                                          {Text: new(`<>&'"`)},
		"<R><Text>&#x1F600;é😀&#233;</Text></R>":                                                  {Text: new("😀é😀é")},
		"<R><Text>&amp;lt;</Text></R>":                                                           {Text: new("&lt;")},
		"<R><Text>a<!-- x -->b<?y z?>c</Text></R>":                                               {Text: new("abc")},
		"<R><Text>a&amp;<!--\r--><![CDATA[<&>\r\n]]>]]&gt;</Text></R>":                           {Text: new("a&<&>\n]]>")},
		"<R><Text><![CDATA[]]></Text></R>":                                                       {Text: new("")},
		"<R>\n <Flag> true </Flag>\r\n<Small>\n-7 </Small></R>":                                  {Flag: new(true), Small: new(int32(-7))},
		"<R><Flag>FALSE</Flag><Big>+5</Big></R>":                                                 {Flag: new(false), Big: new(int64(5))},
		"<R><Color> RED </Color></R>":                                                            {Color: "RED"},
		"<R><Color>BLUE</Color></R>":                                                             {Color: "BLUE"}, // Validate's to refuse
		"<R><Color/></R>":                                                                        {Color: emptyEnum},
		"<R><When>2026-02-03T04:05:06.000Z</When></R>":                                           {When: &when},
		"<R><When>2026-02-03T05:05:06+01:00</When></R>":                                          {When: &when},
		"<R><When>20260203T040506Z</When></R>":                                                   {When: &when},
		"<R><When>2026-02-03</When></R>":                                                         {When: new(when.Truncate(24 * time.Hour))},
		"<R><Blob>AP8=</Blob><Double>1.5</Double></R>":                                           {Blob: []byte{0, 255}, Double: new(1.5)},
		"<R><Self><Self/></Self></R>":                                                            {Self: &everything{Self: &everything{}}},
		"<R><Texts/></R>":                                                                        {Texts: []string{}},
		"<R><Texts><item>a</item> <item/></Texts></R>":                                           {Texts: []string{"a", ""}},
		"<R><Selves><member><Small>1</Small></member><member/></Selves></R>":                     {Selves: []everything{{Small: new(int32(1))}, {}}},
		"<R><FlatItem>a</FlatItem><Text>x</Text><FlatItem>b</FlatItem></R>":                      {Flat: []string{"a", "b"}, Text: new("x")},
		"<R><FlatBare>1</FlatBare><FlatBare>2</FlatBare></R>":                                    {FlatBare: []int32{1, 2}},
		"<R><Lists><member><member>a</member></member><member/></Lists></R>":                     {Lists: [][]string{{"a"}, {}}},
		"<R><Map><entry><key>a</key><value>b</value></entry></Map></R>":                          {Map: map[string]string{"a": "b"}},
		"<R><FlatMap><V>1</V><K>a</K></FlatMap><FlatMap><K>b</K><V>2</V></FlatMap></R>":          {FlatMap: map[string]int32{"a": 1, "b": 2}},
		"<R><ByColor><entry><key>RED</key><value><Name>Ann</Name></value></entry></ByColor></R>": {ByColor: map[color]everyone{"RED": {Name: new("Ann")}}},
	} {
		got, err := decodeEverything(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		wantEqual(t, got, &want)
	}
}

// hostile are documents that must be refused, and none of which may cost more
// than its length.
func hostile() map[string]string {
	return map[string]string{
		"empty":                     "",
		"blank":                     " \n",
		"text":                      "R",
		"declaration alone":         `<?xml version="1.0"?>`,
		"other root":                "<Q/>",
		"case of root":              "<r/>",
		"two roots":                 "<R/><R/>",
		"text before":               "x<R/>",
		"text behind":               "<R/>x",
		"NUL behind":                "<R/>\x00",
		"open":                      "<R>",
		"open deep":                 "<R><Self>",
		"half a tag":                "<R",
		"half an end":               "<R></R",
		"crossed":                   "<R><Self><Text></Self></Text></R>",
		"end alone":                 "</R>",
		"too many ends":             "<R></R></R>",
		"prefix of end":             "<s:R></R>",
		"no name":                   "<></>",
		"space before name":         "< R/>",
		"digit":                     "<1/>",
		"two colons":                "<a:b:R/>",
		"colon alone":               "<:R/>",
		"colon behind":              "<R:/>",
		"name not in ASCII":         "<R><é/></R>",
		"slash inside":              "<R/ >",
		"attribute twice":           "<R a='1' a='2'/>",
		"attribute bare":            "<R a/>",
		"attribute unquoted":        "<R a=b/>",
		"attribute open":            "<R a='b/>",
		"attribute with tag":        "<R a='<'/>",
		"attribute with entity":     "<R a='&x;'/>",
		"attribute with control":    "<R a='\x01'/>",
		"attributes not apart":      "<R a='1'b='2'/>",
		"attributes by the hundred": "<R " + attributes(100) + "/>",
		"text in structure":         "<R>x</R>",
		"entity in structure":       "<R>&amp;</R>",
		"CDATA in structure":        "<R><![CDATA[x]]></R>",
		"text in list":              "<R><Texts>x</Texts></R>",
		"text in map":               "<R><Map>x</Map></R>",
		"structure in text":         "<R><Text>a<b/></Text></R>",
		"structure in number":       "<R><Small><b/></Small></R>",
		"twice":                     "<R><Text>a</Text><Text>b</Text></R>",
		"choice twice":              "<R><Color/><Color>RED</Color></R>",
		"list twice":                "<R><Texts/><Texts/></R>",
		"map twice":                 "<R><Map/><Map/></R>",
		"key twice":                 "<R><Map><entry><key>a</key><key>b</key><value>c</value></entry></Map></R>",
		"entry without value":       "<R><Map><entry><key>a</key></entry></Map></R>",
		"unknown element":           "<R><Other/><Text>a</Text></R>",
		"unknown element in list":   "<R><Texts><item>a</item><other/></Texts></R>",
		"unknown element in map":    "<R><Map><item/></Map></R>",
		"case of element":           "<R><text>a</text></R>",
		"no boolean":                "<R><Flag>1</Flag></R>",
		"empty boolean":             "<R><Flag/></R>",
		"no number":                 "<R><Small>x</Small></R>",
		"fraction":                  "<R><Small>1.5</Small></R>",
		"too large":                 "<R><Small>2147483648</Small></R>",
		"empty number":              "<R><Small/></R>",
		"no time":                   "<R><When>yesterday</When></R>",
		"late time":                 "<R><When>9999-12-31T23:59:59-23:59</When></R>",
		"no base64":                 "<R><Blob>A</Blob></R>",
		"ampersand":                 "<R><Text>a & b</Text></R>",
		"unknown entity":            "<R><Text>&nbsp;</Text></R>",
		"entity open":               "<R><Text>&amp</Text></R>",
		"entity empty":              "<R><Text>&;</Text></R>",
		"reference empty":           "<R><Text>&#;&#x;</Text></R>",
		"reference to NUL":          "<R><Text>&#0;</Text></R>",
		"reference to control":      "<R><Text>&#x1;</Text></R>",
		"reference to surrogate":    "<R><Text>&#xD800;</Text></R>",
		"reference to noncharacter": "<R><Text>&#xFFFE;</Text></R>",
		"reference too large":       "<R><Text>&#x110000;</Text></R>",
		"reference with sign":       "<R><Text>&#+65;</Text></R>",
		"reference in capitals":     "<R><Text>&#X41;</Text></R>",
		"long reference":            "<R><Text>&#" + strings.Repeat("0", 1<<20) + "65;</Text></R>",
		"end of CDATA":              "<R><Text>]]></Text></R>",
		"CDATA open":                "<R><Text><![CDATA[a</Text></R>",
		"CDATA outside":             "<![CDATA[]]><R/>",
		"comment open":              "<R><!-- </R>",
		"comment in comment":        "<R><!-- a -- b --></R>",
		"comment closed thrice":     "<R><!-- a ---></R>",
		"control in comment":        "<R><!-- \x01 --></R>",
		"instruction open":          "<R><?a </R>",
		"instruction without name":  "<R><? a?></R>",
		"declaration inside":        `<R><?xml version="1.0"?></R>`,
		"declaration late":          `<!-- --><?xml version="1.0"?><R/>`,
		"declaration twice":         `<?xml version="1.0"?><?XML version="1.0"?><R/>`,
		"declaration empty":         `<?xml ?><R/>`,
		"version 1.1":               `<?xml version="1.1"?><R/>`,
		"no version":                `<?xml encoding="utf-8"?><R/>`,
		"ISO 8859-1":                `<?xml version="1.0" encoding="ISO-8859-1"?><R/>`,
		"UTF-16 declared":           `<?xml version="1.0" encoding="UTF-16"?><R/>`,
		"UTF-16":                    "\xff\xfe<\x00R\x00/\x00>\x00",
		"UTF-7":                     `<?xml version="1.0" encoding="UTF-7"?>+ADw-R/+AD4-`,
		"no UTF-8":                  "<R><Text>\xff</Text></R>",
		"overlong UTF-8":            "<R><Text>\xc0\xbc</Text></R>",
		"surrogate in UTF-8":        "<R><Text>\xed\xa0\x80</Text></R>",
		"noncharacter":              "<R><Text>\uffff</Text></R>",
		"NUL":                       "<R><Text>\x00</Text></R>",
		"control":                   "<R><Text>\x1b</Text></R>",
		"document type":             "<!DOCTYPE R><R/>",
		"document type inside":      "<R><!DOCTYPE R></R>",
		"document type behind":      "<R/><!DOCTYPE R>",
		"external entity":           `<!DOCTYPE R [<!ENTITY x SYSTEM "file:///etc/passwd">]><R><Text>&x;</Text></R>`,
		"billion laughs":            `<!DOCTYPE R [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><R><Text>&c;</Text></R>`,
		"deep":                      "<R>" + strings.Repeat("<Self>", maxDepth) + strings.Repeat("</Self>", maxDepth) + "</R>",
		"deep and unknown":          "<R>" + strings.Repeat("<x>", 1<<20),
		"much text, open":           "<R><Text>" + strings.Repeat("a", 10<<20),
		"many comments, open":       "<R><Text>" + strings.Repeat("a<!---->", 1<<20),
		"a long list":               "<R>" + strings.Repeat("<FlatItem/>", maxList+1) + "</R>",
		"a long list in another":    "<R><Selves>" + strings.Repeat("<member/>", maxList+1) + "</Selves></R>",
		"many elements":             "<R><Lists>" + strings.Repeat("<member>"+strings.Repeat("<member/>", maxList-1)+"</member>", 11) + "</Lists></R>",
		"many attributes":           "<R>" + strings.Repeat("<x "+attributes(maxAttributes)+">", 40),
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d='%d'", i, i)
	}
	return b.String()
}

func TestXMLRefuses(t *testing.T) {
	for name, text := range hostile() {
		if v, err := decodeEverything(text); err == nil {
			t.Errorf("%s: %v", name, plain(reflect.ValueOf(v), nil))
		}
	}
}

// Bounds refuse no document that is within them.
func TestXMLBounds(t *testing.T) {
	long := strings.Repeat("a", 10<<20)
	got, err := decodeEverything("<R><Text>" + long + "</Text></R>")
	if err != nil || *got.Text != long {
		t.Errorf("10 MB of text: %v", err)
	}
	got, err = decodeEverything("<R><Text>" + strings.Repeat("a<!---->", 1<<18) + "</Text></R>")
	if err != nil || len(*got.Text) != 1<<18 {
		t.Errorf("text in many parts: %v", err)
	}
	if _, err := decodeEverything("<R>" + strings.Repeat("<Self>", maxDepth-1) + strings.Repeat("</Self>", maxDepth-1) + "</R>"); err != nil {
		t.Errorf("nested to the bound: %v", err)
	}
	if got, err := decodeEverything("<R>" + strings.Repeat("<FlatItem/>", maxList) + "</R>"); err != nil || len(got.Flat) != maxList {
		t.Errorf("a list to the bound: %v", err)
	}
	if _, err := decodeEverything("<R" + attributes(maxAttributes) + "/>"); err != nil {
		t.Errorf("attributes to the bound: %v", err)
	}
}

// An attribute is known by its local name: clients bind prefixes of their own.
func TestXMLAttribute(t *testing.T) {
	type grantee struct {
		Type *string `api:"xsi:type,xmlAttribute"`
		ID   *string `api:"ID"`
		Lang *string `api:"lang,xmlAttribute"`
	}
	plan := structureOf(reflect.TypeFor[grantee]())
	for text, want := range map[string]grantee{
		`<G xmlns:xsi="u" xsi:type="a&amp;b"><ID>i</ID></G>`: {Type: new("a&b"), ID: new("i")},
		`<G xmlns:n="u" n:type='T'/>`:                        {Type: new("T")},
		`<G type="T" lang="l"/>`:                             {Lang: new("l")},
		`<G xmlns:type="u" x:lang="l"/>`:                     {},
		`<G><ID>i</ID></G>`:                                  {ID: new("i")},
	} {
		var got grantee
		if err := decodeXML([]byte(text), "G", &shape{kind: kindStruct, fields: plan}, reflect.ValueOf(&got).Elem()); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		wantEqual(t, &got, &want)
	}
}
