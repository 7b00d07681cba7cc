package lint

// Codes are the codes of all checks, those of our own apart.
func Codes() (aws, own []string) {
	for _, c := range checks {
		if c.own {
			own = append(own, c.code)
		} else {
			aws = append(aws, c.code)
		}
	}
	return aws, own
}
