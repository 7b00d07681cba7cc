package cloud

import (
	"strconv"
	"testing"
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
