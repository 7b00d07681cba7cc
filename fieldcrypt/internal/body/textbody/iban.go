package textbody

// registry has the countries of the IBAN registry and how long their account
// numbers are.
var registry = map[[2]byte]uint8{
	{'A', 'D'}: 24, {'A', 'E'}: 23, {'A', 'L'}: 28, {'A', 'T'}: 20, {'A', 'Z'}: 28,
	{'B', 'A'}: 20, {'B', 'E'}: 16, {'B', 'G'}: 22, {'B', 'H'}: 22, {'B', 'I'}: 27,
	{'B', 'R'}: 29, {'B', 'Y'}: 28, {'C', 'H'}: 21, {'C', 'R'}: 22, {'C', 'Y'}: 28,
	{'C', 'Z'}: 24, {'D', 'E'}: 22, {'D', 'J'}: 27, {'D', 'K'}: 18, {'D', 'O'}: 28,
	{'E', 'E'}: 20, {'E', 'G'}: 29, {'E', 'S'}: 24, {'F', 'I'}: 18, {'F', 'K'}: 18,
	{'F', 'O'}: 18, {'F', 'R'}: 27, {'G', 'B'}: 22, {'G', 'E'}: 22, {'G', 'I'}: 23,
	{'G', 'L'}: 18, {'G', 'R'}: 27, {'G', 'T'}: 28, {'H', 'N'}: 28, {'H', 'R'}: 21,
	{'H', 'U'}: 28, {'I', 'E'}: 22, {'I', 'L'}: 23, {'I', 'Q'}: 23, {'I', 'S'}: 26,
	{'I', 'T'}: 27, {'J', 'O'}: 30, {'K', 'W'}: 30, {'K', 'Z'}: 20, {'L', 'B'}: 28,
	{'L', 'C'}: 32, {'L', 'I'}: 21, {'L', 'T'}: 20, {'L', 'U'}: 20, {'L', 'V'}: 21,
	{'L', 'Y'}: 25, {'M', 'C'}: 27, {'M', 'D'}: 24, {'M', 'E'}: 22, {'M', 'K'}: 19,
	{'M', 'N'}: 20, {'M', 'R'}: 27, {'M', 'T'}: 31, {'M', 'U'}: 30, {'N', 'I'}: 28,
	{'N', 'L'}: 18, {'N', 'O'}: 15, {'O', 'M'}: 23, {'P', 'K'}: 24, {'P', 'L'}: 28,
	{'P', 'S'}: 29, {'P', 'T'}: 25, {'Q', 'A'}: 29, {'R', 'O'}: 24, {'R', 'S'}: 22,
	{'R', 'U'}: 33, {'S', 'A'}: 24, {'S', 'C'}: 31, {'S', 'D'}: 18, {'S', 'E'}: 24,
	{'S', 'I'}: 19, {'S', 'K'}: 24, {'S', 'M'}: 27, {'S', 'O'}: 23, {'S', 'T'}: 25,
	{'S', 'V'}: 28, {'T', 'L'}: 23, {'T', 'N'}: 24, {'T', 'R'}: 26, {'U', 'A'}: 29,
	{'V', 'A'}: 22, {'V', 'G'}: 24, {'X', 'K'}: 20, {'Y', 'E'}: 30,
}

// ibanLengths is the registry by two letters, for quick looks.
var ibanLengths = func() (t [26 * 26]uint8) {
	for country, length := range registry {
		t[int(country[0]-'A')*26+int(country[1]-'A')] = length
	}
	return t
}()

// findIBAN tries every word, and digits that go over into letters: they may be
// another number, written without a space.
func findIBAN(b []byte, from int) (start, end int) {
	for i := from; i+3 < len(b); i++ {
		if !letter(b[i]) {
			continue
		}
		if i > 0 && letter(b[i-1]) || !letter(b[i+1]) || letter(b[i+2]) {
			continue
		}
		if end := ibanAt(b, i); end > 0 {
			return i, end
		}
	}
	return -1, -1
}

// ibanAt gives the end of the account number that begins with the two letters
// at b[i:], or 0. Its country says how long it is; the characters may stand in
// groups.
func ibanAt(b []byte, i int) int {
	want := int(ibanLengths[int(upper(b[i])-'A')*26+int(upper(b[i+1])-'A')])
	if want == 0 {
		return 0
	}
	var iban [34]byte
	for n := 0; n < want; n++ {
		if n > 0 {
			i += separators(b, i)
		}
		if i >= len(b) || !alphanumeric(b[i]) {
			return 0
		}
		iban[n] = upper(b[i])
		i++
	}
	if i < len(b) && alphanumeric(b[i]) || !mod97(iban[:want]) {
		return 0
	}
	return i
}

// mod97 checks the two check digits: the number with its first four characters
// moved to the end, letters counted from A = 10, leaves 1 (ISO 7064 MOD 97-10).
func mod97(iban []byte) bool {
	if letter(iban[2]) || letter(iban[3]) {
		return false
	}
	rest := 0
	for i := range iban {
		c := iban[(i+4)%len(iban)]
		if letter(c) {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func alphanumeric(c byte) bool { return letter(c) || '0' <= c && c <= '9' }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 0x20
	}
	return c
}
