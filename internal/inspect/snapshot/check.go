package snapshot

import "fmt"

// check refuses a snapshot that a tool could not rely on.
func (a *Account) check() error {
	policies := make(map[string]bool)
	for _, p := range a.Policies {
		if err := checkDocument("policy "+p.ARN, p.Document); err != nil {
			return err
		}
		if policies[p.ARN] {
			return fmt.Errorf("policy %s is there twice", p.ARN)
		}
		policies[p.ARN] = true
	}
	seen := make(map[string]bool)
	for kind, e := range a.Entities() {
		if e.Name == "" || e.ARN == "" {
			return fmt.Errorf("a %s has no name or no arn", kind)
		}
		if seen[e.ARN] {
			return fmt.Errorf("%s %s is there twice", kind, e.ARN)
		}
		seen[e.ARN] = true
		if err := e.check(kind, policies); err != nil {
			return err
		}
	}
	for i := range a.Roles {
		if err := checkDocument("trust policy of role "+a.Roles[i].Name, a.Roles[i].Trust); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entity) check(kind string, policies map[string]bool) error {
	for _, p := range e.Inline {
		if err := checkDocument(fmt.Sprintf("inline policy %s of %s %s", p.Name, kind, e.Name), p.Document); err != nil {
			return err
		}
	}
	refers := e.Attached
	if e.Boundary != "" {
		refers = append(refers[:len(refers):len(refers)], e.Boundary)
	}
	for _, arn := range refers {
		if !policies[arn] {
			return fmt.Errorf("%s %s refers to policy %s, which is not there", kind, e.Name, arn)
		}
	}
	return nil
}

func checkDocument(of, document string) error {
	if len(document) > MaxDocument {
		return fmt.Errorf("%s: %w: %d bytes, at most %d are read", of, ErrTooLarge, len(document), MaxDocument)
	}
	return nil
}
