package kms

import (
	"context"
	"fmt"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// managedKey is what an AWS managed key protects, and the service through
// which alone it can be used.
type managedKey struct{ service, protects string }

// predefined are the aliases that every account has in every Region. Their keys
// are made at their first use.
var predefined = map[string]managedKey{
	"alias/aws/acm":               {"acm", "ACM private keys"},
	"alias/aws/backup":            {"backup", "Backup data"},
	"alias/aws/codecommit":        {"codecommit", "CodeCommit repositories"},
	"alias/aws/dynamodb":          {"dynamodb", "DynamoDB data"},
	"alias/aws/ebs":               {"ec2", "EBS volumes"},
	"alias/aws/elasticfilesystem": {"elasticfilesystem", "EFS filesystems"},
	"alias/aws/es":                {"es", "Elasticsearch data"},
	"alias/aws/fsx":               {"fsx", "FSx resources"},
	"alias/aws/glue":              {"glue", "Glue data"},
	"alias/aws/kinesis":           {"kinesis", "Kinesis data"},
	"alias/aws/lambda":            {"lambda", "Lambda functions"},
	"alias/aws/rds":               {"rds", "RDS database volumes"},
	"alias/aws/redshift":          {"redshift", "Redshift clusters"},
	"alias/aws/s3":                {"s3", "S3 objects"},
	"alias/aws/secretsmanager":    {"secretsmanager", "Secrets Manager data"},
	"alias/aws/sns":               {"sns", "SNS data"},
	"alias/aws/sqs":               {"sqs", "SQS messages"},
	"alias/aws/ssm":               {"ssm", "SSM parameters"},
	"alias/aws/workspaces":        {"workspaces", "WorkSpaces volumes"},
	"alias/aws/xray":              {"xray", "X-Ray data"},
}

// unborn is the AWS managed key that a predefined alias of the caller's account
// stands for, as it will be.
func (s *Service) unborn(ctx context.Context, id identifier) (*opened, error) {
	what, ok := predefined[id.alias]
	call := cloud.From(ctx)
	if !ok || id.account != call.Account() {
		return nil, nil
	}
	created := seconds(call.Time)
	k := &Key{
		Account:     id.account,
		Region:      id.region,
		ID:          newKeyID(false),
		Manager:     kmsapi.KeyManagerTypeAws,
		Created:     created,
		Description: "Default key that protects my " + what.protects + " when no other key is defined",
		Spec:        cryptography.SymmetricDefault,
		Usage:       cryptography.EncryptDecrypt,
		Origin:      kmsapi.OriginTypeAwsKms,
		Policy:      managedPolicy(what, id),
		Tags:        map[string]string{},
		Aliases:     []string{id.alias},
		Rotation: Rotation{
			Enabled:    true,
			PeriodDays: defaultRotationDays,
			Next:       created.AddDate(0, 0, defaultRotationDays),
		},
	}
	return s.compile(k)
}

// managedPolicy is the key policy of an AWS managed key: used by everybody in
// the account through the service, looked at directly, changed by nobody.
func managedPolicy(what managedKey, id identifier) string {
	return fmt.Sprintf(`{
  "Version" : "2012-10-17",
  "Id" : "auto-%[1]s-1",
  "Statement" : [ {
    "Sid" : "Allow access through %[1]s for all principals in the account that are authorized to use %[1]s",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "%[3]s",
        "kms:ViaService" : "%[1]s.%[2]s.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::%[3]s:root"
    },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  } ]
}`, what.service, id.region, id.account)
}

// bear brings the AWS managed key of an authorized request into being, unless
// another request has just done so.
func (s *Service) bear(ctx context.Context, t *target) error {
	k := t.key.Key.clone()
	if err := s.addMaterial(k); err != nil {
		return err
	}
	err := s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		alias := store.Key(k.Account, k.Region, t.id.alias)
		if aliases.Get(tx, alias) != nil {
			return nil
		}
		keys.Put(tx, k.row(), k)
		aliases.Put(tx, alias, &Alias{Name: t.id.alias, Key: k.ID, Created: k.Created, Updated: k.Created})
		return nil
	})
	if err != nil {
		return err
	}
	born, err := s.existing(ctx, t.id)
	if err == nil && born.key == nil {
		err = errAliasNotFound(t.id.String())
	}
	t.key, t.unborn = born.key, false
	return err
}
