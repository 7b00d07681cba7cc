package fieldkeys

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v4"
)

// File is what a configuration file says of keys and of the fields that they
// seal. The configuration of fortlet edge is one; what else it says is not read.
type File struct {
	Keys  []Key
	Rules []Rule
	Dir   string // what the names of files in it are relative to
}

// A Rule names fields and the key that seals them.
type Rule struct {
	Name   string   `yaml:"name"`
	Key    string   `yaml:"key"` // "ssn", its highest version, or "ssn.2"
	Fields []string `yaml:"fields"`
}

// edgeSections are the further parts of a configuration of fortlet edge.
var edgeSections = []string{"listen", "admin", "trustedProxies", "limits", "refresh", "origins", "routes"}

// maxFile bounds a configuration file.
const maxFile = 4 << 20

// ReadFile reads a configuration file and checks its keys. Its error joins all
// problems.
func ReadFile(name string) (*File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxFile)
	}
	f, problems := parseFile(text)
	f.Dir = filepath.Dir(name)
	for i, err := range problems {
		problems[i] = fmt.Errorf("%s: %w", name, err)
	}
	return f, errors.Join(problems...)
}

func parseFile(text []byte) (*File, []error) {
	f := new(File)
	var sections map[string]yaml.Node
	if err := yaml.Load(text, &sections); err != nil {
		return f, yamlProblems(err)
	}
	var problems []error
	for name, node := range sections {
		var err error
		switch name {
		case "keys":
			err = node.Load(&f.Keys, yaml.WithKnownFields())
		case "rules":
			err = node.Load(&f.Rules, yaml.WithKnownFields())
		default:
			if !slices.Contains(edgeSections, name) {
				err = fmt.Errorf("line %d: there is no setting %s", node.Line, name)
			}
		}
		if err != nil {
			problems = append(problems, yamlProblems(err)...)
		}
	}
	if len(problems) > 0 {
		return f, problems
	}
	if len(f.Keys) == 0 {
		return f, []error{errors.New("no keys in it")}
	}
	return f, Validate(f.Keys)
}

// KeysOf names the keys that rules seal with, each once.
func KeysOf(rules []Rule) []string {
	var keys []string
	for _, r := range rules {
		if !slices.Contains(keys, r.Key) {
			keys = append(keys, r.Key)
		}
	}
	return keys
}
