package walkthrough

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// outcome is what testscript reports to, outside of a go test.
type outcome struct {
	failed bool
	log    strings.Builder
}

var _ testscript.T = (*outcome)(nil)

func (o *outcome) Skip(args ...any) { o.Log(args...); runtime.Goexit() }
func (o *outcome) Log(args ...any)  { fmt.Fprintln(&o.log, args...) }
func (o *outcome) Parallel()        {}
func (o *outcome) Verbose() bool    { return false }
func (o *outcome) FailNow()         { o.failed = true; runtime.Goexit() }

func (o *outcome) Fatal(args ...any) {
	o.Log(args...)
	o.FailNow()
}

// Run runs the script on a goroutine of its own, which FailNow can end.
func (o *outcome) Run(_ string, f func(testscript.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(o)
	}()
	<-done
}

// failure is the line of the log that says what went wrong.
func (o *outcome) failure() string {
	lines := strings.Split(strings.TrimSpace(o.log.String()), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if rest, ok := strings.CutPrefix(lines[i], "FAIL: "); ok {
			return rest[strings.LastIndexByte(rest, '/')+1:]
		}
	}
	return o.log.String()
}
