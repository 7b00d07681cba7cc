package fieldcrypt_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// TestReport: what stays sealed is counted by key and reason, and whoever puts
// many keys into a payload does not make the report long.
func TestReport(t *testing.T) {
	opener := fieldcrypt.Openers{"ssn.1": fieldcrypt.NewRSAOpener(localKey())}
	u := fieldcrypt.NewUnsealer(newFinder(t), opener, fieldcrypt.UnsealOptions{})
	var text strings.Builder
	for i := range 300 {
		fmt.Fprintf(&text, "#ssn.1#AQID#1.ssn# #tel.1#AQID#1.tel# #k%d.1#AQID#1.k%d#\n", i, i)
	}
	report, err := u.Text(t.Context(), io.Discard, strings.NewReader(text.String()))
	if err != nil || report.Sealed != 900 || report.Opened != 0 || len(report.Left) != 100 {
		t.Fatalf("%d sealed, %d opened, %d pairs, %v", report.Sealed, report.Opened, len(report.Left), err)
	}
	for i, want := range []struct {
		marker string
		reason error
		count  int
	}{{"ssn.1", fieldcrypt.ErrInvalid, 300}, {"tel.1", fieldcrypt.ErrUnknownKey, 300}, {"k0.1", fieldcrypt.ErrUnknownKey, 1}} {
		if got := report.Left[i]; got.Marker != want.marker || got.Count != want.count || !errors.Is(got.Err, want.reason) || got.Reason() != want.reason {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
