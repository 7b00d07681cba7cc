package crypt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ExpandFiles puts the arguments that a file has in the place of @file. A file
// is written as one would type: quotes, $VARIABLES, ~ and, from # to the line's
// end, comments. It may name further files.
func ExpandFiles(args []string) ([]string, error) { return expandFiles(args, nil) }

// outer are the files in which args were found.
func expandFiles(args, outer []string) ([]string, error) {
	var all []string
	for _, a := range args {
		name, ok := strings.CutPrefix(a, "@")
		if !ok {
			all = append(all, a)
			continue
		}
		if slices.Contains(outer, name) {
			return nil, fmt.Errorf("file %s names itself", name)
		}
		text, err := readArguments(name)
		if err != nil {
			return nil, fmt.Errorf("@%s: %w", name, err)
		}
		words, err := splitLines(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		words, err = expandFiles(words, append(slices.Clone(outer), name))
		if err != nil {
			return nil, err
		}
		if all = append(all, words...); len(all) > maxArguments {
			return nil, fmt.Errorf("%s: more than %d arguments", name, maxArguments)
		}
	}
	return all, nil
}

// Bounds on what a file of arguments has. Files that name files that name files
// could make much of little.
const (
	maxArguments    = 100_000
	maxArgumentFile = 4 << 20
)

func readArguments(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxArgumentFile+1))
	if err == nil && len(text) > maxArgumentFile {
		err = fmt.Errorf("file %s: longer than %d bytes, which is no file of arguments", name, maxArgumentFile)
	}
	return text, err
}

// splitLines gives the words of a text. Unlike in a shell none goes over the
// end of its line.
func splitLines(text string) ([]string, error) {
	var all []string
	number := 0
	for line := range strings.Lines(text) {
		number++
		words, err := splitLine(strings.TrimRight(line, "\r\n"))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		for _, w := range words {
			all = append(all, expandVariables(expandHome(strings.TrimSpace(w))))
		}
	}
	return all, nil
}

// splitLine splits a line as a shell would. A backslash escapes within both
// kinds of quotes.
func splitLine(line string) ([]string, error) {
	var (
		words  []string
		word   strings.Builder
		inWord bool
		quote  rune // that is open
		escape bool
	)
	for _, c := range line {
		switch {
		case escape:
			if quote != 0 && c != quote && c != '\\' {
				word.WriteByte('\\') // it escapes nothing
			}
			word.WriteRune(c)
			escape = false
		case c == '\\':
			escape, inWord = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ' || c == '\t':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		case c == '#' && !inWord:
			return words, nil
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	if quote != 0 || escape {
		return nil, errors.New("a quote or an escape is not closed")
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

// expandHome puts home folders in the place of ~ and ~user.
func expandHome(word string) string {
	if !strings.HasPrefix(word, "~") {
		return word
	}
	name, rest, _ := strings.Cut(word[1:], "/")
	home, err := os.UserHomeDir()
	if name != "" {
		var u *user.User
		if u, err = user.Lookup(name); err == nil {
			home = u.HomeDir
		}
	}
	if err != nil {
		return word
	}
	return filepath.Join(home, rest)
}

var variable = regexp.MustCompile(`\$(\w+|\{[^}]*\})`)

// expandVariables puts values in the place of $NAME and ${NAME}, and leaves what
// is not set, so that it is seen.
func expandVariables(word string) string {
	return variable.ReplaceAllStringFunc(word, func(v string) string {
		if value, ok := os.LookupEnv(strings.Trim(v, "${}")); ok {
			return value
		}
		return v
	})
}
