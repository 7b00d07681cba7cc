package listing_test

import (
	"iter"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// show writes a page as one line, common prefixes with an ellipsis.
func show[T any](p listing.Page[T]) string {
	var b strings.Builder
	for _, e := range p.Entries {
		b.WriteString(e.Key)
		if e.Common {
			b.WriteString("...")
		}
		b.WriteByte(' ')
	}
	if p.Truncated {
		b.WriteString("and more")
	}
	return strings.TrimSpace(b.String())
}

// TestAnswersOfS3 repeats listings whose answers S3 gave: those of "Organizing
// objects using prefixes" in the user guide, and, for markers at and within
// common prefixes, answers that were recorded from the service.
func TestAnswersOfS3(t *testing.T) {
	sample := keys{"photos/2006/February/sample2.jpg", "photos/2006/February/sample3.jpg", "photos/2006/February/sample4.jpg", "photos/2006/January/sample.jpg", "sample.jpg"}
	folder := keys{"folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"}
	deep := keys{"test/bar/foo/123", "test/foo/bar/123", "test/foo/bar/456"}
	for _, test := range []struct {
		keys keys
		q    listing.Query
		want string
	}{
		{sample, listing.Query{Delimiter: "/", Max: 1000}, "photos/... sample.jpg"},
		{sample, listing.Query{Delimiter: "/", Prefix: "photos/2006/", Max: 1000}, "photos/2006/February/... photos/2006/January/..."},
		{folder, listing.Query{Prefix: "folder/", Delimiter: "/", Max: 1}, "folder/aSubfolder/... and more"},
		{folder, listing.Query{Prefix: "folder/", Delimiter: "/", Max: 1, After: "folder/aSubfolder/"}, "folder/file1 and more"},
		{folder, listing.Query{Prefix: "folder/", Delimiter: "/", Max: 1, After: "folder/file1"}, "folder/file2"},
		{folder, listing.Query{Prefix: "folder/", Delimiter: "/", Max: 1, After: "folder/aSubfolder/subFile1"}, "folder/file1 and more"},
		{deep, listing.Query{Prefix: "test/foo", Delimiter: "/", Max: 1000}, "test/foo/..."},
		{deep, listing.Query{Prefix: "test/foo/bar", Delimiter: "/", Max: 1000}, "test/foo/bar/..."},
		{deep, listing.Query{Prefix: "test/", Delimiter: "/", Max: 1}, "test/bar/... and more"},
		{deep, listing.Query{Prefix: "test/", Delimiter: "%2F", Max: 2}, "test/bar/foo/123 test/foo/bar/123 and more"},
		{deep, listing.Query{Max: 0}, ""},
	} {
		if got := show(listing.List(test.q, test.keys.source)); got != test.want {
			t.Errorf("%+v: %s, want %s", test.q, got, test.want)
		}
	}
}

// TestSeeks: of the keys beneath a common prefix only the first is read.
func TestSeeks(t *testing.T) {
	var k keys
	for _, group := range []string{"a/", "b/", "c/"} {
		for i := range 10000 {
			k = append(k, group+string(rune('a'+i)))
		}
	}
	read := 0
	counting := func(after string) iter.Seq2[string, int] {
		return func(yield func(string, int) bool) {
			for key, i := range k.source(after) {
				if read++; !yield(key, i) {
					return
				}
			}
		}
	}
	if got := show(listing.List(listing.Query{Delimiter: "/", Max: 10}, counting)); got != "a/... b/... c/..." {
		t.Error(got)
	}
	if read > 3 {
		t.Errorf("%d keys read for 3 common prefixes", read)
	}
	read = 0
	listing.List(listing.Query{Max: 10}, counting)
	if read != 11 {
		t.Errorf("%d keys read for a page of 10", read)
	}
}

// TestEncode: the example of the API reference (ListObjectsV2, EncodingType), and
// what a key of S3 looks like in answers to clients that decode plus as blank.
func TestEncode(t *testing.T) {
	for name, want := range map[string]string{
		"":                 "",
		"test_file(3).png": "test_file%283%29.png",
		"date=2026-02-01/": "date%3D2026-02-01/",
		"a/😀/":             "a/%F0%9F%98%80/",
		"test key/+":       "test+key/%2B",
		"a*b-c_d.e~f":      "a*b-c_d.e%7Ef",
		"%2F":              "%252F",
		"\x00\x7f\n":       "%00%7F%0A",
	} {
		if got := listing.Encode(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestToken(t *testing.T) {
	for _, last := range []string{"a", "a/", "\x00", "日本", strings.Repeat("k", 1024)} {
		if got, ok := listing.ParseToken(listing.Token(last)); got != last || !ok {
			t.Errorf("%q comes back as %q, %v", last, got, ok)
		}
	}
	for _, token := range []string{"", "a", "MQ==", "MmE=", "MWE", "!!!!", listing.Token("a") + listing.Token("b")} {
		if last, ok := listing.ParseToken(token); ok {
			t.Errorf("%q is taken as %q", token, last)
		}
	}
}
