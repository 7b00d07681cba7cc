package edge

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// reloadWith writes a configuration and goes over to it.
func (w *world) reloadWith(yaml string) error {
	w.t.Helper()
	w.write("edge.yaml", yaml)
	c, err := w.load()
	if err != nil {
		return err
	}
	return w.Reload(w.t.Context(), c)
}

// A request that runs while the configuration changes ends under the one that it
// began with, and none is lost.
func TestReload(t *testing.T) {
	w := newWorld(t, person)
	began, release := make(chan bool), make(chan bool)
	w.origin.answer = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			began <- true
			<-release
		}
		io.WriteString(rw, "ok")
	}
	w.start()
	done := make(chan string, 1)
	go func() {
		resp, err := http.Get(w.url + "/slow")
		if err != nil {
			done <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		done <- string(body)
	}()
	<-began
	// The new rules seal one field only, and by another name.
	if err := w.reloadWith(strings.Replace(person, "[fname, lname, email, ssn, dob, phone]", "[plan]", 1)); err != nil {
		t.Fatal(err)
	}
	w.post(alejandro, isJSON)
	if got := w.origin.last(t).body; !strings.Contains(got, "Alejandro") || strings.Contains(got, "gold") {
		t.Errorf("under the new rules the origin got %s", got)
	}
	close(release)
	if got := <-done; got != "ok" {
		t.Errorf("the running request got %q", got)
	}
}

// Whatever is wrong with a new configuration, all of the old one stays.
func TestReloadIsRefusedAsAWhole(t *testing.T) {
	listen := `[{address: "127.0.0.1:0"}]`
	for name, c := range map[string]struct {
		yaml string
		want error
	}{
		"no YAML":        {"listen: [", nil},
		"unknown rule":   {strings.Replace(person, "protect: [person]", "protect: [nobody]", 1), nil},
		"bad key file":   {strings.Replace(person, "public.pem", "edge.yaml", 1), nil},
		"address in use": {strings.Replace(person, listen, `[{address: "127.0.0.1:0"}, {address: "TAKEN"}]`, 1), nil},
		"header limit":   {person + "limits: {header: 1KiB}\n", ErrRestart},
		"admin":          {person + "admin: 127.0.0.1:0\n", ErrRestart},
		"h2c":            {strings.Replace(person, `:0"}`, `:0", h2c: true}`, 1), ErrRestart},
		"KMS is away":    {strings.Replace(person, "pem: public.pem", "kms: "+keyARN, 1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := protecting(t, person)
			w.kms.set(errors.New("KMS is away"))
			taken := strings.TrimPrefix(w.origin.URL, "http://")
			err := w.reloadWith(strings.ReplaceAll(c.yaml, "TAKEN", taken))
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error %v", err)
			}
			if resp, body := w.post(alejandro, isJSON); resp.StatusCode != http.StatusOK {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			w.origin.never(t, alejandroSecrets...)
		})
	}
}

// Keys that stay the same are kept over a reload: KMS may be away just then.
func TestReloadKeepsKeys(t *testing.T) {
	config := strings.Replace(person, "pem: public.pem", "kms: "+keyARN, 1)
	w := protecting(t, config)
	w.kms.set(errors.New("KMS is away"))
	if err := w.reloadWith(config + "limits: {body: 1MiB}\n"); err != nil {
		t.Fatal(err)
	}
	if resp, body := w.post(alejandro, isJSON); resp.StatusCode != http.StatusOK {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	w.origin.never(t, alejandroSecrets...)
}

// A file with a key that has become none is refused, unlike a KMS that is away.
func TestReloadRefusesABrokenKeyFile(t *testing.T) {
	w := protecting(t, person)
	w.write("public.pem", "no key")
	if err := w.reloadWith(person + "limits: {body: 1MiB}\n"); err == nil {
		t.Error("a broken key file was taken")
	}
	if resp, body := w.post(alejandro, isJSON); resp.StatusCode != http.StatusOK {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	w.origin.never(t, alejandroSecrets...)
}

func TestReloadAddsAndRemovesListeners(t *testing.T) {
	w := protecting(t, person)
	two := strings.Replace(person, `{address: "127.0.0.1:0"}`, `{address: "127.0.0.1:0"}, {address: "localhost:0"}`, 1)
	if err := w.reloadWith(two); err != nil {
		t.Fatal(err)
	}
	all := w.Addresses()
	if len(all) != 2 {
		t.Fatalf("addresses %v", all)
	}
	for _, url := range all {
		if resp, err := http.Get(url); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %v, %v", url, resp, err)
		}
	}
	if err := w.reloadWith(person); err != nil {
		t.Fatal(err)
	}
	if all := w.Addresses(); len(all) != 1 || all[0] != w.url {
		t.Errorf("addresses %v", all)
	}
	if resp, err := http.Get(w.url); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v, %v", resp, err)
	}
}

// Under load no request fails while configurations come and go.
func TestReloadUnderLoad(t *testing.T) {
	w := protecting(t, person)
	stop := make(chan bool)
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				resp, err := http.Post(w.url+"/people", "application/json", strings.NewReader(alejandro))
				if err != nil {
					t.Error(err)
					return
				}
				if resp.StatusCode != http.StatusOK {
					t.Errorf("answer %d", resp.StatusCode)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	for i := range 20 {
		yaml := person
		if i%2 == 0 {
			yaml += "limits: {body: 1MiB}\n"
		}
		if err := w.reloadWith(yaml); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	clients.Wait()
	w.origin.never(t, alejandroSecrets...)
}
