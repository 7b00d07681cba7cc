package awsmanaged_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
	"github.com/fortlet/fortlet/policy"
)

func TestEveryDocumentIsAnIdentityPolicy(t *testing.T) {
	for _, p := range awsmanaged.All() {
		if _, err := policy.Parse(p.Document(), policy.Identity); err != nil {
			t.Errorf("%s: %v", p.ARN, err)
		}
	}
}

func TestMetadata(t *testing.T) {
	version := regexp.MustCompile(`^v[1-9][0-9]*$`)
	id := regexp.MustCompile(`^ANPA[A-Z2-7]{17}$`)
	path := regexp.MustCompile(`^/([a-z-]+/)?$`)
	ids := make(map[string]bool)
	for _, p := range awsmanaged.All() {
		if p.ARN != awsmanaged.Prefix[:len(awsmanaged.Prefix)-1]+p.Path+p.Name {
			t.Errorf("ARN %s of path %q and name %q", p.ARN, p.Path, p.Name)
		}
		if !version.MatchString(p.DefaultVersion) || !path.MatchString(p.Path) || !id.MatchString(p.ID) || ids[p.ID] {
			t.Errorf("%s: version %q, path %q, id %q", p.Name, p.DefaultVersion, p.Path, p.ID)
		}
		if p.Created.Year() < 2015 || p.Updated.Before(p.Created) {
			t.Errorf("%s: created %s, updated %s", p.Name, p.Created, p.Updated)
		}
		ids[p.ID] = true
	}
}

// What a template or tutorial attaches must be there, at its path.
func TestGetKnown(t *testing.T) {
	for _, name := range []string{
		"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "IAMFullAccess",
		"IAMReadOnlyAccess", "IAMUserChangePassword", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess",
		"AmazonEC2FullAccess", "AmazonEC2ReadOnlyAccess", "AWSLambda_FullAccess", "AmazonDynamoDBFullAccess",
		"AWSKeyManagementServicePowerUser", "CloudWatchFullAccess", "CloudWatchLogsFullAccess",
		"AmazonSQSFullAccess", "AmazonSNSFullAccess", "AWSCloudTrail_FullAccess", "AmazonSSMFullAccess",
		"AmazonSSMManagedInstanceCore", "AmazonECS_FullAccess", "AWSCodePipeline_FullAccess",
		"AWSCodeBuildAdminAccess", "AWSCodeDeployFullAccess", "AWSCodeCommitPowerUser",
		"AmazonAppStreamFullAccess", "AmazonSageMakerFullAccess", "AmazonCodeGuruProfilerFullAccess",
		"AWSCloudHSMFullAccess", "AWSSecurityHubFullAccess", "AmazonAthenaFullAccess", "AWSGlueConsoleFullAccess",
		"AWSCloudFormationFullAccess", "AWSOrganizationsFullAccess", "AWSXRayDaemonWriteAccess",
		"SecretsManagerReadWrite", "ElasticLoadBalancingFullAccess", "AmazonAPIGatewayAdministrator",
		"AmazonVPCFullAccess", "AmazonRDSFullAccess", "AmazonKinesisFullAccess", "AWSStepFunctionsFullAccess",
		"AmazonEventBridgeFullAccess", "AWSBatchFullAccess",
		"job-function/ViewOnlyAccess", "job-function/SystemAdministrator", "job-function/Billing",
		"service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole",
		"service-role/AmazonEC2ContainerServiceforEC2Role", "service-role/AWSBatchServiceRole",
		"service-role/AmazonECSTaskExecutionRolePolicy", "service-role/AWSConfigRulesExecutionRole",
		"service-role/AmazonAppStreamServiceAccess", "service-role/ApplicationAutoScalingForAmazonAppStreamAccess",
		"service-role/AWS_ConfigRole", "service-role/AmazonEC2SpotFleetTaggingRole",
		"aws-service-role/AWSSupportServiceRolePolicy", "aws-service-role/AWSTrustedAdvisorServiceRolePolicy",
		"aws-service-role/BatchServiceRolePolicy", "aws-service-role/AmazonECSServiceRolePolicy",
	} {
		p, ok := awsmanaged.Get(awsmanaged.Prefix + name)
		if !ok {
			t.Errorf("no policy %s", name)
			continue
		}
		if p.ARN != awsmanaged.Prefix+name || p.ServiceLinked() != strings.HasPrefix(name, "aws-service-role/") {
			t.Errorf("%s: got %s, service-linked %t", name, p.ARN, p.ServiceLinked())
		}
	}
}

func TestGetUnknown(t *testing.T) {
	for _, arn := range []string{
		"", "AdministratorAccess", awsmanaged.Prefix,
		awsmanaged.Prefix + "administratoraccess",
		awsmanaged.Prefix + "service-role/AdministratorAccess",
		awsmanaged.Prefix + "AWSLambdaBasicExecutionRole",
		awsmanaged.Prefix + "zzz",
		"arn:aws:iam::111122223333:policy/AdministratorAccess",
		"arn:aws-cn:iam::aws:policy/AdministratorAccess",
	} {
		if p, ok := awsmanaged.Get(arn); ok {
			t.Errorf("Get(%q) = %s", arn, p.ARN)
		}
	}
}

// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
func TestPublishedPolicies(t *testing.T) {
	admin, _ := awsmanaged.Get(awsmanaged.Prefix + "AdministratorAccess")
	if want := time.Date(2015, 2, 6, 18, 39, 46, 0, time.UTC); !admin.Created.Equal(want) || !admin.Updated.Equal(want) {
		t.Errorf("AdministratorAccess created %s, updated %s", admin.Created, admin.Updated)
	}
	if admin.DefaultVersion != "v1" || admin.Path != "/" || admin.Description != "Provides full access to AWS services and resources." {
		t.Errorf("AdministratorAccess: %+v", admin)
	}
	const adminDocument = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}`
	if got := admin.Document(); got != adminDocument {
		t.Errorf("AdministratorAccess is\n%s", got)
	}

	lambda, _ := awsmanaged.Get(awsmanaged.Prefix + "service-role/AWSLambdaBasicExecutionRole")
	for _, action := range []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"} {
		if !strings.Contains(lambda.Document(), `"`+action+`"`) {
			t.Errorf("AWSLambdaBasicExecutionRole lacks %s:\n%s", action, lambda.Document())
		}
	}
}

func TestAllIsSortedByName(t *testing.T) {
	all := awsmanaged.All()
	if !slices.IsSortedFunc(all, func(a, b awsmanaged.Policy) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
	if len(all) < 120 {
		t.Errorf("%d policies", len(all))
	}
}

func BenchmarkDocument(b *testing.B) {
	p, _ := awsmanaged.Get(awsmanaged.Prefix + "service-role/AWSLambdaBasicExecutionRole")
	for b.Loop() {
		p.Document()
	}
}
