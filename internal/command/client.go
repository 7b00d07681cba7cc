package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/spf13/cobra"
)

// target says which cloud a command works on: the one that a flag names, or
// else the environment, or else the one on the default data folder.
type target struct {
	data, endpoint string
	passphraseFile string // of a folder on which nothing runs
	cmd            *cobra.Command
}

// targetFlags adds --data and --endpoint.
func targetFlags(cmd *cobra.Command) *target {
	t := &target{cmd: cmd}
	cmd.Flags().StringVar(&t.data, "data", defaultDataDir(), "data `folder` of the cloud")
	cmd.Flags().StringVar(&t.endpoint, "endpoint", "", "`URL` of a running cloud; the access key is then taken from the environment")
	cmd.MarkFlagsMutuallyExclusive("data", "endpoint")
	return t
}

// inEnvironment reports whether the environment says which cloud is meant.
func (t *target) inEnvironment() bool {
	return !t.cmd.Flags().Changed("data") && os.Getenv("AWS_ENDPOINT_URL") != "" && os.Getenv("AWS_ACCESS_KEY_ID") != ""
}

// client is a client of the cloud that runs at the target, nil when none does.
func (t *target) client() (*client, error) {
	if t.endpoint != "" || t.inEnvironment() {
		e := environmentOfProcess()
		if t.endpoint != "" {
			e.Endpoint = t.endpoint
		}
		if e.AccessKeyID == "" {
			return nil, hinted{fmt.Errorf("no access key for %s", t.endpoint), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a root access key"}
		}
		return &client{e}, nil
	}
	r, err := readRunning(t.data)
	if err != nil || r == nil {
		return nil, err
	}
	e, _, err := readEnvironment(t.data, "")
	if err != nil {
		return nil, err
	}
	c := &client{e}
	if !c.answers() {
		return nil, nil
	}
	return c, nil
}

func environmentOfProcess() environment {
	return environment{
		Endpoint:        os.Getenv("AWS_ENDPOINT_URL"),
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		Region:          os.Getenv("AWS_REGION"),
	}
}

// client talks to the control plane of a running cloud as a root user.
type client struct{ environment }

// answers reports whether something is there.
func (c *client) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("health"), nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (c *client) url(path string) string {
	return strings.TrimSuffix(c.Endpoint, "/") + "/_fortlet/" + path
}

// remoteError is an error that the control plane answered.
type remoteError struct {
	Status  int    `json:"-"`
	Code    string `json:"__type"`
	Message string `json:"message"`
}

func (e *remoteError) Error() string { return e.Code + ": " + e.Message }

// do sends a signed request; in and out are JSON, or nil.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url(path), bytes.NewReader(body))
	if err != nil {
		return err
	}
	region := c.Region
	if region == "" {
		region = "us-east-1"
	}
	signer := sigv4.Signer{AccessKeyID: c.AccessKeyID, Secret: c.SecretAccessKey, Region: region, Service: "fortlet"}
	if err := signer.Sign(r, sigv4.HashPayload(body), time.Now()); err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return hinted{err, "is the cloud running? Start it with fortlet up"}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		e := &remoteError{Status: resp.StatusCode}
		if err := json.Unmarshal(data, e); err != nil || e.Code == "" {
			return fmt.Errorf("%s: %s", c.url(path), resp.Status)
		}
		return e
	}
	return json.Unmarshal(data, out)
}
