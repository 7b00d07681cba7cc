package sts

import (
	"strings"

	stsapi "github.com/fortlet/fortlet/internal/api/sts"
)

// sessionTags checks tags and makes a map of them.
func sessionTags(list []stsapi.Tag) (map[string]string, error) {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		if strings.HasPrefix(strings.ToLower(*t.Key), "aws:") {
			return nil, invalidParameter("Tag keys starting with 'aws:' are reserved for internal use")
		}
		if _, ok := findFold(tags, *t.Key); ok {
			return nil, invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		tags[*t.Key] = *t.Value
	}
	return tags, nil
}

// findFold finds a tag; keys are compared without regard to case.
func findFold(tags map[string]string, key string) (string, bool) {
	for k, v := range tags {
		if strings.EqualFold(k, key) {
			return v, true
		}
	}
	return "", false
}
