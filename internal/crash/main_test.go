package crash

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var (
	rounds = flag.Int("crash.rounds", 5, "how often to kill under load")
	seed   = flag.Uint64("crash.seed", rand.Uint64(), "of the random choices")
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fortlet-crash-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "fortlet")
	build := exec.Command("go", "build", "-o", binary, "github.com/fortlet/fortlet/cmd/fortlet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	fmt.Printf("crash: seed %d\n", *seed)
	return m.Run()
}

// random gives a source of choices that follows from the seed and a place in
// the run.
func random(place ...uint64) *rand.Rand {
	var at uint64
	for _, p := range place {
		at = at<<16 | p
	}
	return rand.New(rand.NewPCG(*seed, at))
}
