package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// cloud is a Fortlet that runs as a process of its own.
type cloud struct {
	endpoint string
	data     string
	binary   string
	cmd      *exec.Cmd
}

// startCloud starts a Fortlet on a new data folder.
func startCloud(ctx context.Context, binary, dir string) (*cloud, error) {
	c := &cloud{data: filepath.Join(dir, "data"), binary: binary}
	c.cmd = exec.CommandContext(ctx, binary, "up", "--data", c.data, "--listen", "127.0.0.1:0")
	c.cmd.Stderr = io.Discard
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) < 3 {
		return nil, errors.Join(fmt.Errorf("fortlet up is not ready: %q", line), c.stop())
	}
	c.endpoint = fields[2]
	go io.Copy(io.Discard, lines)
	return c, nil
}

// memory is what the process has at its peak, "24680 kB"; empty where the
// system does not tell.
func (c *cloud) memory() string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}

func (c *cloud) stop() error {
	c.cmd.Process.Signal(syscall.SIGTERM)
	return c.cmd.Wait()
}

// account makes an account and gives its profile for the AWS configuration.
func (c *cloud) account(ctx context.Context, name, id string) (profile string, err error) {
	if err := run1(ctx, c.binary, "account", "create", name, "--id", id, "--data", c.data); err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, c.binary, "env", "--data", c.data, "--account", id, "--format", "profile", "--profile", name+"-profile").Output()
	return string(out), err
}

func run1(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// standInProfile is a profile whose account a stand-in has.
func standInProfile(s stage, endpoint string) string {
	return fmt.Sprintf("[profile %s-profile]\nregion = %s\nendpoint_url = %s\naws_access_key_id = %s\naws_secret_access_key = secret\n",
		s.name, s.region, endpoint, standInKey(s.account))
}

// configOf reads the one profile of a text.
func configOf(profile string) aws.Config {
	values := make(map[string]string)
	for line := range strings.Lines(profile) {
		if key, value, ok := strings.Cut(line, " = "); ok {
			values[key] = strings.TrimSpace(value)
		}
	}
	return aws.Config{
		Region:       values["region"],
		BaseEndpoint: new(values["endpoint_url"]),
		Credentials:  credentials.NewStaticCredentialsProvider(values["aws_access_key_id"], values["aws_secret_access_key"], ""),
	}
}

// writeConfig writes an AWS configuration file and gives the environment in
// which programs read it alone.
func writeConfig(dir string, profiles ...string) ([]string, error) {
	file := filepath.Join(dir, "config")
	env := []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "AWS_CONFIG_FILE=" + file, "AWS_SHARED_CREDENTIALS_FILE=" + filepath.Join(dir, "none"), "AWS_EC2_METADATA_DISABLED=true"}
	return env, os.WriteFile(file, []byte(strings.Join(profiles, "")), 0o600)
}
