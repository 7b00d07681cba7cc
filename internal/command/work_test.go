package command

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// Who waits for a job is told after two seconds that it runs, once.
func TestPatiently(t *testing.T) {
	for took, want := range map[time.Duration]string{
		time.Second:      "",
		10 * time.Second: "fortlet: job s3.lifecycle is running\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			done := patiently(&out, "s3.lifecycle")
			time.Sleep(took)
			done()
			if out.String() != want {
				t.Errorf("%s: %q, want %q", took, out.String(), want)
			}
		})
	}
}
