package snapshot

import "strings"

// serviceLinked: the path is what tells service-linked roles from others (IAM
// User Guide, "Create a service-linked role").
func serviceLinked(path string) bool { return strings.HasPrefix(path, "/aws-service-role/") }
