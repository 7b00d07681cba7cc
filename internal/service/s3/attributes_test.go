package s3

import (
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func attributesInput(key string, names ...s3api.ObjectAttributes) *s3api.GetObjectAttributesInput {
	return &s3api.GetObjectAttributesInput{Bucket: new(siteBucket), Key: new(key), ObjectAttributes: names}
}

func TestGetObjectAttributes(t *testing.T) {
	s := newSite(t)
	s.put("key")
	all := []s3api.ObjectAttributes{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}
	out := askOK(s, s.owner, s3api.OpGetObjectAttributes, attributesInput("key", all...))
	if len(*out.ETag) != 32 || out.Checksum.ChecksumCRC64NVME == nil || out.Checksum.ChecksumType != "FULL_OBJECT" ||
		out.StorageClass != "STANDARD" || *out.ObjectSize != 14 || out.ObjectParts != nil || !out.LastModified.Equal(s.now) {
		t.Errorf("answered %+v", out)
	}
	out = askOK(s, s.owner, s3api.OpGetObjectAttributes, attributesInput("key", "ObjectSize"))
	if out.ETag != nil || out.Checksum != nil || out.StorageClass != "" || *out.ObjectSize != 14 {
		t.Errorf("answered what was not asked: %+v", out)
	}
	refused(s, s.owner, s3api.OpGetObjectAttributes, attributesInput("none", "ETag"), "NoSuchKey", "")

	s.inParts("parts", noise(1, 5<<20), noise(2, 5<<20), "end")
	out = askOK(s, s.owner, s3api.OpGetObjectAttributes, attributesInput("parts", all...))
	p := out.ObjectParts
	if p == nil || *p.TotalPartsCount != 3 || len(p.Parts) != 3 || isTrue(p.IsTruncated) || *p.Parts[2].Size != 3 || p.Parts[1].ChecksumCRC32 == nil {
		t.Fatalf("parts %+v", p)
	}
	in := attributesInput("parts", "ObjectParts")
	in.MaxParts = new(int32(2))
	p = askOK(s, s.owner, s3api.OpGetObjectAttributes, in).ObjectParts
	if len(p.Parts) != 2 || !isTrue(p.IsTruncated) || *p.NextPartNumberMarker != 2 || *p.PartNumberMarker != 0 || *p.MaxParts != 2 {
		t.Errorf("the first page is %+v", p)
	}
	in.PartNumberMarker = p.NextPartNumberMarker
	p = askOK(s, s.owner, s3api.OpGetObjectAttributes, in).ObjectParts
	if len(p.Parts) != 1 || isTrue(p.IsTruncated) || *p.Parts[0].PartNumber != 3 {
		t.Errorf("the second page is %+v", p)
	}
	for _, edit := range []func(*s3api.GetObjectAttributesInput){
		func(in *s3api.GetObjectAttributesInput) { in.MaxParts = new(int32(-1)) },
		func(in *s3api.GetObjectAttributesInput) { in.PartNumberMarker = new(int32(-1)) },
	} {
		in := attributesInput("parts", "ObjectParts")
		edit(in)
		refused(s, s.owner, s3api.OpGetObjectAttributes, in, "InvalidArgument", "")
	}
}

// It takes the permission to read the object and its own (API reference,
// GetObjectAttributes, "Permissions").
func TestAttributesPermissions(t *testing.T) {
	s := newSite(t)
	s.put("key")
	const objects = "arn:aws:s3:::the-bucket/*"
	askOK(s, s.person(siteAccount, "both", may("s3:GetObject", objects), may("s3:GetObjectAttributes", objects)), s3api.OpGetObjectAttributes, attributesInput("key", "ETag"))
	for _, p := range []caller{
		s.person(siteAccount, "read", may("s3:GetObject", objects)),
		s.person(siteAccount, "attributes", may("s3:GetObjectAttributes", objects)),
		s.stranger, nobody(),
	} {
		refused(s, p, s3api.OpGetObjectAttributes, attributesInput("key", "ETag"), "AccessDenied", "")
	}
	version := attributesInput("key", "ETag")
	version.VersionId = new(nullVersion)
	askOK(s, s.person(siteAccount, "versions", may("s3:GetObjectVersion", objects), may("s3:GetObjectVersionAttributes", objects)), s3api.OpGetObjectAttributes, version)
	refused(s, s.person(siteAccount, "both", may("s3:GetObject", objects), may("s3:GetObjectAttributes", objects)), s3api.OpGetObjectAttributes, version, "AccessDenied", "")
}
