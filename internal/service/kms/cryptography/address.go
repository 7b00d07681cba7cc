package cryptography

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// Address says where a key is found: what a ciphertext blob must tell, so that
// Decrypt needs no key id.
type Address struct {
	// Account is the key's account, 12 digits.
	Account string
	// Region is the key's Region. It is empty for multi-Region keys: a blob of
	// such a key opens wherever a replica is.
	Region string
	// KeyID is a UUID in lower case, or mrk- and 32 lower-case hexadecimal
	// digits.
	KeyID string
}

const (
	multiRegionPrefix = "mrk-"
	keyIDSize         = 16
	accountSize       = 5 // 40 bits hold 12 decimal digits
	accountLimit      = 1_000_000_000_000
	maxRegionSize     = 32
)

// IsMultiRegion reports whether the address is that of a multi-Region key.
func (a Address) IsMultiRegion() bool { return strings.HasPrefix(a.KeyID, multiRegionPrefix) }

// normalized is the address as a blob holds it.
func (a Address) normalized() Address {
	if a.IsMultiRegion() {
		a.Region = ""
	}
	return a
}

func encodeKeyID(id string) (raw [keyIDSize]byte, ok bool) {
	digits, multiRegion := strings.CutPrefix(id, multiRegionPrefix)
	if !multiRegion {
		if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
			return raw, false
		}
		digits = id[:8] + id[9:13] + id[14:18] + id[19:23] + id[24:]
	}
	if len(digits) != 2*keyIDSize || strings.ToLower(digits) != digits {
		return raw, false
	}
	_, err := hex.Decode(raw[:], []byte(digits))
	return raw, err == nil
}

func decodeKeyID(raw []byte, multiRegion bool) string {
	var digits [2 * keyIDSize]byte
	hex.Encode(digits[:], raw)
	if multiRegion {
		return multiRegionPrefix + string(digits[:])
	}
	id := make([]byte, 0, 36)
	id = append(append(id, digits[:8]...), '-')
	id = append(append(id, digits[8:12]...), '-')
	id = append(append(id, digits[12:16]...), '-')
	id = append(append(id, digits[16:20]...), '-')
	return string(append(id, digits[20:]...))
}

func encodeAccount(account string) (raw [accountSize]byte, ok bool) {
	if len(account) != 12 || strings.Trim(account, "0123456789") != "" {
		return raw, false
	}
	number, err := strconv.ParseUint(account, 10, 64)
	if err != nil {
		return raw, false
	}
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], number)
	return [accountSize]byte(wide[8-accountSize:]), true
}

func decodeAccount(raw []byte) (account string, ok bool) {
	var wide [8]byte
	copy(wide[8-accountSize:], raw)
	number := binary.BigEndian.Uint64(wide[:])
	if number >= accountLimit {
		return "", false
	}
	// The extra leading 1 keeps the zeros.
	return strconv.FormatUint(number+accountLimit, 10)[1:], true
}

func validRegion(region string) bool {
	if len(region) == 0 || len(region) > maxRegionSize {
		return false
	}
	for _, c := range []byte(region) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
