package s3

import (
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func tagSet(pairs ...string) *s3api.Tagging {
	t := &s3api.Tagging{TagSet: []s3api.Tag{}}
	for i := 0; i < len(pairs); i += 2 {
		t.TagSet = append(t.TagSet, s3api.Tag{Key: new(pairs[i]), Value: new(pairs[i+1])})
	}
	return t
}

func (s *site) tags(key string, version ...string) string {
	s.Helper()
	in := &s3api.GetObjectTaggingInput{Bucket: new(siteBucket), Key: new(key)}
	if len(version) > 0 {
		in.VersionId = new(version[0])
	}
	var list []string
	for _, t := range askOK(s, s.owner, s3api.OpGetObjectTagging, in).TagSet {
		list = append(list, *t.Key+"="+*t.Value)
	}
	return strings.Join(list, " ")
}

func TestObjectTagging(t *testing.T) {
	s := newSite(t)
	put := func(key string, tags *s3api.Tagging, version ...string) *s3api.PutObjectTaggingInput {
		in := &s3api.PutObjectTaggingInput{Bucket: new(siteBucket), Key: new(key), Tagging: tags}
		if len(version) > 0 {
			in.VersionId = new(version[0])
		}
		return in
	}
	s.put("key")
	askOK(s, s.owner, s3api.OpPutObjectTagging, put("key", tagSet("b", "2", "a", "1")))
	if got := s.tags("key"); got != "a=1 b=2" {
		t.Errorf("tags %s", got)
	}
	askOK(s, s.owner, s3api.OpPutObjectTagging, put("key", tagSet("c", "")))
	if got := s.tags("key"); got != "c=" {
		t.Errorf("tags %s", got)
	}
	askOK(s, s.owner, s3api.OpDeleteObjectTagging, &s3api.DeleteObjectTaggingInput{Bucket: new(siteBucket), Key: new("key")})
	if got := s.tags("key"); got != "" || s.get("key") != "content of key" {
		t.Errorf("tags %s", got)
	}
	refused(s, s.owner, s3api.OpPutObjectTagging, put("none", tagSet("a", "1")), "NoSuchKey", "")

	s.versioning(s3api.BucketVersioningStatusEnabled)
	id := *s.putContent("key", "2").VersionId
	out := askOK(s, s.owner, s3api.OpPutObjectTagging, put("key", tagSet("old", "1"), nullVersion))
	if *out.VersionId != nullVersion || s.tags("key") != "" || s.tags("key", nullVersion) != "old=1" || s.tags("key", id) != "" {
		t.Errorf("answered %+v", out)
	}
	s.remove("key", id)
	if got := s.tags("key"); got != "old=1" {
		t.Errorf("tags %s", got)
	}
}

// User Guide, "Categorizing your objects using tags".
func TestObjectTagLimits(t *testing.T) {
	s := newSite(t)
	s.put("key")
	ten := []string{}
	for i := range 10 {
		ten = append(ten, strings.Repeat("k", i+1), "")
	}
	for _, tt := range []struct {
		name, code, message string
		tags                *s3api.Tagging
	}{
		{"ten", "", "", tagSet(ten...)},
		{"eleven", "BadRequest", "Object tags cannot be greater than 10", tagSet(append(ten, "x", "")...)},
		{"signs", "", "", tagSet("+-=._:/@ ü", "+-=._:/@ ü")},
		{"longest", "", "", tagSet(strings.Repeat("ü", 128), strings.Repeat("ü", 256))},
		{"key too long", "InvalidTag", "The TagKey you have provided is invalid", tagSet(strings.Repeat("k", 129), "")},
		{"value too long", "InvalidTag", "The TagValue you have provided is invalid", tagSet("k", strings.Repeat("v", 257))},
		{"key with a sign", "InvalidTag", "The TagKey you have provided is invalid", tagSet("a&b", "")},
		{"value with a sign", "InvalidTag", "The TagValue you have provided is invalid", tagSet("a", "<")},
		{"twice", "InvalidTag", "Cannot provide multiple Tags with the same key", tagSet("a", "1", "a", "2")},
		{"AWS's own", "InvalidTag", "Your TagKey cannot be prefixed with aws:", tagSet("aws:x", "1")},
	} {
		in := &s3api.PutObjectTaggingInput{Bucket: new(siteBucket), Key: new("key"), Tagging: tt.tags}
		if tt.code == "" {
			askOK(s, s.owner, s3api.OpPutObjectTagging, in)
		} else {
			refused(s, s.owner, s3api.OpPutObjectTagging, in, tt.code, tt.message)
		}
	}
	for header, code := range map[string]string{
		"": "", "a=1": "", "a": "", "a=1&": "", "a=b%3Dc": "", "a=1&a=2": "InvalidArgument", "a=%zz": "InvalidArgument", "%zz=a": "InvalidArgument",
		"=1": "InvalidArgument", "a=%26": "InvalidTag", "key1=val1,key2=val2": "InvalidArgument", "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1": "BadRequest",
	} {
		in := putInput("key", "", func(in *s3api.PutObjectInput) { in.Tagging = new(header) })
		if code == "" {
			askOK(s, s.owner, s3api.OpPutObject, in)
		} else {
			refused(s, s.owner, s3api.OpPutObject, in, code, "")
		}
	}
}

// The tags of an object decide who may do what with it, and those that a request
// brings who may set them.
func TestObjectTagConditions(t *testing.T) {
	s := newSite(t)
	put := func(key string, tags ...string) *s3api.PutObjectTaggingInput {
		return &s3api.PutObjectTaggingInput{Bucket: new(siteBucket), Key: new(key), Tagging: tagSet(tags...)}
	}
	s.put("red", "blue")
	askOK(s, s.owner, s3api.OpPutObjectTagging, put("red", "team", "red"))
	askOK(s, s.owner, s3api.OpPutObjectTagging, put("blue", "team", "blue"))
	blue := s.person(siteAccount, "blue",
		may("s3:GetObject", "*", `{"StringEquals":{"s3:ExistingObjectTag/team":"blue"}}`),
		may("s3:PutObjectTagging", "*", `{"StringEquals":{"s3:ExistingObjectTag/team":"blue","s3:RequestObjectTag/team":"blue"},"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["team","note"]}}`))
	askOK(s, blue, s3api.OpGetObject, getInput("blue"))
	refused(s, blue, s3api.OpGetObject, getInput("red"), "AccessDenied", "")
	askOK(s, blue, s3api.OpPutObjectTagging, put("blue", "team", "blue", "note", "x"))
	refused(s, blue, s3api.OpPutObjectTagging, put("blue", "team", "red"), "AccessDenied", "")
	refused(s, blue, s3api.OpPutObjectTagging, put("blue", "team", "blue", "other", "x"), "AccessDenied", "")
	refused(s, blue, s3api.OpPutObjectTagging, put("red", "team", "blue"), "AccessDenied", "")
	if got := s.tags("red") + ", " + s.tags("blue"); got != "team=red, note=x team=blue" {
		t.Errorf("tags %s", got)
	}
}
