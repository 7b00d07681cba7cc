package kms

import (
	"context"
	"slices"
	"strconv"
	"strings"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/policy"
)

// conditions answers for the kms: condition keys of one request. It computes
// nothing that no policy asks for.
type conditions struct {
	service *Service
	ctx     context.Context
	call    *cloud.Call
	key     *Key   // nil where there is none
	alias   string // by which the request identified the key
	access  *access
}

var _ policy.Context = (*conditions)(nil)

// Lookup implements policy.Context.
func (c *conditions) Lookup(key string) ([]string, bool) {
	name, ours := strings.CutPrefix(key, "kms:")
	if !ours {
		return nil, false
	}
	if pair, ok := strings.CutPrefix(name, "encryptioncontext:"); ok {
		return c.contextValue(pair)
	}
	for i := range c.access.keys {
		if k := &c.access.keys[i]; k.name == name {
			return k.values()
		}
	}
	if values, ok := c.requestKey(name); ok {
		return values, true
	}
	return c.keyProperty(name)
}

// contextValue gives the value of an encryption context pair. The name in the
// condition has no case, those in the context have: all that could be meant
// are given.
func (c *conditions) contextValue(name string) ([]string, bool) {
	var values []string
	for k, v := range c.access.context {
		if strings.ToLower(k) == name {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values, len(values) > 0
}

func (c *conditions) requestKey(name string) ([]string, bool) {
	switch name {
	case "calleraccount":
		return some(c.call.Account())
	case "viaservice":
		return some(viaService(c.call))
	case "encryptioncontextkeys":
		var names []string
		for k := range c.access.context {
			names = append(names, k)
		}
		slices.Sort(names)
		return names, len(names) > 0
	case "requestalias":
		return some(c.alias)
	case "grantisforawsresource":
		return one(strconv.FormatBool(c.forAWSResource()))
	}
	return nil, false
}

// forAWSResource reports that an AWS service makes the request, for a caller or
// in its own name.
func (c *conditions) forAWSResource() bool {
	return len(c.call.CalledVia) > 0 || c.call.Principal.Type == policy.ServicePrincipal
}

// viaService is the service that made the request for the caller, with the
// Region in its name as KMS has it.
func viaService(call *cloud.Call) string {
	if len(call.CalledVia) == 0 {
		return ""
	}
	last := call.CalledVia[len(call.CalledVia)-1]
	service, _, _ := strings.Cut(last, ".")
	return service + "." + call.Region + ".amazonaws.com"
}

func (c *conditions) keyProperty(name string) ([]string, bool) {
	k := c.key
	if k == nil {
		return nil, false
	}
	switch name {
	case "keyorigin":
		return one(string(k.Origin))
	case "keyspec", "customermasterkeyspec":
		return one(string(k.Spec))
	case "keyusage", "customermasterkeyusage":
		return one(string(k.Usage))
	case "multiregion":
		return one(strconv.FormatBool(k.MultiRegion))
	case "multiregionkeytype":
		if k.MultiRegion {
			return one(string(k.multiRegionType()))
		}
	case "resourcealiases":
		return k.Aliases, len(k.Aliases) > 0
	}
	return nil, false
}

func (k *Key) multiRegionType() kmsapi.MultiRegionKeyType {
	if k.Primary {
		return kmsapi.MultiRegionKeyTypePrimary
	}
	return kmsapi.MultiRegionKeyTypeReplica
}

func one(v string) ([]string, bool) { return []string{v}, true }

func some(v string) ([]string, bool) {
	if v == "" {
		return nil, false
	}
	return []string{v}, true
}
