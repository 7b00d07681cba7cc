package textbody

const (
	minPAN = 13
	maxPAN = 19
)

// findPAN tries every row of digits as the first of a card number, so that a
// number written right after another one is found too.
func findPAN(b []byte, from int) (start, end int) {
	for i := nextGroup(b, from); i >= 0; i = nextGroup(b, i+1) {
		if end := panAt(b, i); end > 0 {
			return i, end
		}
	}
	return -1, -1
}

// panAt gives the end of the longest card number that begins at b[i:], or 0.
// A number ends where a row of digits ends.
func panAt(b []byte, i int) (end int) {
	var digits [maxPAN]byte
	n := 0
	for {
		for {
			v, size := digit(b, i)
			if size == 0 {
				break
			}
			if n == maxPAN {
				return end
			}
			digits[n] = v
			n++
			i += size
		}
		if n >= minPAN && issued(digits[:n]) && luhn(digits[:n]) {
			end = i
		}
		i += separators(b, i)
		if _, size := digit(b, i); size == 0 {
			return end
		}
	}
}

// luhn says whether the last digit is the check digit of those before it.
func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		v := int(d)
		if (len(digits)-i)%2 == 0 {
			v *= 2
			if v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// issued says whether a card network issues numbers that begin like this. It
// asks for the network only, not for its lengths: those have grown before.
func issued(digits []byte) bool {
	p := 0
	for _, d := range digits[:4] {
		p = p*10 + int(d)
	}
	switch digits[0] {
	case 3: // American Express, Diners Club, JCB
		return p/100 == 34 || p/100 == 37 || p/100 == 36 || p/100 == 38 || p/100 == 39 ||
			3000 <= p && p <= 3059 || p == 3095 || 3528 <= p && p <= 3589
	case 4, 5, 6: // Visa; Mastercard, Maestro; Discover, UnionPay, RuPay, Maestro
		return true
	case 2: // Mastercard, Mir; JCB's old range
		return 2200 <= p && p <= 2204 || 2221 <= p && p <= 2720 || p == 2131
	case 1: // UATP; JCB's old range
		return p == 1800 || len(digits) == 15
	case 8: // UnionPay, RuPay
		return p/100 == 81 || p/100 == 82
	default:
		return false
	}
}
