package edge

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/fortlet/fortlet/internal/fieldkeys"
	"go.yaml.in/yaml/v4"
)

// A ConfigError is everything that is wrong with a configuration.
type ConfigError struct {
	File     string
	Problems []Problem
}

// A Problem is one thing that is wrong, and where.
type Problem struct {
	Line int // 0 is not known
	Err  error
}

func (e *ConfigError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": " + p.Err.Error())
	}
	return b.String()
}

// Unwrap gives the problems.
func (e *ConfigError) Unwrap() []error {
	var all []error
	for _, p := range e.Problems {
		all = append(all, p.Err)
	}
	return all
}

// maxConfig bounds the file: aliases in YAML can be made to explode.
const maxConfig = 4 << 20

// Load reads and checks a configuration. It reads the files that it names, but
// asks nobody over the network. Its error is a *ConfigError that tells all
// problems, unless the file cannot be read.
func Load(file string) (*Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	c := &Config{dir: dir, files: map[string][]byte{}}
	c.remember(filepath.Join(dir, filepath.Base(file)), data)
	if problems := c.parse(data); len(problems) > 0 {
		sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
		return nil, &ConfigError{file, problems}
	}
	return c, nil
}

func (c *Config) parse(data []byte) []Problem {
	if len(data) > maxConfig {
		return []Problem{{0, fmt.Errorf("longer than %d bytes", maxConfig)}}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return []Problem{{0, errors.New("empty")}}
	}
	problems := yamlProblems(yaml.Load(data, c, yaml.WithKnownFields()))
	if len(problems) > 0 {
		return problems
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		return yamlProblems(err)
	}
	c.setDefaults()
	check := &checker{config: c, root: &root}
	check.all()
	return check.problems
}

// yamlProblems are the problems that a YAML parser found.
func yamlProblems(err error) []Problem {
	var several *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &several):
		var problems []Problem
		for _, e := range several.Errors {
			problems = append(problems, Problem{e.Mark.Line, errors.New(fieldkeys.PlainYAML(e.Message))})
		}
		return problems
	case errors.As(err, &one):
		return []Problem{{one.Mark.Line, errors.New(fieldkeys.PlainYAML(one.Message))}}
	}
	return []Problem{{0, err}}
}

// path is where a file named in the configuration is.
func (c *Config) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}

// read reads a file that the configuration names.
func (c *Config) read(name string) ([]byte, error) {
	data, err := os.ReadFile(c.path(name))
	if err == nil {
		c.remember(c.path(name), data)
	}
	return data, err
}

func (c *Config) remember(path string, data []byte) {
	sum := sha256.Sum256(data)
	c.files[path] = sum[:]
}
