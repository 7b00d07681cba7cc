package main

import "github.com/fortlet/fortlet/tools/interop/peer"

// managerCases are those of materials managers other than the default one.
func managerCases(r *rings) []testCase {
	var all []testCase
	const secret = "a value that is not stored"
	context := map[string]string{"stored": "yes", "tenant": secret, "also": "not stored"}
	for _, s := range someSuites {
		for _, k := range []*peer.Keyring{r.aes[256], r.strict} {
			c := newCase("required encryption context", k.Type, k, s, []byte("required")).withContext(context)
			c.write.Required = []string{"tenant", "also"}
			c.read.Required = c.write.Required
			c.absent = secret
			all = append(all, c)
			// Whoever knows the pairs needs no such manager to read.
			c.name += ", read without the manager"
			c.read.Required = nil
			all = append(all, c)
		}
		for _, k := range []*peer.Keyring{r.aes[256], r.strict} {
			c := newCase("caching manager: several messages under one data key", k.Type, k, s, []byte("cached")).withContext(map[string]string{"cached": "yes"})
			c.times = 3
			c.write.Caching = true
			all = append(all, c)
			c.name += ", read through a cache"
			c.read.Caching = true
			all = append(all, c)
		}
	}
	return all
}
