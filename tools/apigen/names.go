package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// exported makes a name of the model an exported Go name. AWS's spelling stays
// otherwise: KeyId, not KeyID.
func exported(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// camel writes an enum value or an error code as part of a Go name: RSA_2048 is
// Rsa2048, ecs.amazonaws.com is EcsAmazonawsCom, ServiceUnavailable stays.
func camel(value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if w == strings.ToUpper(w) {
			w = strings.ToLower(w)
		}
		words[i] = exported(w)
	}
	return strings.Join(words, "")
}

// errorName is the Go name that makes an error of a code. AWS writes codes in
// camel case, except for the dots of a few.
func errorName(code string) string {
	return "Err" + exported(strings.NewReplacer(".", "", "-", "", "_", "").Replace(code))
}
