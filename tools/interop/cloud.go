package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const (
	account = "111122223333"
	home    = "us-east-1" // the Region of the keys
	abroad  = "eu-west-1" // the Region of a replica
)

// cloud is a Fortlet that runs as a process of its own, with the keys that
// messages are encrypted under.
type cloud struct {
	endpoint   string
	id, secret string // of the root user
	cmd        *exec.Cmd

	key, other, far   string // ARNs of symmetric keys; far is abroad
	primary, replica  string // ARNs of one multi-Region key
	rsaKey, rsaPublic string // ARN and PEM
}

// startCloud starts a Fortlet that keeps nothing on disk, and makes its keys.
func startCloud(ctx context.Context, binary string) (*cloud, error) {
	c := &cloud{id: "AKIA" + rand.Text()[:16], secret: rand.Text() + rand.Text()}
	c.cmd = exec.CommandContext(ctx, binary, "up", "--ephemeral", "--account", account, "--region", home, "--listen", "127.0.0.1:0")
	c.cmd.Env = []string{"FORTLET_ROOT_ACCESS_KEY_ID=" + c.id, "FORTLET_ROOT_SECRET_ACCESS_KEY=" + c.secret}
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
		return nil, errors.Join(fmt.Errorf("%s up is not ready: %q", binary, line), c.stop())
	}
	c.endpoint = fields[2]
	go io.Copy(io.Discard, lines)
	if err := c.makeKeys(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

func (c *cloud) stop() error {
	c.cmd.Process.Signal(syscall.SIGTERM)
	return c.cmd.Wait()
}

func (c *cloud) config() aws.Config {
	return aws.Config{
		Region:       home,
		BaseEndpoint: &c.endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider(c.id, c.secret, ""),
	}
}

// env is what makes every AWS SDK use the cloud, and nothing else that the
// machine has.
func (c *cloud) env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + c.endpoint,
		"AWS_ACCESS_KEY_ID=" + c.id,
		"AWS_SECRET_ACCESS_KEY=" + c.secret,
		"AWS_SESSION_TOKEN=",
		"AWS_REGION=" + home,
		"AWS_DEFAULT_REGION=" + home,
		"AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

func (c *cloud) makeKeys(ctx context.Context) error {
	here := kms.NewFromConfig(c.config())
	there := kms.NewFromConfig(c.config(), func(o *kms.Options) { o.Region = abroad })
	for _, k := range []struct {
		arn    *string
		client *kms.Client
		in     kms.CreateKeyInput
	}{
		{&c.key, here, kms.CreateKeyInput{}},
		{&c.other, here, kms.CreateKeyInput{}},
		{&c.far, there, kms.CreateKeyInput{}},
		{&c.primary, here, kms.CreateKeyInput{MultiRegion: new(true)}},
		{&c.rsaKey, here, kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}},
	} {
		out, err := k.client.CreateKey(ctx, &k.in)
		if err != nil {
			return err
		}
		*k.arn = *out.KeyMetadata.Arn
	}
	replica, err := here.ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: &c.primary, ReplicaRegion: new(abroad)})
	if err != nil {
		return err
	}
	c.replica = *replica.ReplicaKeyMetadata.Arn
	public, err := here.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &c.rsaKey})
	if err != nil {
		return err
	}
	c.rsaPublic = pemOf("PUBLIC KEY", public.PublicKey)
	return nil
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
