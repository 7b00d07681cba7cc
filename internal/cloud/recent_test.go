package cloud

import (
	"strconv"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/authz"
)

func TestRecent(t *testing.T) {
	var r recent
	add := func(id, size int) { r.add(&Call{ID: strconv.Itoa(id), Size: size}) }
	has := func(id int) bool { return r.find(strconv.Itoa(id)) != nil }

	for i := range remembered + 10 {
		add(i, 100)
	}
	if has(9) || !has(10) || !has(remembered+9) {
		t.Errorf("of %d calls others than the last %d are remembered", remembered+10, remembered)
	}

	r.clear()
	if has(10) || has(remembered+9) || r.bytes != 0 {
		t.Error("calls are remembered past clear")
	}

	const large = rememberedBytes / 4
	for i := range 6 {
		add(i, large)
	}
	if has(1) || !has(2) || !has(5) {
		t.Error("others than the last 4 calls of a quarter each are remembered")
	}
	add(6, 2*rememberedBytes)
	if has(5) || !has(6) {
		t.Error("the last call must be remembered, alone when it is that large")
	}
	add(7, 1)
	if has(6) || !has(7) || r.n != 1 || r.bytes != 1 {
		t.Errorf("%d calls of %d bytes are remembered, want 1 of 1", r.n, r.bytes)
	}
}

// A call of thousands of decisions counts for them too, and no more than some of
// them are explained: those that denied something before the others.
func TestManyDecisions(t *testing.T) {
	many := make([]*authz.Decision, 2*rememberedBytes/decisionBytes)
	for i := range many {
		many[i] = &authz.Decision{Allowed: i%1000 != 999}
	}
	var r recent
	for i := range 3 {
		r.add(&Call{ID: strconv.Itoa(i), Size: 1, forwarded: many})
	}
	if r.n != 1 || r.find("2") == nil {
		t.Errorf("%d calls are remembered", r.n)
	}
	r.clear()
	if r.bytes != 0 {
		t.Errorf("%d bytes are remembered past clear", r.bytes)
	}

	denied := 0
	for _, d := range (&Call{forwarded: many}).explained() {
		if !d.Allowed {
			denied++
		}
	}
	if len((&Call{forwarded: many}).explained()) != maxExplained || denied != min(maxExplained, len(many)/1000) {
		t.Errorf("%d that denied are explained of %d", denied, len(many))
	}
	if few := (&Call{forwarded: many[:maxExplained]}).explained(); len(few) != maxExplained || few[0] != many[0] {
		t.Errorf("%d are explained", len(few))
	}
}
