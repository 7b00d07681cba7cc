package fieldkeys

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestYAMLWords: who writes a configuration reads of its settings, not of types
// of Go, and every line that is wrong.
func TestYAMLWords(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fields.yaml")
	text := "keys:\n  - {name: ssn, kmz: x}\n  - {name: [a], version: x}\nrules: {a: b}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ReadFile(file)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`fields.yaml: line 2: there is no setting "kmz" here`,
		"fields.yaml: line 3: this is not text",
		"fields.yaml: line 3: `x` is not a whole number",
		"fields.yaml: line 4: this is not what belongs here",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

func TestPlainYAML(t *testing.T) {
	for from, to := range map[string]string{
		"field protct not found in type edge.Route":                  `there is no setting "protct" here`,
		"cannot construct !!str `often` into time.Duration":          "`often` is not a duration such as 30s",
		"cannot construct !!int `7` into bool":                       "`7` is not true or false",
		"cannot construct !!seq into edge.Bytes (TextUnmarshaler)":   "this is not what belongs here",
		"did not find expected ',' or '}'":                           "did not find expected ',' or '}'",
		"mapping key \"listen\" already defined at line 1 as \"into": "mapping key \"listen\" already defined at line 1 as \"into",
	} {
		if got := PlainYAML(from); got != to {
			t.Errorf("%s: %s, want %s", from, got, to)
		}
	}
}
