// Package ids makes the identifiers of AWS: access keys, unique ids, account
// ids. All randomness is from crypto/rand.
package ids

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"strconv"
)

// AccessKey makes an access key id: the prefix, "AKIA" for long-term and
// "ASIA" for temporary keys, and 16 characters that hold the account, in the
// place where AWS's own ids hold it.
func AccessKey(prefix, account string) string {
	var b [10]byte
	rand.Read(b[:])
	n, err := strconv.ParseUint(account, 10, 40)
	if err != nil {
		panic("ids: no account id: " + account)
	}
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], 1<<47|n<<7|uint64(b[5]&0x7f))
	copy(b[:6], head[2:])
	return prefix + base32.StdEncoding.EncodeToString(b[:])
}

// AccountOf reads the account out of an access key id made by AccessKey or by
// AWS; ok is false when the id is not of that form.
func AccountOf(accessKey string) (account string, ok bool) {
	if len(accessKey) != 20 {
		return "", false
	}
	b, err := base32.StdEncoding.DecodeString(accessKey[4:])
	if err != nil {
		return "", false
	}
	n := binary.BigEndian.Uint64(append([]byte{0, 0}, b[:6]...))
	account = fmt.Sprintf("%012d", n&0x7fffffffff80>>7)
	return account, len(account) == 12
}

// Secret makes a secret access key: 40 characters.
func Secret() string {
	var b [30]byte
	rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

// Unique makes an IAM unique id: the prefix ("AIDA" user, "AROA" role, "AGPA"
// group, "ANPA" policy, "AIPA" instance profile) and 17 letters and digits.
func Unique(prefix string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var b [17]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return prefix + string(b[:])
}

// Account makes an account id.
func Account() string {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000_000_000))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return strconv.FormatInt(n.Int64()+100_000_000_000, 10)
}
