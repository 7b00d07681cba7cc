package iam

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/policy"
)

// actionName is an action without wildcards, which a simulation cannot have.
var actionName = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9]+$`)

// check refuses what the model lets pass.
func (in *simulationInput) check() error {
	for _, action := range in.ActionNames {
		if !actionName.MatchString(action) {
			return iamapi.ErrInvalidInput("Invalid action name: %s", action)
		}
	}
	for _, resource := range in.ResourceArns {
		if resource != anyResource && !isARN(resource) {
			return iamapi.ErrInvalidInput("ResourceNames are not in a valid ARN format: %s.", resource)
		}
	}
	if len(in.PermissionsBoundaryPolicyInputList) > 1 {
		return iamapi.ErrInvalidInput("The list of Permissions Boundary policies cannot exceed 1 items.")
	}
	if in.ResourcePolicy != nil && (len(in.ResourceArns) == 0 || slices.Contains(in.ResourceArns, anyResource)) {
		return iamapi.ErrInvalidInput("Invalid Entity Arn: * does not clearly define entity type and name.")
	}
	return in.checkHandling()
}

// scenarios are the resources that each value of ResourceHandlingOption asks
// for, as types of EC2 resources.
var scenarios = map[string][]string{
	"EC2-Classic-InstanceStore":    {"instance", "image", "security-group"},
	"EC2-Classic-EBS":              {"instance", "image", "security-group", "volume"},
	"EC2-VPC-InstanceStore":        {"instance", "image", "security-group", "network-interface"},
	"EC2-VPC-InstanceStore-Subnet": {"instance", "image", "security-group", "network-interface", "subnet"},
	"EC2-VPC-EBS":                  {"instance", "image", "security-group", "network-interface", "volume"},
	"EC2-VPC-EBS-Subnet":           {"instance", "image", "security-group", "network-interface", "subnet", "volume"},
}

// checkHandling refuses a simulation of one of the EC2 scenarios that lacks a
// resource which launching an instance needs.
func (in *simulationInput) checkHandling() error {
	option := value(in.ResourceHandlingOption)
	if option == "" {
		return nil
	}
	types, ok := scenarios[option]
	if !ok {
		return iamapi.ErrInvalidInput("Invalid resource handling option: %s", option)
	}
	for _, typ := range types {
		if !slices.ContainsFunc(in.ResourceArns, func(arn string) bool { return isEC2(arn, typ) }) {
			return iamapi.ErrInvalidInput("Resource handling option %s requires a resource of type %s.", option, typ)
		}
	}
	return nil
}

func isARN(s string) bool {
	parts := strings.SplitN(s, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[1] != "" && parts[2] != "" && parts[5] != ""
}

func isEC2(arn, typ string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[2] == "ec2" && strings.HasPrefix(parts[5], typ+"/")
}

// ownerAccount reads a ResourceOwner: an account, or the ARN of its root user.
func ownerAccount(owner string) string {
	if isAccount(owner) {
		return owner
	}
	return accountOf(owner)
}

// reason is what is wrong with a policy document, in IAM's words.
func reason(err error) string {
	if malformed, ok := errors.AsType[*policy.MalformedError](err); ok {
		return malformed.Reason
	}
	return err.Error()
}
