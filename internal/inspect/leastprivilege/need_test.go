package leastprivilege

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// event makes a record in the shape of those in the CloudTrail User Guide and
// in the guides of the services.
func event(t *testing.T, source, name, parameters string, members ...string) *Record {
	t.Helper()
	text := fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:run",
		"arn":"arn:aws:sts::111122223333:assumed-role/app/run","accountId":"111122223333","sessionContext":{"sessionIssuer":{
		"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/app"},"attributes":{"creationDate":"2026-11-22T08:00:00Z","mfaAuthenticated":"false"}}},
		"eventTime":"2026-11-22T09:00:00Z","eventSource":"%s.amazonaws.com","eventName":"%s","awsRegion":"us-east-2","sourceIPAddress":"192.0.2.1",
		"requestParameters":%s,"responseElements":null,"eventID":"e-1","eventType":"AwsApiCall","recipientAccountId":"111122223333"`, source, name, parameters)
	for _, m := range members {
		text += "," + m
	}
	r := new(Record)
	if err := json.Unmarshal([]byte(text+"}"), r); err != nil {
		t.Fatal(err)
	}
	return r
}

const aKey = `"resources":[{"ARN":"arn:aws:kms:us-east-2:111122223333:key/1234abcd","accountId":"111122223333","type":"AWS::KMS::Key"}]`

// The shapes: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html,
// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html.
func TestNeeds(t *testing.T) {
	for _, tt := range []struct {
		source, name, parameters string
		members                  []string
		want                     []string
	}{
		// S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
		{"s3", "ListBuckets", `{"Host":"s3.amazonaws.com"}`, nil, []string{"s3:ListAllMyBuckets ~*"}},
		{"s3", "ListObjects", `{"bucketName":"b","list-type":"2","prefix":"in/"}`, nil, []string{"s3:ListBucket arn:aws:s3:::b"}},
		{"s3", "HeadBucket", `{"bucketName":"b"}`, nil, []string{"s3:ListBucket arn:aws:s3:::b"}},
		{"s3", "ListObjectVersions", `{"bucketName":"b","versions":""}`, nil, []string{"s3:ListBucketVersions arn:aws:s3:::b"}},
		{"s3", "GetBucketVersioning", `{"bucketName":"b"}`, nil, []string{"s3:GetBucketVersioning arn:aws:s3:::b"}},
		{"s3", "GetBucketEncryption", `{"bucketName":"b"}`, nil, []string{"s3:GetEncryptionConfiguration arn:aws:s3:::b"}},
		{"s3", "DeleteBucketCors", `{"bucketName":"b"}`, nil, []string{"s3:PutBucketCORS arn:aws:s3:::b"}},
		{"s3", "GetObject", `{"bucketName":"b","key":"a/b"}`, nil, []string{"s3:GetObject arn:aws:s3:::b/a/b"}},
		{"s3", "GetObject", `{"bucketName":"b","key":"a","versionId":["v1"]}`, nil, []string{"s3:GetObjectVersion arn:aws:s3:::b/a"}},
		{"s3", "GetObject", `"omitted"`, []string{`"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/a/b"},{"type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}]`}, []string{"s3:GetObject arn:aws:s3:::b/a/b"}},
		{"s3", "HeadObject", `{"bucketName":"b","key":"a"}`, nil, []string{"s3:GetObject arn:aws:s3:::b/a"}},
		{"s3", "GetObject", `{"bucketName":"b","key":"a"}`, []string{`"errorCode":"NoSuchKey"`}, []string{"s3:GetObject arn:aws:s3:::b/a", "s3:ListBucket arn:aws:s3:::b ?"}},
		{"s3", "GetObjectAttributes", `{"bucketName":"b","key":"a"}`, nil, []string{"s3:GetObject arn:aws:s3:::b/a", "s3:GetObjectAttributes arn:aws:s3:::b/a"}},
		{"s3", "CompleteMultipartUpload", `{"bucketName":"b","key":"a","uploadId":"u"}`, nil, []string{"s3:PutObject arn:aws:s3:::b/a"}},
		{"s3", "ListParts", `{"bucketName":"b","key":"a","uploadId":"u"}`, nil, []string{"s3:ListMultipartUploadParts arn:aws:s3:::b/a"}},
		{"s3", "PutObject", `{"bucketName":"b","key":"a","x-amz-acl":"private","x-amz-tagging":"k=v"}`, nil,
			[]string{"s3:PutObject arn:aws:s3:::b/a", "s3:PutObjectAcl arn:aws:s3:::b/a", "s3:PutObjectTagging arn:aws:s3:::b/a"}},
		{"s3", "DeleteObject", `{"bucketName":"b","key":"a","versionId":"v","x-amz-bypass-governance-retention":"true"}`, nil,
			[]string{"s3:BypassGovernanceRetention arn:aws:s3:::b/a", "s3:DeleteObjectVersion arn:aws:s3:::b/a"}},
		{"s3", "DeleteObjects", `{"bucketName":"b","delete":""}`, nil, []string{"s3:DeleteObject ~arn:aws:s3:::b/*"}},
		{"s3", "CopyObject", `{"bucketName":"b","key":"a","x-amz-copy-source":"/c/d%20e?versionId=v"}`, nil,
			[]string{"s3:GetObjectVersion arn:aws:s3:::c/d e", "s3:GetObjectVersionTagging arn:aws:s3:::c/d e ?", "s3:PutObject arn:aws:s3:::b/a", "s3:PutObjectTagging arn:aws:s3:::b/a ?"}},
		{"s3", "UploadPartCopy", `{"bucketName":"b","key":"a","x-amz-copy-source":"c/d"}`, nil,
			[]string{"s3:GetObject arn:aws:s3:::c/d", "s3:GetObjectTagging arn:aws:s3:::c/d ?", "s3:PutObject arn:aws:s3:::b/a"}},
		{"s3", "GetObject", `{"bucketName":"arn:aws:s3:us-east-2:111122223333:accesspoint/ap","key":"a"}`, nil,
			[]string{"s3:GetObject arn:aws:s3:us-east-2:111122223333:accesspoint/ap/object/a"}},
		{"s3", "CreateBucket", `{"bucketName":"b","x-amz-bucket-object-lock-enabled":"true","x-amz-object-ownership":"ObjectWriter"}`, nil,
			[]string{"s3:CreateBucket arn:aws:s3:::b", "s3:PutBucketObjectLockConfiguration arn:aws:s3:::b", "s3:PutBucketOwnershipControls arn:aws:s3:::b", "s3:PutBucketVersioning arn:aws:s3:::b"}},

		// KMS: https://docs.aws.amazon.com/kms/latest/developerguide/ct-reencrypt.html
		{"kms", "GenerateDataKey", `{"keyId":"1234abcd","keySpec":"AES_256"}`, []string{aKey}, []string{"kms:GenerateDataKey arn:aws:kms:us-east-2:111122223333:key/1234abcd"}},
		{"kms", "Decrypt", `{"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`, []string{aKey}, []string{"kms:Decrypt arn:aws:kms:us-east-2:111122223333:key/1234abcd"}},
		{"kms", "DescribeKey", `{"keyId":"5678"}`, nil, []string{"kms:DescribeKey arn:aws:kms:us-east-2:111122223333:key/5678"}},
		{"kms", "DescribeKey", `{"keyId":"alias/app"}`, nil, []string{"kms:DescribeKey ~arn:aws:kms:us-east-2:111122223333:key/*"}},
		{"kms", "ListKeys", `null`, nil, []string{"kms:ListKeys ~*"}},
		{"kms", "ReEncrypt", `{"destinationKeyId":"two"}`, []string{`"resources":[{"ARN":"arn:aws:kms:us-east-2:111122223333:key/one"},{"ARN":"arn:aws:kms:us-east-2:111122223333:key/two"}]`},
			[]string{"kms:ReEncryptFrom arn:aws:kms:us-east-2:111122223333:key/one", "kms:ReEncryptTo arn:aws:kms:us-east-2:111122223333:key/two"}},
		{"kms", "CreateAlias", `{"aliasName":"alias/app","targetKeyId":"1234abcd"}`, []string{aKey},
			[]string{"kms:CreateAlias arn:aws:kms:us-east-2:111122223333:alias/app", "kms:CreateAlias arn:aws:kms:us-east-2:111122223333:key/1234abcd"}},

		// Lambda: a version at the end, PassRole by the role that is named.
		{"lambda", "ListFunctions20150331", `null`, nil, []string{"lambda:ListFunctions ~*"}},
		{"lambda", "GetFunction20150331v2", `{"functionName":"f"}`, nil, []string{"lambda:GetFunction arn:aws:lambda:us-east-2:111122223333:function:f"}},
		{"lambda", "Invoke", `{"functionName":"arn:aws:lambda:us-east-2:111122223333:function:f"}`,
			[]string{`"resources":[{"accountId":"111122223333","type":"AWS::Lambda::Function","ARN":"arn:aws:lambda:us-east-2:111122223333:function:f"}]`},
			[]string{"lambda:InvokeFunction arn:aws:lambda:us-east-2:111122223333:function:f"}},
		{"lambda", "CreateFunction20150331", `{"functionName":"f","role":"arn:aws:iam::111122223333:role/work"}`, nil,
			[]string{"iam:PassRole arn:aws:iam::111122223333:role/work ?", "lambda:CreateFunction arn:aws:lambda:us-east-2:111122223333:function:f"}},

		// STS: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
		{"sts", "GetCallerIdentity", `null`, nil, nil},
		{"sts", "AssumeRole", `{"roleArn":"arn:aws:iam::444455556666:role/there","roleSessionName":"x","sourceIdentity":"me","tags":[{"key":"a","value":"b"}]}`, nil,
			[]string{"sts:AssumeRole arn:aws:iam::444455556666:role/there", "sts:SetSourceIdentity arn:aws:iam::444455556666:role/there", "sts:TagSession arn:aws:iam::444455556666:role/there"}},

		// IAM: names are found with their paths.
		{"iam", "GetRole", `{"roleName":"known"}`, nil, []string{"iam:GetRole arn:aws:iam::111122223333:role/team/known"}},
		{"iam", "GetRole", `{"roleName":"gone"}`, nil, []string{"iam:GetRole arn:aws:iam::111122223333:role/gone |", "iam:GetRole ~arn:aws:iam::111122223333:role/*/gone |"}},
		{"iam", "CreateUser", `{"userName":"u","path":"/bots/","tags":[{"key":"a","value":"b"}]}`, nil,
			[]string{"iam:CreateUser arn:aws:iam::111122223333:user/bots/u", "iam:TagUser arn:aws:iam::111122223333:user/bots/u"}},

		// EC2: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
		{"ec2", "StartInstances", `{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}`, nil,
			[]string{"ec2:StartInstances arn:aws:ec2:us-east-2:111122223333:instance/i-1", "ec2:StartInstances arn:aws:ec2:us-east-2:111122223333:instance/i-2"}},
		{"ec2", "DescribeInstances", `{"instancesSet":{},"filterSet":{}}`, nil, []string{"ec2:DescribeInstances ~*"}},

		// Names that the service completes, and names of what is made.
		{"secretsmanager", "GetSecretValue", `{"secretId":"db"}`, nil, []string{"secretsmanager:GetSecretValue ~arn:aws:secretsmanager:us-east-2:111122223333:secret:db-??????"}},
		{"ssm", "GetParameter", `{"name":"/app/url"}`, nil, []string{"ssm:GetParameter arn:aws:ssm:us-east-2:111122223333:parameter/app/url"}},
		{"sqs", "SendMessage", `{"queueUrl":"https://sqs.us-east-2.amazonaws.com/111122223333/jobs"}`, nil, []string{"sqs:SendMessage arn:aws:sqs:us-east-2:111122223333:jobs"}},
		{"dynamodb", "GetItem", `{"tableName":"t","key":{"pk":"1"}}`, []string{`"resources":[{"accountId":"111122223333","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:us-east-2:111122223333:table/t"}]`},
			[]string{"dynamodb:GetItem arn:aws:dynamodb:us-east-2:111122223333:table/t"}},
		{"monitoring", "PutMetricAlarm", `{"alarmName":"a"}`, nil, []string{"cloudwatch:PutMetricAlarm arn:aws:cloudwatch:us-east-2:111122223333:alarm:a"}},
		{"cloudtrail", "StartLogging", `{"name":"myTrail"}`, nil, []string{"cloudtrail:StartLogging arn:aws:cloudtrail:us-east-2:111122223333:trail/myTrail"}},
	} {
		t.Run(tt.source+" "+tt.name, func(t *testing.T) {
			needs, err := testMapper().Map(event(t, tt.source, tt.name, tt.parameters, tt.members...))
			if err != nil {
				t.Fatal(err)
			}
			if got := needed(needs); !slices.Equal(got, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
		})
	}
}

