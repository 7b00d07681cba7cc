package keyring_test

import (
	"fmt"

	"github.com/fortlet/fortlet/internal/cloud/keyring"
)

func Example() {
	k := keyring.Memory() // or Open and Create, on a data folder
	sealed := k.Seal("root-secret", []byte("its secret"), []byte("AKIDEXAMPLE"))

	secret, err := k.Open("root-secret", sealed, []byte("AKIDEXAMPLE"))
	fmt.Printf("%s %v\n", secret, err)

	_, err = k.Open("root-secret", sealed, []byte("AKIDANOTHER"))
	fmt.Println(err)
	fmt.Println(k)
	// Output:
	// its secret <nil>
	// sealed value does not open
	// keyring[redacted]
}
