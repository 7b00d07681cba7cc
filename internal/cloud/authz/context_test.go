package authz

import (
	"fmt"
	"testing"
)

// TestTagKeys: the letter case of a tag's key does not matter to a condition,
// and no tag can be put in the place of another.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
func TestTagKeys(t *testing.T) {
	for _, tt := range []struct {
		tags map[string]string
		want string
	}{
		{map[string]string{"status": "a"}, "[a]"},
		{map[string]string{"Status": "a", "state": "b"}, "[a]"},
		{map[string]string{"state": "b"}, "[]"},
		{nil, "[]"},
		{map[string]string{"Status": "a", "STATUS": "b"}, "[]"},
		{map[string]string{"status": "a", "Status": "b"}, "[]"},
		{map[string]string{"\u017ftatus": "a"}, "[]"}, // a long s
		{map[string]string{"\u017ftatus": "a", "Status": "b"}, "[b]"},
	} {
		for range 20 { // maps have no order
			e := env{req: &Request{Tags: tt.tags, RequestTags: tt.tags}}
			for _, key := range []string{"aws:resourcetag/status", "aws:requesttag/status"} {
				values, ok := e.Lookup(key)
				if got := fmt.Sprint(values); got != tt.want || ok != (tt.want != "[]") {
					t.Errorf("%s of %q is %s, %t; want %s", key, tt.tags, got, ok, tt.want)
				}
			}
		}
	}
}
