// Package version tells which build of Fortlet runs.
package version

import (
	"crypto/fips140"
	"runtime"
	"runtime/debug"
)

// The build sets these with -ldflags -X. Without, a build knows its commit from
// Go's own build information.
var (
	Number = "dev" // the released version
	Commit string
)

// Info describes the build.
type Info struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	FIPS140 bool   `json:"fips140"`
}

// Get reads the description of the running binary.
func Get() Info {
	info := Info{Version: Number, Commit: Commit, Go: runtime.Version(), FIPS140: fips140.Enabled()}
	if info.Commit == "" {
		info.Commit = builtFrom()
	}
	return info
}

// builtFrom is the commit that the Go command noted.
func builtFrom() string {
	commit, dirty := "unknown", ""
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return commit
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+changes"
			}
		}
	}
	return commit + dirty
}

// String is the version for people and for headers.
func String() string { return Number }
