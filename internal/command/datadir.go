package command

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// dataFlag adds --data.
func dataFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("data", defaultDataDir(), "data `folder`")
}

// defaultDataDir follows the XDG Base Directory Specification.
func defaultDataDir() string {
	base := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "fortlet")
}

// running is what a Fortlet that runs tells others on the machine, in a file
// of its data folder. The file is gone when it stops; after a crash it may lie.
type running struct {
	Endpoint string `json:"endpoint"`
	Region   string `json:"region"`
	PID      int    `json:"pid"`
}

func runningFile(dir string) string { return filepath.Join(dir, "running.json") }

func (r running) write(dir string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(runningFile(dir), append(data, '\n'), 0o600)
}

// readRunning reads what the last Fortlet on the folder left; nil when none
// runs.
func readRunning(dir string) (*running, error) {
	data, err := os.ReadFile(runningFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := new(running)
	return r, json.Unmarshal(data, r)
}
