package awskms

import (
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// maxClients bounds what FromConfig keeps. There are fewer Regions; a forger can
// name more.
const maxClients = 64

// FromConfig gives clients with the configuration cfg, one for each Region.
func FromConfig(cfg aws.Config, options ...func(*kms.Options)) Clients {
	var mu sync.Mutex
	clients := make(map[string]Client)
	return func(region string) (Client, error) {
		mu.Lock()
		defer mu.Unlock()
		if c, ok := clients[region]; ok {
			return c, nil
		}
		c := kms.NewFromConfig(cfg, append([]func(*kms.Options){func(o *kms.Options) {
			if region != "" {
				o.Region = region
			}
		}}, options...)...)
		if len(clients) < maxClients {
			clients[region] = c
		}
		return c, nil
	}
}

// of is the client of a Region, which is never nil.
func (c Clients) of(region string) (Client, error) {
	if c == nil {
		return nil, errNoClient
	}
	client, err := c(region)
	if err == nil && client == nil {
		err = errNoClient
	}
	return client, err
}
