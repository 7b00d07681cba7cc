package equivalence_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
)

// TestApply: IAMCTL loops over the file's entries and their strings, and
// replaces each in what the last one has left (differ.py,
// sanitize_value_with_equivalency).
func TestApply(t *testing.T) {
	for _, test := range []struct{ name, dictionary, in, want string }{
		{"the article's", `{"accountname":["dev","qa"],"000000000000":["123456789012","987654321098"]}`,
			"arn:aws:iam::987654321098:role/app1_qa", "arn:aws:iam::000000000000:role/app1_accountname"},
		{"everywhere", `{"x":["dev"]}`, "devicefarm-dev-dev", "xicefarm-x-x"},
		{"letter case counts", `{"x":["dev"]}`, "Dev", "Dev"},
		{"a later entry sees what an earlier one put", `{"b":["a"],"c":["b"]}`, "a", "c"},
		{"an earlier entry does not see a later one", `{"c":["b"],"b":["a"]}`, "a", "b"},
		{"a later string sees what an earlier one put", `{"ab":["a","b"]}`, "a", "aab"},
		{"order of strings", `{"x":["prod","production"]}`, "production", "xuction"},
		{"order of strings, longest first", `{"x":["production","prod"]}`, "production", "x"},
		{"none", `{}`, "dev", "dev"},
		{"an empty name takes away", `{"":["-dev","-qa"]}`, "app1-dev", "app1"},
		{"an empty list", `{"x":[]}`, "dev", "dev"},
	} {
		d, err := equivalence.Parse([]byte(test.dictionary))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := d.Apply(test.in); got != test.want {
			t.Errorf("%s: %q becomes %q, want %q", test.name, test.in, got, test.want)
		}
	}
	var none *equivalence.Dictionary
	if got := none.Apply("dev"); got != "dev" || none.Entries() != nil {
		t.Errorf("the nil dictionary makes %q", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		name, text   string
		line, column int
		problem      string
	}{
		{"nothing", "", 1, 1, "unexpected end"},
		{"no comma", "{\n  \"a\": [\"x\"]\n  \"b\": [\"y\"]\n}", 3, 3, "invalid character"},
		{"cut off", "{\"a\": [\"x\",", 1, 12, "unexpected end"},
		{"comma too many", "{\"a\": [\"x\",]}", 1, 12, "invalid character"},
		{"two values", "{}\n{}", 2, 1, "after top-level value"},
		{"the shell's quotes", "“{“accountname”:[“dev”]}”", 1, 1, "invalid character"},
		{"no object", " [\"a\"]", 1, 2, "object of lists"},
		{"null", "null", 1, 1, "object of lists"},
		{"no list", "{\"a\":\n\t\"x\"}", 2, 2, `"a" must be a list of strings`},
		{"an object for a list", "{\"a\": {\"b\": []}}", 1, 7, `"a" must be a list of strings`},
		{"no string", "{\"a\": [\"x\", 12]}", 1, 13, `"a" must be a list of strings only`},
		{"a list in a list", "{\"a\": [[\"x\"]]}", 1, 8, `"a" must be a list of strings only`},
		{"twice", "{\"a\": [],\n \"a\": []}", 2, 2, `"a" is here twice`},
		{"twice, spelled otherwise", "{\"a\": [], \"\\u0061\": []}", 1, 11, `"a" is here twice`},
		{"empty string", "{\"ä\": [\"x\", \"\"]}", 1, 13, "empty string"},
		{"not UTF-8", "{\n\"a\": [\"\xff\"]}", 2, 8, "not UTF-8"},
	} {
		_, err := equivalence.Parse([]byte(test.text))
		var syntax *equivalence.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: error %v, want a SyntaxError", test.name, err)
			continue
		}
		if syntax.Line != test.line || syntax.Column != test.column || !strings.Contains(err.Error(), test.problem) {
			t.Errorf("%s: %v, want line %d, column %d, %q", test.name, err, test.line, test.column, test.problem)
		}
	}
}

// TestDefault: what iamctl init writes.
func TestDefault(t *testing.T) {
	text, err := json.Marshal(equivalence.Default())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"accountid":["123456789012","234567890123"],"accountprefix1":["apples-production","oranges-production","apples-development","oranges-development"]}`
	if string(text) != want {
		t.Errorf("default dictionary\n%s, want\n%s", text, want)
	}
	d, err := equivalence.Parse(text)
	if err != nil || !d.Equal(equivalence.Default()) {
		t.Errorf("it does not read back: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"accountname":["dev","qa"],"000000000000":["123456789012"]}`))
	f.Add([]byte("{\"a\": [\"x\", \"\"]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := equivalence.Parse(data)
		if err != nil {
			var syntax *equivalence.SyntaxError
			if !errors.As(err, &syntax) || syntax.Line < 1 || syntax.Column < 1 {
				t.Fatalf("error %#v has no place", err)
			}
			return
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := equivalence.Parse(text)
		if err != nil || !again.Equal(d) {
			t.Fatalf("%s does not read back: %v", text, err)
		}
		if slices.ContainsFunc(d.Entries(), func(e equivalence.Entry) bool { return e.Name == "" || slices.Contains(e.Strings, "") }) {
			t.Fatalf("%s has something empty", text)
		}
	})
}
