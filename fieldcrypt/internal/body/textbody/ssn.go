package textbody

// findSSN finds three, two and four digits with separators between them. Nine
// digits in a row are not taken: too many other numbers have nine digits.
func findSSN(b []byte, from int) (start, end int) {
	for i := nextGroup(b, from); i >= 0; i = nextGroup(b, i+1) {
		if end := ssnAt(b, i); end > 0 {
			return i, end
		}
	}
	return -1, -1
}

func ssnAt(b []byte, i int) (end int) {
	area, i := number(b, i, 3)
	if i < 0 || area == 0 || area == 666 || area >= 900 {
		return 0
	}
	group, i := number(b, i+separators(b, i), 2)
	if i < 0 || group == 0 {
		return 0
	}
	serial, i := number(b, i+separators(b, i), 4)
	if i < 0 || serial == 0 {
		return 0
	}
	return i
}

// number reads a row of exactly n digits that begins at b[i:], and gives its
// end, or -1. It begins there only if no digit comes before it, so the caller
// that found no separator finds no number either.
func number(b []byte, i, n int) (value, end int) {
	if afterDigit(b, i) {
		return 0, -1
	}
	for range n {
		v, size := digit(b, i)
		if size == 0 {
			return 0, -1
		}
		value = value*10 + int(v)
		i += size
	}
	if _, size := digit(b, i); size != 0 {
		return 0, -1
	}
	return value, i
}
