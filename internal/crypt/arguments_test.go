package crypt

import (
	"slices"
	"strings"
	"testing"
)

// https://aws-encryption-sdk-cli.readthedocs.io/en/latest/ "Configuration Files"
func TestExpandFiles(t *testing.T) {
	folder(t, map[string]string{
		"my-encrypt.config": `--encrypt
@master-key.conf # Use existing master key config
@caching.conf
# Always recurse, but require interactive overwrite.
--recursive
--interactive
`,
		"master-key.conf": "--wrapping-keys key=$A_KEY key=${ANOTHER_KEY} key=$NONE\r\n",
		"caching.conf":    "--caching capacity=10 max_age=60.0 max_messages_encrypted=15",
		"quotes":          `-c "key 3=value with spaces" 'a=b c' d=e\ f "g=\"h\"" 'i=it\'s' j=k#l m=\\n '' o="p"'q' "r=\n"`,
		"home":            "-i ~/in -o ~ ~nobody-of-that-name/x a~b",
		"loop":            "@other", "other": "-r @loop",
		"open": "-i ok\n-c 'a", "escape": `-i a\`,
	})
	t.Setenv("A_KEY", "first key")
	t.Setenv("ANOTHER_KEY", "second")
	home := t.TempDir()
	t.Setenv("HOME", home)
	for in, want := range map[string][]string{
		"-i x": {"-i", "x"},
		"-e @my-encrypt.config -i -": {
			"-e", "--encrypt", "--wrapping-keys", "key=first key", "key=second", "key=$NONE",
			"--caching", "capacity=10", "max_age=60.0", "max_messages_encrypted=15", "--recursive", "--interactive", "-i", "-",
		},
		"@quotes": {"-c", "key 3=value with spaces", "a=b c", "d=e f", `g="h"`, "i=it's", "j=k#l", `m=\n`, "", "o=pq", `r=\n`},
		"@home":   {"-i", home + "/in", "-o", home, "~nobody-of-that-name/x", "a~b"},
	} {
		have, err := ExpandFiles(strings.Fields(in))
		if err != nil || !slices.Equal(have, want) {
			t.Errorf("%s: %q, %v, want %q", in, have, err, want)
		}
	}
	for in, want := range map[string]string{
		"@loop":   "names itself",
		"@gone":   "no such file",
		"@":       "",
		"@open":   "open: line 2: ",
		"@escape": "escape: line 1: ",
	} {
		if have, err := ExpandFiles([]string{in}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want error %q", in, have, err, want)
		}
	}
}

// Files that have no end, or make much of little, are refused.
func TestExpandFilesBounds(t *testing.T) {
	folder(t, map[string]string{"big": strings.Repeat("#", maxArgumentFile+1), "e": strings.Repeat("x ", 1000)})
	for i := range 4 {
		write(t, string(rune('d'-i)), strings.Repeat("@"+string(rune('e'-i))+" ", 100))
	}
	for in, want := range map[string]string{"@big": "longer than", "@a": "more than", "@/dev/zero": ""} {
		if have, err := ExpandFiles([]string{in}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %d arguments, %v", in, len(have), err)
		}
	}
}

func FuzzSplitLine(f *testing.F) {
	for _, line := range []string{`a "b c" 'd' e\ f # g`, `"`, `\`, "é\t$x"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := splitLine(line)
		if err != nil {
			return
		}
		// What has been split stays split, if it is quoted.
		var again []string
		for _, w := range words {
			again = append(again, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w)+`"`)
		}
		if have, err := splitLine(strings.Join(again, " ")); err != nil || !slices.Equal(have, words) {
			t.Errorf("%q is split into %q, and that into %q (%v)", line, words, have, err)
		}
	})
}
