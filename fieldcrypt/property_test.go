package fieldcrypt_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// -property.n 1000000 takes a minute or so.
var propertyN = flag.Int("property.n", 3000, "how many payloads of each format the property tests generate")

// Opening what was sealed gives the payload byte for byte; what was sealed is
// well-formed, and another parser finds no selected value in it.
func TestSealAndOpen(t *testing.T) {
	for _, format := range []struct {
		name, contentType string
		payload           func(*payloads) string
		check             func(string) error
	}{
		{"JSON", jsonType, (*payloads).json, checkSealedJSON},
		{"form", formType, (*payloads).form, checkSealedForm},
	} {
		for _, rules := range [][]string{{"k ssn"}, {"k ssn", "pan any:pan"}} {
			t.Run(fmt.Sprint(format.name, len(rules)), func(t *testing.T) {
				p, u := protector(t, fieldcrypt.Limits{}, rules...), unsealer(t, fieldcrypt.UnsealOptions{})
				for seed := range uint64(*propertyN) {
					in := format.payload(&payloads{Rand: rand.New(rand.NewPCG(seed, 1))})
					sealed, n, err := seal(t, p, format.contentType, in)
					if err != nil {
						t.Fatalf("seed %d: %s: %v", seed, in, err)
					}
					if err := format.check(sealed); err != nil {
						t.Fatalf("seed %d: %s\nis sealed as %s: %v", seed, in, sealed, err)
					}
					back, r, err := open(t, u, format.contentType, sealed)
					if err != nil || back != in || r.Opened != n.Total() {
						t.Fatalf("seed %d: %s\nis sealed as %s\nopens to %s, %+v, %v", seed, in, sealed, back, r, err)
					}
				}
			})
		}
	}
}

// checkSealedJSON reads a body as an origin in Go would.
func checkSealedJSON(sealed string) error {
	var value any
	d := json.NewDecoder(strings.NewReader(sealed))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return err
	}
	return checkTree(value)
}

func checkTree(value any) error {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			name = name[strings.LastIndexAny(name, ".@")+1:]
			if strings.EqualFold(strings.NewReplacer("_", "", "-", "").Replace(name), "ssn") {
				s, ok := inner.(string)
				if inner != nil && (!ok || !looksSealed(s)) {
					return fmt.Errorf("%s is %v", name, inner)
				}
				continue
			}
			if err := checkTree(inner); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range value {
			if err := checkTree(inner); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkSealedForm(sealed string) error {
	values, err := url.ParseQuery(sealed)
	if err != nil {
		return err
	}
	for name, all := range values {
		for _, value := range all {
			switch strings.ToLower(name) {
			case "ssn", "ssn[]", "user[ssn]", "user.ssn":
				if value != "" && !looksSealed(value) {
					return fmt.Errorf("%s is %s", name, value)
				}
			}
		}
	}
	return nil
}

func looksSealed(s string) bool {
	return strings.HasPrefix(s, "#k.1") && strings.HasSuffix(s, "#1.k#")
}
