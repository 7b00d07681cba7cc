package iam

import "github.com/fortlet/fortlet/internal/service/iam/awsmanaged"

// linkedService is a service that links roles to itself.
type linkedService struct {
	role   string // what follows AWSServiceRoleFor in the name
	policy string // the AWS managed policy of the role
	// suffix says that an account may have several roles of the service, told
	// apart by a custom suffix.
	suffix bool
}

// linkedServices are the services for which a service-linked role can be
// created, by service principal without its domain: those that run here or
// that customers' templates for the services here create roles for.
var linkedServices = map[string]linkedService{
	"access-analyzer":                  {role: "AccessAnalyzer", policy: "AccessAnalyzerServiceRolePolicy"},
	"autoscaling":                      {role: "AutoScaling", policy: "AutoScalingServiceRolePolicy", suffix: true},
	"backup":                           {role: "Backup", policy: "AWSBackupServiceLinkedRolePolicyForBackup"},
	"batch":                            {role: "Batch", policy: "BatchServiceRolePolicy"},
	"cks.kms":                          {role: "KeyManagementServiceCustomKeyStores", policy: "AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy"},
	"cloudtrail":                       {role: "CloudTrail", policy: "CloudTrailServiceRolePolicy"},
	"config":                           {role: "Config", policy: "AWSConfigServiceRolePolicy"},
	"dax":                              {role: "DAX", policy: "DAXServiceRolePolicy"},
	"dynamodb.application-autoscaling": {role: "ApplicationAutoScaling_DynamoDBTable", policy: "AWSApplicationAutoscalingDynamoDBTablePolicy"},
	"ec2fleet":                         {role: "EC2Fleet", policy: "AWSEC2FleetServiceRolePolicy"},
	"ecs":                              {role: "ECS", policy: "AmazonECSServiceRolePolicy"},
	"ecs.application-autoscaling":      {role: "ApplicationAutoScaling_ECSService", policy: "AWSApplicationAutoscalingECSServicePolicy"},
	"eks":                              {role: "AmazonEKS", policy: "AmazonEKSServiceRolePolicy"},
	"eks-nodegroup":                    {role: "AmazonEKSNodegroup", policy: "AWSServiceRoleForAmazonEKSNodegroup"},
	"elasticache":                      {role: "ElastiCache", policy: "ElastiCacheServiceRolePolicy"},
	"elasticbeanstalk":                 {role: "ElasticBeanstalk", policy: "AWSElasticBeanstalkServiceRolePolicy"},
	"elasticloadbalancing":             {role: "ElasticLoadBalancing", policy: "AWSElasticLoadBalancingServiceRolePolicy"},
	"es":                               {role: "AmazonElasticsearchService", policy: "AmazonElasticsearchServiceRolePolicy"},
	"events":                           {role: "CloudWatchEvents", policy: "CloudWatchEventsServiceRolePolicy"},
	"fis":                              {role: "FIS", policy: "AmazonFISServiceRolePolicy"},
	"fms":                              {role: "FMS", policy: "FMSServiceRolePolicy"},
	"globalaccelerator":                {role: "GlobalAccelerator", policy: "AWSGlobalAcceleratorSLRPolicy"},
	"guardduty":                        {role: "AmazonGuardDuty", policy: "AmazonGuardDutyServiceRolePolicy"},
	"inspector2":                       {role: "AmazonInspector2", policy: "AmazonInspector2ServiceRolePolicy"},
	"kafka":                            {role: "Kafka", policy: "KafkaServiceRolePolicy"},
	"lambda.application-autoscaling":   {role: "ApplicationAutoScaling_LambdaConcurrency", policy: "AWSApplicationAutoscalingLambdaConcurrencyPolicy"},
	"logger.cloudfront":                {role: "CloudFrontLogger", policy: "AWSCloudFrontLogger"},
	"macie":                            {role: "AmazonMacie", policy: "AmazonMacieServiceRolePolicy"},
	"maintenance.elasticbeanstalk":     {role: "ElasticBeanstalkMaintenance", policy: "AWSElasticBeanstalkMaintenance"},
	"managedupdates.elasticbeanstalk":  {role: "ElasticBeanstalkManagedUpdates", policy: "AWSElasticBeanstalkManagedUpdatesServiceRolePolicy"},
	"mq":                               {role: "AmazonMQ", policy: "AmazonMQServiceRolePolicy"},
	"mrk.kms":                          {role: "KeyManagementServiceMultiRegionKeys", policy: "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy"},
	"opensearchservice":                {role: "AmazonOpenSearchService", policy: "AmazonOpenSearchServiceRolePolicy"},
	"ops.apigateway":                   {role: "APIGateway", policy: "APIGatewayServiceRolePolicy"},
	"organizations":                    {role: "Organizations", policy: "AWSOrganizationsServiceTrustPolicy"},
	"ram":                              {role: "ResourceAccessManager", policy: "AWSResourceAccessManagerServiceRolePolicy"},
	"rds":                              {role: "RDS", policy: "AmazonRDSServiceRolePolicy"},
	"redshift":                         {role: "Redshift", policy: "AmazonRedshiftServiceLinkedRolePolicy"},
	"replication.dynamodb":             {role: "DynamoDBReplication", policy: "DynamoDBReplicationServiceRolePolicy"},
	"replicator.lambda":                {role: "LambdaReplicator", policy: "AWSLambdaReplicator"},
	"securityhub":                      {role: "SecurityHub", policy: "AWSSecurityHubServiceRolePolicy"},
	"servicequotas":                    {role: "ServiceQuotas", policy: "ServiceQuotasServiceRolePolicy"},
	"shield":                           {role: "AWSShield", policy: "AWSShieldServiceRolePolicy"},
	"spot":                             {role: "EC2Spot", policy: "AWSEC2SpotServiceRolePolicy"},
	"spotfleet":                        {role: "EC2SpotFleet", policy: "AWSEC2SpotFleetServiceRolePolicy"},
	"ssm":                              {role: "AmazonSSM", policy: "AmazonSSMServiceRolePolicy"},
	"sso":                              {role: "SSO", policy: "AWSSSOServiceRolePolicy"},
	"support":                          {role: "Support", policy: "AWSSupportServiceRolePolicy"},
	"transitgateway":                   {role: "VPCTransitGateway", policy: "AWSVPCTransitGatewayServiceRolePolicy"},
	"trustedadvisor":                   {role: "TrustedAdvisor", policy: "AWSTrustedAdvisorServiceRolePolicy"},
}

// policyARN is the ARN of the role's policy.
func (l linkedService) policyARN() string { return awsmanaged.Prefix + "aws-service-role/" + l.policy }
