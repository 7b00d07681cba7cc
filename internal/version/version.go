// Package version tells which build of Fortlet runs.
package version

import (
	"crypto/fips140"
	"runtime"
	"runtime/debug"
)

// Number is the released version; the build sets it with -ldflags -X.
var Number = "dev"

// Info describes the build.
type Info struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	FIPS140 bool   `json:"fips140"`
}

// Get reads the description of the running binary.
func Get() Info {
	info := Info{Version: Number, Commit: "unknown", Go: runtime.Version(), FIPS140: fips140.Enabled()}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	dirty := ""
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			info.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+changes"
			}
		}
	}
	info.Commit += dirty
	return info
}

// String is the version for people and for headers.
func String() string { return Number }
