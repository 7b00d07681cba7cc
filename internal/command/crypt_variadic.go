package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/internal/crypt"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// groups are the values of an option that takes several, by occurrence.
type groups [][]string

// separator stands between the values of one occurrence. No argument of a
// program can have it.
const separator = "\x00"

func (g *groups) Set(s string) error {
	*g = append(*g, strings.Split(s, separator))
	return nil
}

func (g *groups) String() string { return "" }
func (g *groups) Type() string   { return "values" }

// all are the values of all occurrences.
func (g groups) all() []string {
	var all []string
	for _, values := range g {
		all = append(all, values...)
	}
	return all
}

// parseVariadic parses a command's arguments, of which some options take several
// values, and @file stands for those in a file.
func parseVariadic(cmd *cobra.Command, args []string) (help bool, err error) {
	if args, err = crypt.ExpandFiles(args); err != nil {
		return false, err
	}
	if args, err = joinValues(cmd.Flags(), args); err != nil {
		return false, err
	}
	cmd.DisableFlagParsing = false
	if err := cmd.ParseFlags(args); err != nil {
		return false, err
	}
	if help, err = cmd.Flags().GetBool("help"); help || err != nil {
		return help, err
	}
	if rest := cmd.Flags().Args(); len(rest) > 0 {
		return false, fmt.Errorf("argument %q belongs to no option: a pattern of names is one argument, in quotes", rest[0])
	}
	return false, errors.Join(cmd.ValidateRequiredFlags(), cmd.ValidateFlagGroups())
}

// joinValues makes one argument of an option and its values.
func joinValues(f *pflag.FlagSet, args []string) ([]string, error) {
	var joined []string
	seen := map[string]bool{}
	for len(args) > 0 {
		a := args[0]
		if a == "--" {
			return append(joined, args...), nil
		}
		flags, flag, value, hasValue, err := split(f, a)
		if err != nil {
			return nil, err
		}
		args = args[1:]
		if flag == nil {
			joined = append(joined, lowerR(a))
			continue
		}
		if seen[flag.Name] && flag.Name != "wrapping-keys" {
			return nil, fmt.Errorf("--%s is given twice", flag.Name)
		}
		seen[flag.Name] = true
		if flags != "" {
			joined = append(joined, lowerR(flags))
		}
		values := []string{value}
		if !hasValue {
			values = args[:countValues(flag, args)]
			args = args[len(values):]
			if len(values) == 0 && flag.Name != "suffix" {
				return nil, fmt.Errorf("--%s needs a value", flag.Name)
			}
		} else if _, several := flag.Value.(*groups); several {
			more := countValues(flag, args)
			values = append(values, args[:more]...)
			args = args[more:]
		}
		joined = append(joined, "--"+flag.Name+"="+strings.Join(values, separator))
	}
	return joined, nil
}

// countValues is how many of the arguments are values of an option.
func countValues(flag *pflag.Flag, args []string) int {
	n := 0
	for n < len(args) && !(len(args[n]) > 1 && args[n][0] == '-') {
		n++
	}
	if _, several := flag.Value.(*groups); !several {
		n = min(n, 1)
	}
	return n
}

// split takes an argument apart, if it is an option that takes a value: the
// one-letter options before it, the option, and the value, if it is within.
func split(f *pflag.FlagSet, a string) (flags string, flag *pflag.Flag, value string, hasValue bool, err error) {
	switch {
	case strings.HasPrefix(a, "--"):
		name, value, hasValue := strings.Cut(a[2:], "=")
		if flag = f.Lookup(name); flag == nil || flag.NoOptDefVal != "" {
			return "", nil, "", false, nil
		}
		return "", flag, value, hasValue, nil
	case len(a) < 2 || a[0] != '-':
		return "", nil, "", false, nil
	}
	name, _, _ := strings.Cut(a[1:], "=")
	if len(name) > 1 && f.Lookup(name) != nil {
		return "", nil, "", false, fmt.Errorf("%s is not known: did you mean -%s", a, a)
	}
	for i := 1; i < len(a); i++ {
		flag := f.ShorthandLookup(lowerR("-" + a[i:i+1])[1:])
		if flag == nil {
			return "", nil, "", false, nil
		}
		if flag.NoOptDefVal == "" {
			if i > 1 {
				flags = a[:i]
			}
			value := strings.TrimPrefix(a[i+1:], "=")
			return flags, flag, value, i+1 < len(a), nil
		}
	}
	return "", nil, "", false, nil
}

// lowerR makes -r of -R, which cp has for the same.
func lowerR(a string) string {
	if strings.HasPrefix(a, "--") || !strings.HasPrefix(a, "-") {
		return a
	}
	return strings.ReplaceAll(a, "R", "r")
}
