package command

import "github.com/spf13/cobra"

// newIAM is the group of the tools that tell who may do what. They read any
// account through the ordinary AWS configuration, on Fortlet as on AWS, and
// change nothing.
func newIAM(s *streams) *cobra.Command {
	// What they tell is full of other people's words.
	s = &streams{s.in, &plainWriter{w: s.out}, s.err}
	return group(&cobra.Command{
		Use:   "iam",
		Short: "Tell who may do what, in any AWS account",
		Long: `Tell who may do what. These tools read the IAM of any account, on Fortlet as on
AWS, through the ordinary AWS configuration (profiles, environment variables),
and change nothing.`,
	},
		newIAMActions(s),
		newIAMLint(s),
		newIAMListProfiles(s),
		newIAMInit(s),
		newIAMHarvest(s),
		newIAMDiff(s),
		newIAMSuggest(s),
		newIAMLeastPrivilege(s),
		newIAMCan(s),
		newIAMWhoCan(s),
	)
}
