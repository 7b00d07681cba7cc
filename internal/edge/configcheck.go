package edge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/fortlet/fortlet/internal/fieldkeys"
	"go.yaml.in/yaml/v4"
)

// checker finds everything that is wrong with a configuration whose YAML is
// well-formed.
type checker struct {
	config   *Config
	root     *yaml.Node
	problems []Problem
}

// problem notes what is wrong at a place: names of members and numbers of
// elements, from the top.
func (k *checker) problem(err error, place ...any) {
	k.problems = append(k.problems, Problem{lineOf(k.root, place), fmt.Errorf("%s: %w", placeText(place), err)})
}

func (k *checker) problemf(place []any, format string, args ...any) {
	k.problem(fmt.Errorf(format, args...), place...)
}

func at(place ...any) []any { return place }

// lineOf finds the line of a place, or of the nearest one around it.
func lineOf(n *yaml.Node, place []any) int {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
	for _, step := range place {
		for n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		var next *yaml.Node
		switch step := step.(type) {
		case int:
			if n.Kind == yaml.SequenceNode && step < len(n.Content) {
				next = n.Content[step]
				line = next.Line
			}
		case string:
			for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					next = n.Content[i+1]
					line = n.Content[i].Line
				}
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return line
}

func placeText(place []any) string {
	var b strings.Builder
	for _, step := range place {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

func (k *checker) all() {
	k.listen()
	k.limits()
	k.keys()
	k.rules()
	k.origins()
	k.routes()
}

func (k *checker) listen() {
	if len(k.config.Listen) == 0 {
		k.problem(errors.New("no address to listen on"), "listen")
	}
	names, addresses := seen{}, seen{}
	for i, l := range k.config.Listen {
		k.address(l.Address, "listen", i, "address")
		k.once(names, l.Name, "listen", i, "name")
		k.once(addresses, l.Address, "listen", i, "address")
		if l.TLS == nil {
			continue
		}
		if l.H2C {
			k.problem(errors.New("h2c is HTTP/2 without TLS, and there is tls"), "listen", i, "h2c")
		}
		if _, err := k.config.serverTLS(l.TLS); err != nil {
			k.problem(err, "listen", i, "tls")
		}
	}
	if k.config.Admin == "" {
		return
	}
	k.address(k.config.Admin, "admin")
	if fixedPort(k.config.Admin) {
		k.once(addresses, k.config.Admin, "admin")
	}
}

func (k *checker) address(address string, place ...any) {
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		k.problemf(place, "%q is not an address such as 127.0.0.1:8443", address)
	}
}

func fixedPort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port != "0"
}

// seen remembers what has been there.
type seen map[string]bool

func (k *checker) once(s seen, name string, place ...any) {
	if s[name] {
		k.problemf(place, "%q is there twice", name)
	}
	s[name] = true
}

func (k *checker) limits() {
	l := &k.config.Limits
	for name, size := range map[string]fieldkeys.Size{"body": l.Body, "buffer": l.Buffer, "field": l.Field, "header": l.Header} {
		if size < 0 {
			k.problem(errors.New("negative"), "limits", name)
		}
	}
	for name, n := range map[string]int{"depth": l.Depth, "fields": l.Fields, "concurrent": l.Concurrent} {
		if n < 0 {
			k.problem(errors.New("negative"), "limits", name)
		}
	}
	for name, d := range l.times() {
		if d < 0 {
			k.problem(errors.New("negative"), "limits", name)
		}
	}
	if k.config.Refresh < 0 {
		k.problem(errors.New("negative"), "refresh")
	}
}

func (k *checker) keys() {
	for _, err := range fieldkeys.Validate(k.config.Keys) {
		var of *fieldkeys.KeyError
		if errors.As(err, &of) {
			k.problem(err, "keys", of.Index)
			continue
		}
		k.problem(err, "keys")
	}
	for i := range k.config.Keys {
		k.keyFile(i)
	}
}

// keyFile checks the file of a key, which is watched for changes from here on.
func (k *checker) keyFile(i int) {
	key := k.config.Keys[i]
	if key.PEM == "" {
		return
	}
	if _, err := k.config.read(key.PEM); err != nil {
		k.problem(err, "keys", i, "pem")
		return
	}
	one, err := fieldkeys.New([]fieldkeys.Key{key}, fieldkeys.Options{Dir: k.config.dir})
	if err != nil {
		return // it has been told of
	}
	// A key with a file asks nobody else.
	if err := one.Load(context.Background(), key.Name); err != nil {
		k.problem(err, "keys", i, "pem")
	}
}

// hasKey reports whether a rule may name that key.
func (c *Config) hasKey(name string) bool {
	for i := range c.Keys {
		k := c.Keys[i]
		k.Version = cmp.Or(k.Version, 1)
		if k.Name == name || k.Marker().String() == name {
			return true
		}
	}
	return false
}
