package command

import (
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/spf13/cobra"
)

func newIAMCan(s *streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "can PRINCIPAL ACTION [RESOURCE]",
		Short: "Tell whether somebody may do something, and why",
		Long: `Tell whether a principal may do an action on a resource, and why: which policy
and statement decides, which condition fails, what is missing. No call is made
to find out: the decision is the cloud's own evaluation logic, over the policies
that the account has.

PRINCIPAL is the name or ARN of a user or role, the ARN of a session, root, an
account, a service (lambda.amazonaws.com) or anonymous. RESOURCE is an ARN,
s3://bucket/key, or the id, ARN or alias of a KMS key; it can be left out for
actions that have none. The policies of buckets and keys, access control lists
and grants are read, and a role's trust policy; of other services --resource-policy
brings the policy.

The answer is yes, no, or depends: when a condition asks for what is not known,
as for the caller's address. Then it lists those conditions and what the answer
is without them; --context and --absent say more about the request.

` + exitCodes,
		Example: `  fortlet iam can alice s3:GetObject s3://app1-data/report.csv
  fortlet iam can role/app1 kms:Decrypt alias/app1 --context kms:EncryptionContext:app=1
  fortlet iam can app1 s3:PutObject s3://app1-data/x --profile dev --context aws:SourceIp=192.0.2.7
  fortlet iam can lambda.amazonaws.com sts:AssumeRole arn:aws:iam::123456789012:role/app1 --exit-code
  fortlet iam can alice iam:CreateUser --snapshot baseline.json --json`,
		Args: cobra.RangeArgs(2, 3),
	}
	f := newQuestionFlags(s, cmd)
	var session []string
	cmd.Flags().StringArrayVar(&session, "session-policy", nil, "`file` with a session policy of the principal's session; may be repeated")
	cmd.Flags().BoolVar(&f.exitCode, "exit-code", false, "end with exit code 3 unless the answer is yes")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a, err := f.ask(cmd.Context(), args[1], resourceArg(args, 2))
		if err != nil {
			return err
		}
		for _, file := range session {
			doc, err := sessionPolicy(file)
			if err != nil {
				return err
			}
			a.question.Session = append(a.question.Session, doc)
		}
		p, err := a.world.Find(args[0])
		if err != nil {
			return hintOfReach(err)
		}
		answer := a.world.Ask(a.question, p)
		if f.json {
			err = printJSON(s.out, canJSON(a, answer))
		} else {
			err = printCan(s.out, a, answer)
		}
		if err == nil && f.exitCode && answer.Verdict != reach.Yes {
			return errCheck
		}
		return err
	}
	return cmd
}

// resourceArg is the resource among the arguments, "*" where there is none.
func resourceArg(args []string, i int) string {
	if len(args) <= i {
		return "*"
	}
	return args[i]
}
