package main

import (
	"fmt"
	"strings"
)

var teams = []string{"storage", "billing", "search", "identity", "platform", "data", "mobile", "risk"}

// awsPolicies are what roles have from AWS.
var awsPolicies = []string{
	"ReadOnlyAccess", "AmazonS3ReadOnlyAccess", "AmazonSQSFullAccess", "AmazonSNSReadOnlyAccess",
	"CloudWatchLogsReadOnlyAccess", "AmazonDynamoDBReadOnlyAccess", "AmazonEC2ReadOnlyAccess",
	"AWSLambda_ReadOnlyAccess", "IAMReadOnlyAccess", "SecretsManagerReadWrite",
}

func awsPolicy(name string) string { return "arn:aws:iam::aws:policy/" + name }

// awsDocument stands for AWS's own, which a Fortlet has itself. It is used
// where the stand-in answers.
func (b *builder) awsDocument(name string) string {
	service := strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(name, "ReadOnlyAccess"), "Amazon"), "AWS"))
	if service == "" {
		service = "ec2"
	}
	return document(fmt.Sprintf(`{"Effect":"Allow","Action":["%[1]s:Get*","%[1]s:List*","%[1]s:Describe*"],"Resource":"*"}`, strings.Trim(service, "_")))
}

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func boundaryDocument(s stage) string {
	return document(
		`{"Sid":"Services","Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}`,
		fmt.Sprintf(`{"Sid":"OwnRegion","Effect":"Deny","NotAction":["sts:*","cloudfront:*","route53:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"%s"}}}`, s.region),
	)
}

// access is what an application does with a service: statements in which %[1]s
// is the application, %[2]s the stage, %[3]s the account, %[4]s the Region.
type access struct {
	name, text string
	more       string // an action that the drift adds
}

var accesses = []access{
	{"bucket", `{"Sid":"ListBucket","Effect":"Allow","Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":"arn:aws:s3:::%[1]s-%[2]s"},` +
		`{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion","s3:GetObjectTagging"],"Resource":"arn:aws:s3:::%[1]s-%[2]s/*"}`, "s3:PutObject"},
	{"table", `{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:BatchGetItem","dynamodb:Query","dynamodb:PutItem","dynamodb:UpdateItem"],` +
		`"Resource":["arn:aws:dynamodb:%[4]s:%[3]s:table/%[1]s-%[2]s","arn:aws:dynamodb:%[4]s:%[3]s:table/%[1]s-%[2]s/index/*"]}`, "dynamodb:DeleteItem"},
	{"queue", `{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:%[4]s:%[3]s:%[1]s-*"},` +
		`{"Effect":"Deny","Action":["sqs:DeleteQueue","sqs:PurgeQueue"],"Resource":"*"}`, "sqs:AddPermission"},
	{"key", `{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"arn:aws:kms:%[4]s:%[3]s:key/*",` +
		`"Condition":{"StringEquals":{"kms:ViaService":"s3.%[4]s.amazonaws.com","kms:EncryptionContext:app":"%[1]s"},"Bool":{"aws:SecureTransport":"true"}}}`, "kms:Encrypt"},
	{"secrets", `{"Effect":"Allow","Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],"Resource":"arn:aws:secretsmanager:%[4]s:%[3]s:secret:%[1]s/%[2]s/*"},` +
		`{"Effect":"Allow","Action":["ssm:GetParameter","ssm:GetParameters","ssm:GetParametersByPath"],"Resource":"arn:aws:ssm:%[4]s:%[3]s:parameter/%[1]s/%[2]s/*"}`, "ssm:PutParameter"},
	{"logs", `{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","logs:Describe*"],"Resource":"arn:aws:logs:%[4]s:%[3]s:log-group:/app/%[1]s*"},` +
		`{"Effect":"Allow","Action":"cloudwatch:PutMetricData","Resource":"*","Condition":{"StringLike":{"cloudwatch:namespace":"%[1]s*"}}}`, "logs:DeleteLogStream"},
	{"functions", `{"Effect":"Allow","Action":["lambda:InvokeFunction","lambda:GetFunction","lambda:List*"],"Resource":"arn:aws:lambda:%[4]s:%[3]s:function:%[1]s-*"},` +
		`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::%[3]s:role/apps/%[1]s_%[2]s","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}}`, "lambda:UpdateFunctionCode"},
	{"instances", `{"Effect":"Allow","Action":["ec2:Describe*","autoscaling:Describe*"],"Resource":"*"},` +
		`{"Effect":"Allow","Action":["ec2:StartInstances","ec2:StopInstances","ec2:RebootInstances"],"Resource":"arn:aws:ec2:%[4]s:%[3]s:instance/*","Condition":{"StringEquals":{"aws:ResourceTag/app":"%[1]s"}}}`, "ec2:TerminateInstances"},
}

func (b *builder) document(app string, a access, drift bool) string {
	text := fmt.Sprintf(a.text, app, b.stage.name, b.stage.account, b.stage.region)
	if drift {
		text += fmt.Sprintf(`,{"Effect":"Allow","Action":"%s","Resource":"*"}`, a.more)
	}
	return document(text)
}

func (b *builder) trust() string {
	switch n := b.rand.IntN(20); {
	case n < 8:
		return trusts("Service", "ec2.amazonaws.com", "")
	case n < 12:
		return trusts("Service", "lambda.amazonaws.com", "")
	case n < 15:
		return trusts("Service", "ecs-tasks.amazonaws.com", fmt.Sprintf(`"StringEquals":{"aws:SourceAccount":"%s"}`, b.stage.account))
	case n < 18:
		return trusts("AWS", "arn:aws:iam::"+b.stage.account+":root", "")
	}
	return trusts("AWS", "arn:aws:iam::"+b.stage.account+":root", fmt.Sprintf(`"StringEquals":{"sts:ExternalId":"%08x"}`, b.rand.Uint32()))
}

func trusts(kind, principal, condition string) string {
	statement := fmt.Sprintf(`"Effect":"Allow","Principal":{"%s":"%s"},"Action":"sts:AssumeRole"`, kind, principal)
	if condition != "" {
		statement += `,"Condition":{` + condition + `}`
	}
	return document("{" + statement + "}")
}
