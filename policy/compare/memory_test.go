package compare_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy/compare"
)

// The budget bounds the memory too: that of states that are made and would be
// visited later, and of patterns that are compared with every action there is.
func TestBudgetOfMemory(t *testing.T) {
	list := func(n int, format string) string {
		var items []string
		for i := range n {
			items = append(items, fmt.Sprintf(format, i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	small := identity(t, on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::b/*"`, ""))
	for name, hostile := range map[string]compare.Side{
		"values":    identity(t, on("Allow", `"*"`, `"*"`, `"Condition":{"StringLike":{"aws:PrincipalTag/x":`+list(4000, `"*a*%d*"`)+`}}`)),
		"keys":      identity(t, on("Allow", `"*"`, `"*"`, `"Condition":{"StringLike":{`+strings.Trim(list(2000, `"aws:PrincipalTag/t%d":"*a*"`), "[]")+`}}`)),
		"variables": identity(t, on("Allow", `"*"`, list(1000, `"arn:aws:s3:::b/${aws:PrincipalTag/t%d}/*${aws:username}*"`), "")),
		"actions":   identity(t, on("Allow", list(2000, `"*:*a*b*c*%d*"`), `"*"`, "")),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := compare.NoNewAccess(small, hostile, compare.Options{})
		runtime.ReadMemStats(&after)
		if len(r.Undecided) == 0 && len(r.OnlyB) == 0 {
			t.Errorf("%s: what was not looked at is said to be no new access", name)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 500<<20 {
			t.Errorf("%s: %d MB were used", name, used>>20)
		}
	}
}
