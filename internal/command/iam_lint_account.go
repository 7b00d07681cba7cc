package command

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

// accountLint looks at all policies of an account.
type accountLint struct {
	flags    *lintFlags
	account  *snapshot.Account
	progress *progress

	parsed map[string]*policy.Policy // by document; nil for what is not a policy
}

// lintJob is a policy to look at.
type lintJob struct {
	subject  lintSubject
	kind     policy.Kind
	document string
	attached bool
	found    []lint.Finding
}

// run looks at the policies, then at who has them.
func (l *accountLint) run() *lintReport {
	r := &lintReport{Account: l.account.ID}
	jobs := l.jobs()
	l.checkAll(jobs)
	r.Policies = len(jobs)
	for _, j := range jobs {
		r.add(j.subject, j.found)
	}
	if !l.flags.onlyAWS {
		l.principals(r)
	}
	return r
}

// jobs are the policies, in the order of their owners.
func (l *accountLint) jobs() []*lintJob {
	var jobs []*lintJob
	attached := make(map[string][]string)
	for kind, e := range l.account.Entities() {
		owner := kind + " " + e.Name
		for _, p := range e.Inline {
			jobs = append(jobs, &lintJob{
				subject: lintSubject{Kind: "identity", Name: p.Name, AttachedTo: []string{owner}},
				kind:    policy.Identity, document: p.Document, attached: true,
			})
		}
		for _, arn := range e.Attached {
			attached[arn] = append(attached[arn], owner)
		}
		if e.Boundary != "" {
			attached[e.Boundary] = append(attached[e.Boundary], owner+" (boundary)")
		}
	}
	for i := range l.account.Roles {
		if role := &l.account.Roles[i]; !role.ServiceLinked() { // a service's own is not the account's to change
			jobs = append(jobs, &lintJob{
				subject: lintSubject{Kind: "trust", AttachedTo: []string{"role " + role.Name}},
				kind:    policy.Trust, document: role.Trust, attached: true,
			})
		}
	}
	for _, p := range l.account.Policies {
		if ofAWS := strings.Contains(p.ARN, ":iam::aws:"); ofAWS && !l.flags.awsManaged {
			continue
		}
		jobs = append(jobs, &lintJob{
			subject: lintSubject{Kind: "identity", Name: p.Name, ARN: p.ARN, AttachedTo: attached[p.ARN]},
			kind:    policy.Identity, document: p.Document, attached: len(attached[p.ARN]) > 0,
		})
	}
	return jobs
}

// checkAll checks the policies, each document once and as many at a time as the
// machine has processors.
func (l *accountLint) checkAll(jobs []*lintJob) {
	type document struct {
		kind policy.Kind
		text string
	}
	same := make(map[document][]*lintJob)
	var order []document
	for _, j := range jobs {
		d := document{j.kind, j.document}
		if same[d] == nil {
			order = append(order, d)
		}
		same[d] = append(same[d], j)
	}
	var wg sync.WaitGroup
	next := make(chan document)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for d := range next {
				found := lint.Check(d.text, d.kind, lint.Options{Own: !l.flags.onlyAWS, Account: l.account.ID})
				for _, j := range same[d] {
					j.found = j.relevant(found)
				}
			}
		})
	}
	for i, d := range order {
		next <- d
		l.progress.set("policies", i+1, len(order))
	}
	close(next)
	wg.Wait()
}

// relevant leaves out what is said of the principals that have the policy.
func (j *lintJob) relevant(found []lint.Finding) []lint.Finding {
	if !j.attached {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f lint.Finding) bool {
		return f.Code == "PRIVILEGE_ESCALATION" || f.Code == "ADMINISTRATOR_ACCESS"
	})
}

// principals tells which users and roles are administrators, and which can
// become more than they are.
func (l *accountLint) principals(r *lintReport) {
	l.parsed = make(map[string]*policy.Policy)
	unread := 0
	total := len(l.account.Roles) + len(l.account.Users)
	for i := range l.account.Roles {
		l.progress.set("principals", i, total)
		if role := &l.account.Roles[i]; !role.ServiceLinked() {
			unread += l.principal(r, "role", &role.Entity, l.account.Documents(&role.Entity))
		}
	}
	for i := range l.account.Users {
		l.progress.set("principals", len(l.account.Roles)+i, total)
		u := &l.account.Users[i]
		unread += l.principal(r, "user", &u.Entity, l.account.UserDocuments(u))
	}
	if unread > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("attached documents that the evaluator does not understand: %d; nobody was held to have what they say", unread))
	}
}

// principal looks at one of them. It answers how many documents it could not
// read.
func (l *accountLint) principal(r *lintReport, kind string, e *snapshot.Entity, documents []snapshot.Document) (unread int) {
	holder := lint.Holder{ARN: e.ARN, Keys: policy.Keys{"aws:PrincipalArn": {e.ARN}}}
	if kind == "user" {
		holder.Keys["aws:username"] = []string{e.Name}
	}
	for key, value := range e.Tags {
		holder.Keys["aws:PrincipalTag/"+key] = []string{value}
	}
	var names []string
	for i := range documents {
		d := &documents[i]
		if p := l.parse(d.Text, policy.Identity); p != nil {
			holder.Policies = append(holder.Policies, p)
			names = append(names, documentName(d))
		} else {
			unread++
		}
	}
	boundary := ""
	if b := l.account.BoundaryOf(e); b != nil {
		boundary = b.ARN
		if holder.Boundary = l.parse(b.Document, policy.Boundary); holder.Boundary == nil {
			return unread + 1 // a boundary that allows nothing
		}
	}
	name := kind + " " + e.Name
	grant, is := holder.Administrator()
	if is {
		r.Administrators = append(r.Administrators, lintPrincipal{Principal: name, ARN: e.ARN, Boundary: boundary, Grant: grantJSON(&holder, names, grant)})
	}
	if is && holder.Boundary == nil {
		return unread // every way is open
	}
	for _, path := range holder.Paths() {
		found := lintEscalation{Principal: name, ARN: e.ARN, How: path.How, Actions: path.Actions}
		for _, g := range path.Grants {
			found.Grants = append(found.Grants, grantJSON(&holder, names, g))
		}
		r.Escalations = append(r.Escalations, found)
	}
	return unread
}

// parse reads a document once.
func (l *accountLint) parse(document string, kind policy.Kind) *policy.Policy {
	p, known := l.parsed[document]
	if !known {
		p, _ = policy.Parse(document, kind) // nil where it is refused; checkAll tells why
		l.parsed[document] = p
	}
	return p
}

// documentName names a policy with how its holder comes by it.
func documentName(d *snapshot.Document) string {
	name := "inline policy " + d.Name
	if d.Managed() {
		name = d.ARN
	}
	if d.Group != "" {
		name += " (group " + d.Group + ")"
	}
	return name
}

func grantJSON(h *lint.Holder, names []string, g lint.Grant) lintGrant {
	return lintGrant{
		Action: g.Action, Resource: g.Resource,
		Policy: names[g.Policy], Statement: g.Statement + 1, Sid: h.Policies[g.Policy].Statements()[g.Statement].Sid,
	}
}
