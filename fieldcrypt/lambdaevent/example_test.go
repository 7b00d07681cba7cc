package lambdaevent_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fieldcrypt/lambdaevent"
)

func Example() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	marker := fieldcrypt.Marker{Key: "ssn", Version: 1}
	ssn, err := fieldcrypt.ParseSelector("ssn")
	if err != nil {
		log.Fatal(err)
	}
	sealer, err := fieldcrypt.NewRSASealer(marker, &key.PublicKey)
	if err != nil {
		log.Fatal(err)
	}
	protector, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{
		{Name: "ssn", Selectors: []fieldcrypt.Selector{ssn}, Sealer: sealer},
	}, fieldcrypt.Limits{})
	if err != nil {
		log.Fatal(err)
	}

	// The function of the trigger: lambda.Start(edge).
	edge := lambdaevent.NewEdge(protector, lambdaevent.EdgeOptions{})
	event := `{"Records": [{"cf": {"config": {"eventType": "origin-request"}, "request": {
		"method": "POST", "uri": "/people", "querystring": "",
		"headers": {"content-type": [{"key": "Content-Type", "value": "application/json"}]},
		"body": {"inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "` +
		base64.StdEncoding.EncodeToString([]byte(`{"fname": "Alejandro", "ssn": "078-05-1120"}`)) + `"}}}}]}`
	out, err := edge.Invoke(context.Background(), []byte(event))
	if err != nil {
		log.Fatal(err)
	}
	var request struct {
		Body struct{ Action, Data string }
	}
	if err := json.Unmarshal(out, &request); err != nil {
		log.Fatal(err)
	}
	fmt.Println(request.Body.Action, strings.Contains(request.Body.Data, "078-05-1120"))

	// The function for those who may read it: lambda.Start(decrypt).
	finder, err := fieldcrypt.NewFinder(marker)
	if err != nil {
		log.Fatal(err)
	}
	unsealer := fieldcrypt.NewUnsealer(finder, fieldcrypt.NewRSAOpener(key), fieldcrypt.UnsealOptions{})
	decrypt := lambdaevent.NewDecrypt(unsealer, lambdaevent.DecryptOptions{})
	stored, err := json.Marshal(map[string]string{"body": request.Body.Data})
	if err != nil {
		log.Fatal(err)
	}
	text, err := decrypt.Invoke(context.Background(), stored)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// replace false
	// "{\"fname\": \"Alejandro\", \"ssn\": \"078-05-1120\"}"
}
