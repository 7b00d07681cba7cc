package s3

import (
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// TestUploadChecksumTypes: which algorithms go with which type, by the user
// guide, "Checking object integrity for data uploads".
func TestUploadChecksumTypes(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		algorithm s3api.ChecksumAlgorithm
		asked     s3api.ChecksumType
		got       s3api.ChecksumType
		message   string
	}{
		{"", "", "", ""},
		{"CRC64NVME", "", "FULL_OBJECT", ""},
		{"CRC64NVME", "FULL_OBJECT", "FULL_OBJECT", ""},
		{"CRC64NVME", "COMPOSITE", "", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."},
		{"CRC32", "", "COMPOSITE", ""},
		{"CRC32", "FULL_OBJECT", "FULL_OBJECT", ""},
		{"CRC32C", "COMPOSITE", "COMPOSITE", ""},
		{"CRC32C", "FULL_OBJECT", "FULL_OBJECT", ""},
		{"SHA1", "", "COMPOSITE", ""},
		{"SHA1", "FULL_OBJECT", "", "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm."},
		{"SHA256", "FULL_OBJECT", "", "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm."},
		{"SHA256", "COMPOSITE", "COMPOSITE", ""},
		{"", "COMPOSITE", "", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."},
	} {
		in := &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), ChecksumAlgorithm: test.algorithm, ChecksumType: test.asked}
		if test.message != "" {
			refused(s, s.owner, s3api.OpCreateMultipartUpload, in, "InvalidRequest", test.message)
			continue
		}
		out := askOK(s, s.owner, s3api.OpCreateMultipartUpload, in)
		expect(t, string(test.algorithm)+" "+string(test.asked), out.ChecksumAlgorithm, test.algorithm, out.ChecksumType, test.got)
	}
}

// summedPart uploads a part with a checksum and lists it with that.
func (s *site) summedPart(key, id string, number int32, content string, a checksum.Algorithm) s3api.CompletedPart {
	s.Helper()
	sum := Checksum{Algorithm: s3api.ChecksumAlgorithm(a), Value: checksum.Encode(checksum.Sum(a, []byte(content)))}
	p := s.part(key, id, number, content, func(in *s3api.UploadPartInput) { sum.show(in) })
	sum.show(&p)
	return p
}

// TestUploadChecksums: for every algorithm, checksums of parts in answers and
// that of the object, compared with one computed at once.
func TestUploadChecksums(t *testing.T) {
	s := newSite(t)
	one, two := noise(1, 5*mib), noise(2, 12345)
	for _, test := range []struct {
		a    checksum.Algorithm
		kind s3api.ChecksumType
	}{
		{checksum.CRC32, "FULL_OBJECT"}, {checksum.CRC32C, "FULL_OBJECT"}, {checksum.CRC64NVME, "FULL_OBJECT"},
		{checksum.CRC32, "COMPOSITE"}, {checksum.CRC32C, "COMPOSITE"}, {checksum.SHA1, "COMPOSITE"}, {checksum.SHA256, "COMPOSITE"},
	} {
		id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) {
			in.ChecksumAlgorithm, in.ChecksumType = s3api.ChecksumAlgorithm(test.a), test.kind
		})
		parts := []s3api.CompletedPart{s.summedPart("k", id, 1, one, test.a), s.summedPart("k", id, 2, two, test.a)}
		listed := askOK(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)})
		if got, want := sumsOf(&listed.Parts[1]), sumsOf(&parts[1]); len(got) != 1 || got[0] != want[0] || listed.ChecksumType != test.kind {
			t.Errorf("%s: part is listed with %v, want %v", test.a, got, want)
		}
		want := checksum.Encode(checksum.Sum(test.a, []byte(one+two)))
		if test.kind == "COMPOSITE" {
			both := append(checksum.Sum(test.a, []byte(one)), checksum.Sum(test.a, []byte(two))...)
			want = checksum.Encode(checksum.Sum(test.a, both)) + "-2"
		}
		claim := func(value string) func(*s3api.CompleteMultipartUploadInput) {
			return func(in *s3api.CompleteMultipartUploadInput) {
				Checksum{Algorithm: s3api.ChecksumAlgorithm(test.a), Value: value}.show(in)
				in.ChecksumType = test.kind
			}
		}
		wrong := checksum.Encode(checksum.Sum(test.a, []byte(two)))
		refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, parts, claim(wrong)), "BadDigest",
			"The "+strings.ToLower(string(test.a))+" you specified did not match the calculated checksum.")
		other := s3api.ChecksumType("COMPOSITE")
		if test.kind == other {
			other = "FULL_OBJECT"
		}
		refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, parts, func(in *s3api.CompleteMultipartUploadInput) { in.ChecksumType = other }),
			"InvalidRequest", "The upload was created using the "+string(test.kind)+" checksum mode. The complete request must use the same checksum mode.")
		out := s.complete("k", id, parts, claim(want))
		if got := sumsOf(out); len(got) != 1 || got[0] != (sum{test.a, want}) || out.ChecksumType != test.kind {
			t.Errorf("%s %s: object has %v, want %s", test.a, test.kind, got, want)
		}
		head := head(s, "k", func(in *s3api.HeadObjectInput) { in.ChecksumMode = "ENABLED" })
		if got := sumsOf(head); len(got) != 1 || got[0].value != want || head.ChecksumType != test.kind {
			t.Errorf("%s %s: head has %v, want %s", test.a, test.kind, got, want)
		}
	}
}

