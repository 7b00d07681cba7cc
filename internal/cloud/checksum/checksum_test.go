package checksum_test

import (
	"bytes"
	"encoding/hex"
	"hash/crc64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// TestPublishedValues has the check values of the CRC catalogue
// (https://reveng.sourceforge.io/crc-catalogue/all.htm: CRC-32/ISO-HDLC,
// CRC-32/ISCSI, CRC-64/NVME), the examples of FIPS 180 and RFC 1321, and those
// of the XXHash specification and its reference tests.
func TestPublishedValues(t *testing.T) {
	for _, c := range []struct {
		a          checksum.Algorithm
		data, want string
	}{
		{checksum.CRC32, "123456789", "cbf43926"},
		{checksum.CRC32C, "123456789", "e3069283"},
		{checksum.CRC64NVME, "123456789", "ae8b14860a799888"},
		{checksum.SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{checksum.SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{checksum.SHA512, "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
		{checksum.MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
		{checksum.XXHASH64, "", "ef46db3751d8e999"},
		{checksum.XXHASH64, "abc", "44bc2cf5ad770999"},
		{checksum.XXHASH3, "abc", "78af5f94892f3950"},
		{checksum.XXHASH128, "abc", "06b05ab6733a618578af5f94892f3950"},
		{checksum.XXHASH3, "", "2d06800538d394c2"},
		{checksum.XXHASH128, "", "99aa06d3014798d86001c324468d497f"},
	} {
		if got := hex.EncodeToString(checksum.Sum(c.a, []byte(c.data))); got != c.want {
			t.Errorf("%s of %q is %s, want %s", c.a, c.data, got, c.want)
		}
	}
}

// TestNVMEOfAnotherImplementation computes with the tables of the standard
// library, over lengths on both sides of every block of the fast one.
func TestNVMEOfAnotherImplementation(t *testing.T) {
	table := crc64.MakeTable(0x9a6c9329ac4bc9b5)
	data := random(5000)
	for n := range len(data) {
		want := hex.EncodeToString(store64(crc64.Checksum(data[:n], table)))
		if got := hex.EncodeToString(checksum.Sum(checksum.CRC64NVME, data[:n])); got != want {
			t.Fatalf("%d bytes: %s, want %s", n, got, want)
		}
	}
}

func store64(n uint64) []byte {
	b := make([]byte, 8)
	for i := range b {
		b[i] = byte(n >> (56 - 8*i))
	}
	return b
}

func random(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

func TestNamesAreThoseOfTheAPI(t *testing.T) {
	var ours []string
	for _, a := range checksum.Algorithms() {
		ours = append(ours, string(a))
		if p, ok := checksum.Parse(strings.ToLower(string(a))); !ok || p != a {
			t.Errorf("Parse of %s in lower case = %s, %v", a, p, ok)
		}
		if p, ok := checksum.ParseHeader(strings.ToUpper(a.Header())); !ok || p != a {
			t.Errorf("ParseHeader of %s = %s, %v", a.Header(), p, ok)
		}
		if h := checksum.New(a); h.Size() != a.Size() || len(h.Sum(nil)) != a.Size() {
			t.Errorf("size of %s is %d", a, a.Size())
		}
	}
	for _, name := range s3.ChecksumAlgorithm("").Values() {
		if _, ok := checksum.Parse(name); !ok {
			t.Errorf("%s of the API is unknown", name)
		}
	}
	if theirs := s3.ChecksumAlgorithm("").Values(); len(theirs) != len(ours) {
		t.Errorf("%d algorithms, the API has %d", len(ours), len(theirs))
	}
	if got := checksum.CRC64NVME.Header(); got != "x-amz-checksum-crc64nvme" {
		t.Error(got)
	}
}

func TestWhatIsNoName(t *testing.T) {
	for _, name := range []string{"", "CRC", "CRC-32", "SHA256 ", "CRC32\n", "none"} {
		if a, ok := checksum.Parse(name); ok {
			t.Errorf("Parse(%q) = %s", name, a)
		}
	}
	for _, name := range []string{"", "crc32", "x-amz-checksum-", "x-amz-checksum-type", "x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-meta-crc32"} {
		if a, ok := checksum.ParseHeader(name); ok {
			t.Errorf("ParseHeader(%q) = %s", name, a)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, a := range checksum.Algorithms() {
		sum := checksum.Sum(a, []byte("some content"))
		value := checksum.Encode(sum)
		if got, ok := a.Decode(value); !ok || !bytes.Equal(got, sum) {
			t.Errorf("%s: %s decodes to %x, %v", a, value, got, ok)
		}
		for _, wrong := range []string{
			"", value[1:], value + "=", value + "\n", strings.TrimRight(value, "=") + "\n", "!" + value[1:],
			checksum.Encode(sum[1:]), checksum.Encode(append([]byte{0}, sum...)), hex.EncodeToString(sum), value + "-2",
		} {
			if wrong == value {
				continue
			}
			if got, ok := a.Decode(wrong); ok {
				t.Errorf("%s: %q decodes to %x", a, wrong, got)
			}
		}
	}
	// Another spelling of a sum: the last two bits count for nothing.
	if _, ok := checksum.CRC32.Decode("AAAAAB=="); ok {
		t.Error("bits behind the sum are not refused")
	}
}

// TestCombine cuts contents into parts of all kinds of sizes and compares with
// the checksum of the whole.
func TestCombine(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, a := range []checksum.Algorithm{checksum.CRC32, checksum.CRC32C, checksum.CRC64NVME} {
		for range 50 {
			data := random(rnd.IntN(100_000))
			var parts []checksum.Part
			for rest := data; ; {
				n := min(rnd.IntN(30_000), len(rest))
				if rnd.IntN(3) == 0 && len(parts) > 0 { // as large as the one before
					n = min(int(parts[len(parts)-1].Size), len(rest))
				}
				parts = append(parts, checksum.Part{Sum: checksum.Sum(a, rest[:n]), Size: int64(n)})
				if rest = rest[n:]; len(rest) == 0 {
					break
				}
			}
			if got, want := checksum.Combine(a, parts), checksum.Sum(a, data); !bytes.Equal(got, want) {
				t.Fatalf("%s of %d parts is %x, want %x", a, len(parts), got, want)
			}
		}
		if got, want := checksum.Combine(a, nil), checksum.Sum(a, nil); !bytes.Equal(got, want) {
			t.Errorf("%s of no parts is %x, want %x", a, got, want)
		}
	}
}

// TestCombineBeyondMemory has parts of 5 GiB, of zeros: their checksums are
// combined out of smaller ones in two ways, which must agree.
func TestCombineBeyondMemory(t *testing.T) {
	for _, a := range []checksum.Algorithm{checksum.CRC32, checksum.CRC32C, checksum.CRC64NVME} {
		mib := checksum.Part{Sum: checksum.Sum(a, make([]byte, 1<<20)), Size: 1 << 20}
		whole := checksum.Combine(a, repeat(mib, 5<<10))
		gib := checksum.Part{Sum: checksum.Combine(a, repeat(mib, 1<<10)), Size: 1 << 30}
		if got := checksum.Combine(a, repeat(gib, 5)); !bytes.Equal(got, whole) {
			t.Errorf("%s is %x, want %x", a, got, whole)
		}
	}
}

func repeat(p checksum.Part, n int) []checksum.Part {
	parts := make([]checksum.Part, n)
	for i := range parts {
		parts[i] = p
	}
	return parts
}

// TestComposite has the way of
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html:
// the checksum of the concatenated checksums, the number of parts behind it.
func TestComposite(t *testing.T) {
	one, two := checksum.Sum(checksum.SHA256, []byte("one")), checksum.Sum(checksum.SHA256, []byte("two"))
	want := checksum.Encode(checksum.Sum(checksum.SHA256, append(bytes.Clone(one), two...))) + "-2"
	got := checksum.Composite(checksum.SHA256, []checksum.Part{{Sum: one, Size: 3}, {Sum: two, Size: 3}})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTypes: which algorithms are for which ChecksumType of an object out of
// parts, by the same page.
func TestTypes(t *testing.T) {
	for _, a := range checksum.Algorithms() {
		crc := strings.HasPrefix(string(a), "CRC")
		if a.Combines() != crc || a.Composes() != (a != checksum.CRC64NVME) {
			t.Errorf("%s: combines %v, composes %v", a, a.Combines(), a.Composes())
		}
	}
}

func TestMisuse(t *testing.T) {
	for name, f := range map[string]func(){
		"an unknown algorithm":        func() { checksum.New("ROT13") },
		"a sum that does not combine": func() { checksum.Combine(checksum.SHA256, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			f()
		}()
	}
}
