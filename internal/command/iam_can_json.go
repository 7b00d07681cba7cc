package command

import (
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/inspect/reach"
)

// answerJSON is the JSON of can.
type answerJSON struct {
	Answer     reach.Verdict           `json:"answer"`
	Principal  string                  `json:"principal"`
	Kind       string                  `json:"kind"`
	Action     string                  `json:"action"`
	Resource   string                  `json:"resource"`
	Allowed    bool                    `json:"allowed"` // with what is given, and nothing else
	Reason     reach.Reason            `json:"reason"`
	Conditions []reach.Condition       `json:"conditions,omitempty"`
	Failed     []reach.FailedStatement `json:"failed,omitempty"`
	Assumed    map[string][]string     `json:"assumed,omitempty"`
	Remedy     *authz.Remedy           `json:"remedy,omitempty"`
	Notes      []string                `json:"notes,omitempty"`
	Unreadable []reach.Unreadable      `json:"unreadable,omitempty"`
}

func canJSON(a *asked, answer *reach.Answer) answerJSON {
	out := answerJSON{
		Answer: answer.Verdict, Principal: answer.Principal.ARN(), Kind: answer.Principal.Kind(),
		Action: a.question.Action, Resource: a.question.Resource.ARN,
		Allowed: answer.Allowed, Reason: answer.Reason, Conditions: answer.Conditions, Failed: answer.Failed(), Assumed: answer.Assumed,
		Notes: a.notes, Unreadable: a.world.Unreadable(),
	}
	if e := answer.Explain(); e != nil {
		out.Remedy = e.Remedy
	}
	return out
}

// reportJSON is the JSON of who-can.
type reportJSON struct {
	Account    string              `json:"account"`
	Action     string              `json:"action"`
	Resource   string              `json:"resource"`
	Asked      int                 `json:"asked"` // principals
	Findings   []findingJSON       `json:"findings"`
	Assumed    map[string][]string `json:"assumed,omitempty"`
	Notes      []string            `json:"notes,omitempty"`
	Unreadable []reach.Unreadable  `json:"unreadable,omitempty"`
}

type findingJSON struct {
	Principal  string              `json:"principal"`
	Kind       string              `json:"kind"`
	Answer     reach.Verdict       `json:"answer"`
	Path       []stepJSON          `json:"path,omitempty"` // roles that it assumes first
	Reason     reach.Reason        `json:"reason"`         // why it, or the last role of the path, may
	Conditions []reach.Condition   `json:"conditions,omitempty"`
	Assumed    map[string][]string `json:"assumed,omitempty"`
}

type stepJSON struct {
	Role       string              `json:"role"`
	Action     string              `json:"action"`
	Answer     reach.Verdict       `json:"answer"`
	Reason     reach.Reason        `json:"reason"`
	Conditions []reach.Condition   `json:"conditions,omitempty"`
	Assumed    map[string][]string `json:"assumed,omitempty"`
}

func whoCanJSON(a *asked, r *reach.Report, notes []string) reportJSON {
	out := reportJSON{
		Account: a.world.Account(), Action: a.question.Action, Resource: a.question.Resource.ARN, Asked: r.Asked,
		Findings: []findingJSON{}, Assumed: r.Assumed, Notes: notes, Unreadable: a.world.Unreadable(),
	}
	for _, f := range r.Findings {
		j := findingJSON{
			Principal: f.Principal.ARN(), Kind: f.Principal.Kind(), Answer: f.Verdict,
			Reason: f.Answer.Reason, Conditions: f.Answer.Conditions, Assumed: f.Answer.Assumed,
		}
		for _, s := range f.Path {
			j.Path = append(j.Path, stepJSON{s.Role.ARN(), s.Action, s.Answer.Verdict, s.Answer.Reason, s.Answer.Conditions, s.Answer.Assumed})
		}
		out.Findings = append(out.Findings, j)
	}
	return out
}