// TestDefaultUploadChecksum: an upload that asks for no checksum takes parts
// with any, and the object has the CRC64NVME of its whole content.
func TestDefaultUploadChecksum(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	one, two, three := noise(1, 5*mib), noise(2, 6*mib), noise(3, 1000)
	trailer := map[string]string{"x-amz-checksum-sha256": checksum.Encode(checksum.Sum(checksum.SHA256, []byte(two)))}
	crc := askOK(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, one, func(in *s3api.UploadPartInput) {
		in.ChecksumCRC32 = new(checksum.Encode(checksum.Sum(checksum.CRC32, []byte(one))))
	}))
	sha := askOK(s, s.owner, s3api.OpUploadPart, partInput("k", id, 2, two, func(in *s3api.UploadPartInput) {
		in.Body = &trailed{Reader: strings.NewReader(two), trailer: trailer}
	}))
	none := askOK(s, s.owner, s3api.OpUploadPart, partInput("k", id, 3, three))
	expect(t, "answers", crc.ChecksumCRC32, new(checksum.Encode(checksum.Sum(checksum.CRC32, []byte(one)))), crc.ChecksumCRC64NVME, (*string)(nil),
		sha.ChecksumSHA256, new(trailer["x-amz-checksum-sha256"]), none.ChecksumCRC64NVME, (*string)(nil))
	empty := askOK(s, s.owner, s3api.OpUploadPart, partInput("k", id, 4, "", func(in *s3api.UploadPartInput) {
		in.Body, in.ChecksumCRC32 = nil, new("AAAAAA==")
	}))
	parts := []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: crc.ETag}, {PartNumber: new(int32(2)), ETag: sha.ETag}, {PartNumber: new(int32(3)), ETag: none.ETag}}
	with := parts[0]
	with.ChecksumCRC32 = crc.ChecksumCRC32
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{with}), "InvalidPart", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, append(parts, s3api.CompletedPart{PartNumber: new(int32(4)), ETag: empty.ETag})), "EntityTooSmall", "")
	out := s.complete("k", id, parts)
	expect(t, "object", out.ChecksumCRC64NVME, new(checksum.Encode(checksum.Sum(checksum.CRC64NVME, []byte(one+two+three)))), out.ChecksumType, "FULL_OBJECT")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", s.begin("k"), 1, two, func(in *s3api.UploadPartInput) {
		in.Body = &trailed{Reader: strings.NewReader(two + "x"), trailer: trailer}
		in.ContentLength = nil
	}), "BadDigest", "")
}

// TestChecksumOfPartsIsDemanded: what an upload asks for every part must bring,
// and a composite checksum needs them again at the end.
func TestChecksumOfPartsIsDemanded(t *testing.T) {
	s := newSite(t)
	id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) { in.ChecksumAlgorithm = "SHA256" })
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x"), "InvalidRequest",
		"Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) { in.ChecksumCRC32 = new("jNu9hA==") }), "InvalidRequest",
		"Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32")
	p := s.summedPart("k", id, 1, "x", checksum.SHA256)
	bare := s3api.CompletedPart{PartNumber: p.PartNumber, ETag: p.ETag}
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{bare}), "InvalidRequest",
		"The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.")
	wrong := bare
	wrong.ChecksumSHA256 = new(checksum.Encode(checksum.Sum(checksum.SHA256, []byte("y"))))
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{wrong}), "InvalidPart", "")
	other := bare
	other.ChecksumCRC32 = new("jNu9hA==")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{other}), "BadDigest",
		"The crc32 you specified for part 1 did not match what we received.")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{p}, func(in *s3api.CompleteMultipartUploadInput) { in.ChecksumCRC32 = new("jNu9hA==") }),
		"InvalidRequest", "")
	s.complete("k", id, []s3api.CompletedPart{p})

	id = s.begin("k", func(in *s3api.CreateMultipartUploadInput) {
		in.ChecksumAlgorithm, in.ChecksumType = "CRC32", "FULL_OBJECT"
	})
	p = s.summedPart("k", id, 1, "x", checksum.CRC32)
	s.complete("k", id, []s3api.CompletedPart{{PartNumber: p.PartNumber, ETag: p.ETag}})
}
