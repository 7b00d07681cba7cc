package command

import (
	"bytes"
	"strings"
	"testing"
)

// Options take several values, as those of aws-encryption-cli do.
// https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/crypto-cli-reference.html
func TestJoinValues(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "",
		"-i a -o b":                             "--input=a --output=b",
		"-i - -o -":                             "--input=- --output=-",
		"-ia -o=b --input":                      "error: --input is given twice",
		"--input=a --output b":                  "--input=a --output=b",
		"-w key=a key=b -i x":                   "--wrapping-keys=key=a|key=b --input=x",
		"-w key=a region=x -w key=b":            "--wrapping-keys=key=a|region=x --wrapping-keys=key=b",
		"-wkey=a key=b":                         "--wrapping-keys=key=a|key=b",
		"--wrapping-keys=key=a key=b -S":        "--wrapping-keys=key=a|key=b -S",
		"-rSw key=a -c b=c d=e":                 "-rS --wrapping-keys=key=a --encryption-context=b=c|d=e",
		"-R -vRv":                               "-r -vrv",
		"-Rw key=a":                             "-r --wrapping-keys=key=a",
		"--suffix -r":                           "--suffix= -r",
		"--suffix .x -r":                        "--suffix=.x -r",
		"--suffix":                              "--suffix=",
		"--suffix .x .y":                        "--suffix=.x .y",
		"-i a b":                                "--input=a b",
		"-r a":                                  "-r a",
		"-i x -- -o y":                          "--input=x -- -o y",
		"--unknown a -z b":                      "--unknown a -z b",
		"--recursive=false":                     "--recursive=false",
		"-w":                                    "error: --wrapping-keys needs a value",
		"-w -i x":                               "error: --wrapping-keys needs a value",
		"-i -o x":                               "error: --input needs a value",
		"--caching capacity=1 --caching max=1":  "error: --caching is given twice",
		"-c a=b -i x -c d=e":                    "error: --encryption-context is given twice",
		"-output x":                             "error: -output is not known: did you mean --output",
		"-recursive":                            "error: -recursive is not known: did you mean --recursive",
		"-input=x":                              "error: -input=x is not known: did you mean --input=x",
		"--metadata-output - --max-length 1 -r": "--metadata-output=- --max-length=1 -r",
	} {
		joined, err := joinValues(newCryptDecrypt(&streams{}).Flags(), strings.Fields(in))
		have := strings.ReplaceAll(strings.Join(joined, " "), separator, "|")
		if err != nil {
			have = "error: " + err.Error()
		}
		if have != want {
			t.Errorf("%s\nhave %s\nwant %s", in, have, want)
		}
	}
}

// What is wrong with a command line is told before any file or key is looked at.
func TestCryptUsage(t *testing.T) {
	const rest = " -i /nowhere/in -o /nowhere/out -w key=a"
	const key = " -w key=arn:aws:kms:us-west-2:111122223333:key/a"
	for in, want := range map[string]string{
		"encrypt":                              `required flag(s) "input", "output", "wrapping-keys" not set`,
		"encrypt -i a -o b":                    `required flag(s) "wrapping-keys" not set`,
		"encrypt" + rest + " --frame-length 0": "--frame-length is at least 1",
		"encrypt" + rest + " --frame-length 4294967296":              "value out of range",
		"encrypt" + rest + " --max-encrypted-data-keys 0":            "--max-encrypted-data-keys is at least 1",
		"encrypt" + rest + " --max-encrypted-data-keys -1":           "needs a value",
		"encrypt" + rest + " --algorithm ROT13":                      `algorithm "ROT13" is none of`,
		"encrypt" + rest + " --commitment-policy none":               `--commitment-policy "none" is not known: there are forbid-encrypt-allow-decrypt, require-`,
		"encrypt" + rest + " -c a":                                   "--encryption-context: \"a\" is not of the form name=value",
		"encrypt" + rest + " --caching capacity=1":                   "--caching: caching needs capacity and max_age",
		"encrypt" + rest + " discovery=true":                         "--wrapping-keys: discovery is for decryption only",
		"encrypt" + rest + " -S --metadata-output x":                 "[metadata-output suppress-metadata] were all set",
		"encrypt" + rest + " --max-length 1":                         "unknown flag: --max-length",
		"encrypt" + rest + " --nonsense":                             "unknown flag: --nonsense",
		"encrypt a" + rest:                                           `argument "a" belongs to no option`,
		"encrypt" + rest + " @/nowhere/file":                         "no such file",
		"decrypt" + rest:                                             "is no key ARN",
		"decrypt -i a -o b" + key + " --max-length 0":                "--max-length is at least 1",
		"decrypt -i a -o b" + key + " --buffer --release-unverified": "[buffer release-unverified] were all set",
		"decrypt -i a -o b" + key + " --frame-length 1":              "unknown flag: --frame-length",
	} {
		var out, errs bytes.Buffer
		code := Main(append([]string{"crypt"}, strings.Fields(in)...), strings.NewReader(""), &out, &errs)
		if code != exitUsage || !strings.Contains(errs.String(), want) || !strings.Contains(errs.String(), "hint: see fortlet crypt ") || out.Len() > 0 {
			t.Errorf("%s: exit code %d, %q, want %q", in, code, errs.String(), want)
		}
	}
}

func TestCryptHelp(t *testing.T) {
	for _, args := range [][]string{{"crypt", "encrypt", "--help"}, {"crypt", "decrypt", "-i", "x", "-h"}, {"help", "crypt", "decrypt"}} {
		var out, errs bytes.Buffer
		if code := Main(args, strings.NewReader(""), &out, &errs); code != exitOK || !strings.Contains(out.String(), "--wrapping-keys") {
			t.Errorf("%q: exit code %d, %q %q", args, code, out.String(), errs.String())
		}
	}
}
