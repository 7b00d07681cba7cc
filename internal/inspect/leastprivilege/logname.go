package leastprivilege

import (
	"path"
	"strings"
	"time"
)

// isLog reports whether a file is one that a trail delivered, by its name.
// Digests and Insights events are delivered beside them, in folders of their
// own.
func isLog(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "CloudTrail-Digest" || part == "CloudTrail-Insight" || part == "CloudTrail-Aggregated" {
			return false
		}
	}
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".json.gz")
}

// delivered is when a log file was delivered, as its name tells:
//
//	111122223333_CloudTrail_us-east-1_20261122T2105Z_Jc9kPq0l3TvN8yXw.json.gz
//
// "A log file delivered at a specific time can contain records written at any
// point before that time": of a file that was delivered before a time no record
// is later.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
func delivered(name string) (at time.Time, ok bool) {
	parts := strings.Split(path.Base(name), "_")
	if len(parts) != 5 || parts[1] != "CloudTrail" {
		return at, false
	}
	at, err := time.Parse("20060102T1504Z", parts[3])
	return at, err == nil
}

// logCount counts files by what was done with them.
type logCount struct {
	read, early, other int
}

// wants says whether a file has to be read, and counts it.
func (c *logCount) wants(name string, q *Query) bool {
	at, known := delivered(name)
	switch {
	case !isLog(name):
		c.other++
	case known && at.Add(time.Minute).Before(q.Since):
		c.early++
	default:
		c.read++
		return true
	}
	return false
}

func (c *logCount) about(where string) []string {
	lines := []string{plural(c.read, "log file") + " of " + where}
	if c.early > 0 {
		lines = append(lines, plural(c.early, "log file")+" delivered before the window, passed over by name")
	}
	if c.other > 0 {
		lines = append(lines, plural(c.other, "other file")+" (digests, and what is not named *.json or *.json.gz), passed over")
	}
	return lines
}
