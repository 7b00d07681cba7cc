package equivalence_test

import (
	"fmt"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
)

// BenchmarkSuggest proposes entries for two accounts of 1,000 roles that differ
// in their environment alone.
func BenchmarkSuggest(b *testing.B) {
	roles := func(env string) map[string][]string {
		m := make(map[string][]string)
		for i := range 1000 {
			m[fmt.Sprintf("app%d_%s", i, env)] = []string{fmt.Sprintf("arn:aws:s3:::app%d-%s-data/*", i, env), fmt.Sprintf("arn:aws:sqs:us-east-1:111122223333:app%d-%s", i, env)}
		}
		return m
	}
	x, y := account("123456789012", roles("dev")), account("987654321098", roles("qa"))
	for b.Loop() {
		if got := equivalence.DictionaryOf(equivalence.Suggest(x, y)).Entries(); len(got) != 2 {
			b.Fatalf("suggested %v", got)
		}
	}
}
