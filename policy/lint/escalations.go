package lint

import (
	"slices"
	"strings"
)

// Escalation is a way in which somebody with few permissions gets more.
type Escalation struct {
	// Actions are all needed.
	Actions []string
	// How says what is done with them.
	How string

	service string // that a role is passed to
	others  bool   // it takes somebody else's user
}

// Name is the actions in one text: "iam:PassRole + ec2:RunInstances".
func (e Escalation) Name() string { return strings.Join(e.Actions, " + ") }

// Escalations are the ways that are publicly known.
func Escalations() []Escalation { return slices.Clone(escalations) }

var escalations = []Escalation{
	{Actions: []string{"iam:CreatePolicyVersion"}, How: "write a new default version of a policy that is attached to oneself"},
	{Actions: []string{"iam:SetDefaultPolicyVersion"}, How: "go back to an older version of a policy that allowed more"},
	{Actions: []string{"iam:AttachUserPolicy"}, How: "attach any policy to one's own user"},
	{Actions: []string{"iam:AttachGroupPolicy"}, How: "attach any policy to a group one is in"},
	{Actions: []string{"iam:AttachRolePolicy"}, How: "attach any policy to a role that one can use"},
	{Actions: []string{"iam:PutUserPolicy"}, How: "write an inline policy for one's own user"},
	{Actions: []string{"iam:PutGroupPolicy"}, How: "write an inline policy for a group one is in"},
	{Actions: []string{"iam:PutRolePolicy"}, How: "write an inline policy for a role that one can use"},
	{Actions: []string{"iam:AddUserToGroup"}, How: "join a group that may do more"},
	{Actions: []string{"iam:CreateAccessKey"}, How: "make an access key of a user who may do more", others: true},
	{Actions: []string{"iam:CreateLoginProfile"}, How: "give a user who may do more a console password", others: true},
	{Actions: []string{"iam:UpdateLoginProfile"}, How: "change the console password of a user who may do more", others: true},
	{Actions: []string{"iam:DeleteUserPermissionsBoundary"}, How: "take away the boundary that limits a user"},
	{Actions: []string{"iam:DeleteRolePermissionsBoundary"}, How: "take away the boundary that limits a role"},
	{Actions: []string{"iam:PutUserPermissionsBoundary"}, How: "replace the boundary that limits a user"},
	{Actions: []string{"iam:PutRolePermissionsBoundary"}, How: "replace the boundary that limits a role"},
	{Actions: []string{"iam:UpdateAssumeRolePolicy", "sts:AssumeRole"}, How: "make any role trust oneself, and assume it"},
	{Actions: []string{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}, How: "run code in a function with any role", service: "lambda.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"}, How: "run code in a function with any role, called from another account", service: "lambda.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"}, How: "run code in a function with any role, started by an event", service: "lambda.amazonaws.com"},
	{Actions: []string{"lambda:UpdateFunctionCode"}, How: "replace the code of a function, and act as its role"},
	{Actions: []string{"lambda:UpdateFunctionConfiguration"}, How: "add a layer to a function, and act as its role"},
	{Actions: []string{"iam:PassRole", "ec2:RunInstances"}, How: "start an instance with any role", service: "ec2.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "ec2:AssociateIamInstanceProfile"}, How: "give an instance one can use any role", service: "ec2.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "ec2:RequestSpotInstances"}, How: "start a spot instance with any role", service: "ec2.amazonaws.com"},
	{Actions: []string{"ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"}, How: "change what an instance runs at start, and act as its role"},
	{Actions: []string{"ssm:SendCommand"}, How: "run commands on an instance, and act as its role"},
	{Actions: []string{"ssm:StartSession"}, How: "open a shell on an instance, and act as its role"},
	{Actions: []string{"iam:PassRole", "autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"}, How: "start instances of a group with any role", service: "ec2.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "cloudformation:CreateStack"}, How: "have a stack made with any role", service: "cloudformation.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "cloudformation:UpdateStack"}, How: "have a stack changed with any role", service: "cloudformation.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "glue:CreateDevEndpoint"}, How: "open a Glue development endpoint with any role", service: "glue.amazonaws.com"},
	{Actions: []string{"glue:UpdateDevEndpoint"}, How: "put one's own key on a Glue development endpoint, and act as its role"},
	{Actions: []string{"iam:PassRole", "glue:CreateJob", "glue:StartJobRun"}, How: "run a Glue job with any role", service: "glue.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"}, How: "run a Glue job with another role", service: "glue.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"}, How: "run a pipeline with any role", service: "datapipeline.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"}, How: "run a build with any role", service: "codebuild.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "codebuild:UpdateProject", "codebuild:StartBuild"}, How: "run a build with another role", service: "codebuild.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"}, How: "run a container with any role", service: "ecs-tasks.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"}, How: "run a container with any role on an instance of a cluster", service: "ecs-tasks.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"}, How: "keep a container running with any role", service: "ecs-tasks.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "batch:RegisterJobDefinition", "batch:SubmitJob"}, How: "run a batch job with any role", service: "ecs-tasks.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"}, How: "open a notebook with any role", service: "sagemaker.amazonaws.com"},
	{Actions: []string{"sagemaker:CreatePresignedNotebookInstanceUrl"}, How: "open an existing notebook, and act as its role"},
	{Actions: []string{"iam:PassRole", "sagemaker:CreateTrainingJob"}, How: "run a training job with any role", service: "sagemaker.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "sagemaker:CreateProcessingJob"}, How: "run a processing job with any role", service: "sagemaker.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "states:CreateStateMachine", "states:StartExecution"}, How: "run a state machine with any role", service: "states.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "scheduler:CreateSchedule"}, How: "schedule any call with any role", service: "scheduler.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "apprunner:CreateService"}, How: "run a service with any role", service: "tasks.apprunner.amazonaws.com"},
	{Actions: []string{"iam:PassRole", "ssm:StartAutomationExecution"}, How: "run an automation with any role", service: "ssm.amazonaws.com"},
}
