package catalogue_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"reflect"
	"testing"

	"github.com/fortlet/fortlet/policy/catalogue"
)

func readData(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("data/catalogue.gz")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEncodeDecode(t *testing.T) {
	c := catalogue.Default()
	var first, second bytes.Buffer
	if err := c.Encode(&first); err != nil {
		t.Fatal(err)
	}
	again, err := catalogue.Decode(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Encode(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same catalogue gave other bytes")
	}
	for i, s := range c.Services {
		if !reflect.DeepEqual(s.ConditionKeys, again.Services[i].ConditionKeys) || len(s.Actions) != len(again.Services[i].Actions) {
			t.Errorf("%s is not what it was", s.Prefix)
		}
	}
}

// A file that is not ours, or not whole, is an error and nothing else.
func TestDecodeBadData(t *testing.T) {
	content := unzip(t, readData(t))
	version := bytes.IndexByte(content, '\n') + 1
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"empty":       {nil, catalogue.ErrFormat},
		"not gzip":    {[]byte("fortlet action catalogue\n"), catalogue.ErrFormat},
		"other magic": {zip(t, []byte("another catalogue\n")), catalogue.ErrFormat},
		"no version":  {zip(t, content[:version]), catalogue.ErrVersion},
		"newer":       {zip(t, append(bytes.Clone(content[:version]), 2)), catalogue.ErrVersion},
		"truncated":   {readData(t)[:1000], catalogue.ErrFormat},
		"more":        {zip(t, append(bytes.Clone(content), 0)), catalogue.ErrFormat},
	} {
		if _, err := catalogue.Decode(bytes.NewReader(test.data)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for n := version + 1; n < len(content); n += 14999 {
		if _, err := catalogue.Decode(bytes.NewReader(zip(t, content[:n]))); !errors.Is(err, catalogue.ErrFormat) {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	content := unzip(f, readData(f))
	f.Add(content[:2000])
	f.Add([]byte("fortlet action catalogue\n\x01\x01x\x01\x01a\x01\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := catalogue.Decode(bytes.NewReader(zip(t, content)))
		if (c == nil) == (err == nil) {
			t.Fatalf("catalogue %v, error %v", c, err)
		}
	})
}

func unzip(t testing.TB, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func zip(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
