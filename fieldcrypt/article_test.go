package fieldcrypt_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fortlettest"
)

// people are records as the article posts them.
const people = `[{"fname": "Alejandro", "lname": "Rosalez", "email": "alejandro@example.com", "ssn": "123-45-6789", "dob": "1980-02-29", "phone": "+1 206 555 0100", "city": "Seattle"},
 {"fname": "Ñandú", "lname": "O'Neil #01#", "email": "n@example.com", "dob": "", "plan": 7}]`

// TestArticleDecryptsWhatWeSeal: the article's decrypting function opens what
// the rsa cipher wrote between the article's markers.
func TestArticleDecryptsWhatWeSeal(t *testing.T) {
	needPython(t)
	cloud := fortlettest.New(t)
	key := newKMSKey(t, cloud, kmsRSA2048)
	sealed := sealPeople(t, key.public)
	if bytes.Contains(sealed, []byte("Alejandro")) || !bytes.Contains(sealed, []byte(`"city": "Seattle"}`)) {
		t.Fatalf("sealed: %s", sealed)
	}
	opened, err := runArticle(t, cloud.Environment(), sealed, "decrypt", key.arn)
	if err != nil {
		t.Fatal(err)
	}
	if string(opened) != people {
		t.Errorf("%s, want %s", opened, people)
	}

	// Who may not decrypt gets nothing of it.
	mallory := environmentOf(t, cloud, cloud.User("mallory"))
	if out, err := runArticle(t, mallory, sealed, "decrypt", key.arn); err == nil || !strings.Contains(err.Error(), "AccessDeniedException") {
		t.Errorf("mallory: %s, %v", out, err)
	}
}

// TestWeOpenWhatTheArticleEncrypts: and the other way round.
func TestWeOpenWhatTheArticleEncrypts(t *testing.T) {
	needPython(t)
	cloud := fortlettest.New(t)
	key := newKMSKey(t, cloud, kmsRSA2048)
	sealed, err := runArticle(t, cloud.Environment(), []byte(people), "encrypt", key.arn)
	if err != nil {
		t.Fatal(err)
	}
	opener := fieldcrypt.Openers{"pii.1": fieldcrypt.NewKMSOpener(kms.NewFromConfig(cloud.Config()), key.arn)}
	unsealer := fieldcrypt.NewUnsealer(newFinder(t, article), opener, fieldcrypt.UnsealOptions{Strict: true})
	var opened bytes.Buffer
	report, err := unsealer.Body(t.Context(), &opened, bytes.NewReader(sealed), "application/json")
	if err != nil || report.Opened != 10 {
		t.Fatalf("%+v, %v", report, err)
	}
	wantSameJSON(t, opened.Bytes(), []byte(people))
}

// sealPeople seals the article's fields as it does.
func sealPeople(t *testing.T, public *rsa.PublicKey) []byte {
	t.Helper()
	sealer, err := fieldcrypt.NewRSASealer(article, public)
	if err != nil {
		t.Fatal(err)
	}
	rule := fieldcrypt.Rule{Name: "person", Sealer: sealer}
	for _, name := range []string{"fname", "lname", "email", "ssn", "dob", "phone"} {
		selector, err := fieldcrypt.ParseSelector("json:$[*]." + name)
		if err != nil {
			t.Fatal(err)
		}
		rule.Selectors = append(rule.Selectors, selector)
	}
	protector, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{rule}, fieldcrypt.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	if _, err := protector.Body(t.Context(), &sealed, strings.NewReader(people), "application/json"); err != nil {
		t.Fatal(err)
	}
	return sealed.Bytes()
}

func wantSameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal(want, &b); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%s, want %s", got, want)
	}
}

func needPython(t *testing.T) {
	t.Helper()
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").Run(); err != nil {
		t.Skipf("python3 with boto3 is needed: %v", err)
	}
}

func runArticle(t *testing.T, env map[string]string, stdin []byte, what, key string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", "testdata/article.py", what, key, article.Prefix, article.Suffix)
	cmd.Env = append(os.Environ(), "PYTHONWARNINGS=ignore")
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, &stderr)
	}
	return out, nil
}

// environmentOf is the environment of another principal.
func environmentOf(t *testing.T, cloud *fortlettest.Cloud, cfg aws.Config) map[string]string {
	t.Helper()
	credentials, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	env := cloud.Environment()
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = credentials.AccessKeyID, credentials.SecretAccessKey
	return env
}
