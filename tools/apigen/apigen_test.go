package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

func demoModel(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/demo.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// demo generates from the demo model after edits of its text.
func demo(t *testing.T, s service, edits ...string) (map[string][]byte, error) {
	t.Helper()
	text := strings.NewReplacer(edits...).Replace(demoModel(t))
	s.name, s.Version = "demo-data", "2020-01-01"
	m, err := readModel(fstest.MapFS{"demo-data/2020-01-01/service-2.json": {Data: []byte(text)}}, s)
	if err != nil {
		return nil, err
	}
	p, err := newPackage(s, m)
	if err != nil {
		return nil, err
	}
	return p.files()
}

// The demo service uses all that models can say.
func TestGenerate(t *testing.T) {
	files, err := demo(t, service{Include: []string{"PutThing", "GetThing", "DropThing"}, Global: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range files {
		golden := filepath.Join("testdata", "demo", name+".golden")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not as expected:\n%s", name, got)
		}
		if bytes.Contains(got, []byte("Prose")) {
			t.Errorf("%s repeats documentation", name)
		}
	}
	if names := slices.Sorted(maps.Keys(files)); len(names) != 5 {
		t.Errorf("files: %v", names)
	}
}

// The list may say what a model leaves out, but not otherwise than it.
func TestGenerateAdds(t *testing.T) {
	files, err := demo(t, service{
		Include: []string{"PutThing", "GetThing"}, Namespace: "https://demo.example/doc/", Status: map[string]int{"PutThing": 200, "GetThing": 204},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := string(files["service.gen.go"])
	for _, want := range []string{`Namespace:   "https://demo.example/doc/"`, `"/things/{Name+}", Status: 201`, `"/things/{Name+}", Status: 204`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if _, err := demo(t, service{Include: []string{"GetThing"}, Status: map[string]int{"GetThong": 204}}); err == nil || !strings.Contains(err.Error(), "no operation GetThong") {
		t.Errorf("got %v", err)
	}
}

func TestGenerateRefuses(t *testing.T) {
	get := service{Include: []string{"GetThing"}}
	for _, test := range []struct {
		s     service
		edits []string
		want  string
	}{
		{service{}, nil, `want one of "operations" and "except"`},
		{service{Include: []string{"GetThing"}, Except: []string{"PutThing"}}, nil, `want one of "operations" and "except"`},
		{service{Include: []string{"GetThong"}}, nil, "no operation GetThong"},
		{service{Except: []string{"GetThong"}}, nil, "no operation GetThong"},
		{service{Include: []string{"GetThing"}, ReadOnly: map[string]bool{"GetThong": true}}, nil, "no operation GetThong"},
		{service{Include: []string{"PonderThing"}}, nil, `shape BadPattern: pattern "(a)\\1"`},
		{get, []string{`"rest-json"`, `"smoke-signals"`}, `unknown protocol "smoke-signals"`},
		{get, []string{`"blob"}`, `"blob", "document": true}`}, "documents and event streams are not supported"},
		{get, []string{`{"type": "long"}`, `{"type": "bigdecimal"}`}, `Thing.Big: type "bigdecimal" is not supported`},
		{get, []string{`"Full"`, `"LOW-KEY"`}, `ZealLowKey is the Go name of both`},
		{get, []string{`"Thing"`, `"OpGetThing"`}, `OpGetThing is the Go name of both`},
		{service{Include: []string{"PutThing"}}, []string{`"exception": true, "fault": true}`, `"exception": true, "error": {"code": "Demo.Thing-Busy"}}`}, "share the code Demo.Thing-Busy"},
	} {
		_, err := demo(t, test.s, test.edits...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v %v: got %v, want %s", test.s, test.edits, err, test.want)
		}
	}
}

func TestSources(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := io.WriteString(z, demoModel(t)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	demoFile := "data/demo-data/2020-01-01/service-2.json.gz"
	list := filepath.Join(t.TempDir(), "services.json")
	write(t, list, `{"demo-data": {"version": "2020-01-01", "operations": ["GetThing"]}}`)

	for version, want := range map[string]string{botocoreVersion: "", "1.0.0": "botocore 1.0.0, want " + botocoreVersion} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "botocore/__init__.py"), "x = 1\n__version__ = '"+version+"'\n")
		write(t, filepath.Join(dir, "botocore", demoFile), zipped.String())
		wheel := filepath.Join(t.TempDir(), "botocore.whl")
		zipFolder(t, wheel, os.DirFS(dir))

		fromFolder, fromWheel := t.TempDir(), t.TempDir()
		write(t, filepath.Join(fromWheel, "demo-data/gone.gen.go"), "package gone")
		write(t, filepath.Join(fromWheel, "demo-data/kept.go"), "package kept")
		for _, err := range []error{
			run(filepath.Join(dir, "botocore/data"), "", list, fromFolder),
			run("", wheel, list, fromWheel),
		} {
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("botocore %s: got %v", version, err)
			}
		}
		if want != "" {
			continue
		}
		a, errA := os.ReadFile(filepath.Join(fromFolder, "demo-data/inout.gen.go"))
		b, errB := os.ReadFile(filepath.Join(fromWheel, "demo-data/inout.gen.go"))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("folder and wheel differ: %v %v", errA, errB)
		}
		if _, err := os.Stat(filepath.Join(fromWheel, "demo-data/gone.gen.go")); err == nil {
			t.Error("a stale generated file was left")
		}
		if _, err := os.Stat(filepath.Join(fromWheel, "demo-data/kept.go")); err != nil {
			t.Error("a file that was not generated was removed")
		}
	}
	for _, args := range [][2]string{{"", ""}, {"a", "b"}, {t.TempDir(), ""}, {"", list}} {
		if err := run(args[0], args[1], list, t.TempDir()); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

// The list of this tree names each operation once and in order.
func TestServiceList(t *testing.T) {
	services, err := readServiceList("services.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range services {
		for _, names := range [][]string{s.Include, s.Except} {
			if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
				t.Errorf("%s: the list is not sorted or repeats itself", s.name)
			}
		}
	}
}

func TestCamel(t *testing.T) {
	for value, want := range map[string]string{
		"RSA_2048": "Rsa2048", "Full": "Full", "aws:kms": "AwsKms", "ecs.amazonaws.com": "EcsAmazonawsCom",
		"AWSManagedPolicy": "AWSManagedPolicy", "text/csv": "TextCsv", "100%": "100", "aws-managed": "AwsManaged",
	} {
		if got := camel(value); got != want {
			t.Errorf("%s: got %s, want %s", value, got, want)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func zipFolder(t *testing.T, file string, dir fs.FS) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	if err := z.AddFS(dir); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}
