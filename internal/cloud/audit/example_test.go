package audit_test

import (
	"fmt"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/audit"
)

func Example() {
	log := audit.Memory(1000) // or Open, on a data folder
	defer log.Close()
	for _, name := range []string{"CreateKey", "Encrypt", "Decrypt"} {
		err := log.Append(&audit.Record{
			EventTime:          time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			EventSource:        "kms.amazonaws.com",
			EventName:          name,
			RecipientAccountID: "111122223333",
			ReadOnly:           name != "CreateKey",
			ManagementEvent:    true,
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	for e, err := range log.Events(audit.Filter{Account: "111122223333", ReadOnly: new(true)}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(e.Seq, e.Record.EventName)
	}
	// Output:
	// 3 Decrypt
	// 2 Encrypt
}