func testMapper() *Mapper {
	return &Mapper{Catalogue: catalogue.Default(), Account: &snapshot.Account{ID: "111122223333", Roles: []snapshot.Role{
		{Entity: snapshot.Entity{Name: "known", Path: "/team/", ARN: "arn:aws:iam::111122223333:role/team/known"}},
	}}}
}

// needed writes needs as text: ~ marks a pattern, ? what is inferred, | one of
// several.
func needed(needs []Need) (list []string) {
	for _, n := range needs {
		for _, t := range n.Targets {
			s := n.Action + " "
			if t.Pattern {
				s += "~"
			}
			s += t.ARN
			if t.Either {
				s += " |"
			}
			if n.Inferred != "" {
				s += " ?"
			}
			list = append(list, s)
		}
	}
	slices.Sort(list)
	return list
}

// TestMadeByTheCall: the id of what a call made is of no use to the next call.
func TestMadeByTheCall(t *testing.T) {
	r := event(t, "backup", "StartBackupJob", `{"backupVaultName":"v"}`, `"responseElements":{"recoveryPointArn":"x"}`)
	r.ResponseElements = json.RawMessage(`{"volumeId":"vol-1"}`)
	r.EventSource, r.EventName = "ec2.amazonaws.com", "CreateVolume"
	r.Resources = []Resource{{ARN: "arn:aws:ec2:us-east-2:111122223333:volume/vol-1"}}
	needs, err := testMapper().Map(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := needed(needs); !slices.Contains(got, "ec2:CreateVolume ~arn:aws:ec2:us-east-2:111122223333:volume/*") {
		t.Error(got)
	}
}

// TestNotMapped: what is not known is told and not guessed.
func TestNotMapped(t *testing.T) {
	for _, tt := range []struct{ source, name, parameters, reason string }{
		{"unheard-of", "GetThing", `null`, "the service is not in the catalogue"},
		{"dynamodb", "ExecuteStatement", `{"statement":"SELECT"}`, "there is no action dynamodb:ExecuteStatement"},
		{"apigateway", "GetRestApis", `null`, "there is no action apigateway:GetRestApis"},
		{"s3", "GetObject", `{"key":"a"}`, "the record names no bucket"},
		{"s3", "DeleteObjects", `"too large"`, "the record names no bucket"},
		{"s3", "CopyObject", `{"bucketName":"b","key":"k"}`, "does not name the source"},
		{"s3", "CopyObject", `{"bucketName":"b","key":"k","x-amz-copy-source":"b/%zz"}`, "not well formed"},
		{"s3", "Unheard", `{"bucketName":"b","key":"k"}`, "there is no action s3:Unheard"},
	} {
		_, err := testMapper().Map(event(t, tt.source, tt.name, tt.parameters))
		var unmapped *UnmappedError
		if !errors.As(err, &unmapped) || !strings.Contains(unmapped.Reason, tt.reason) {
			t.Errorf("%s %s: %v, want %s", tt.source, tt.name, err, tt.reason)
		}
	}
}
