package diff

import "strings"

// String is the item in words: "Allow s3:PutObject on arn:aws:s3:::b/* (object)".
func (i Item) String() string {
	if i.Text != "" {
		return "(as text) " + i.Text
	}
	var b strings.Builder
	b.WriteString(i.Effect)
	if i.NotAction {
		b.WriteString(" anything but")
	}
	b.WriteString(" " + i.ActionName())
	switch {
	case i.NotResource:
		b.WriteString(" on anything but " + i.Resource)
	case i.Resource != "":
		b.WriteString(" on " + i.Resource)
	}
	if i.ResourceType != "" {
		b.WriteString(" (" + i.ResourceType + ")")
	}
	switch {
	case i.NotPrincipal:
		b.WriteString(" to anyone but " + i.Principal)
	case i.Principal != "":
		b.WriteString(" to " + i.Principal)
	}
	if i.Condition != "" {
		b.WriteString(" if " + i.Condition)
	}
	return b.String()
}

// ActionName is the action with its service: "s3:PutObject", "*".
func (i Item) ActionName() string {
	switch {
	case i.Service == "*" && i.Action == "*":
		return "*"
	case i.Service == "":
		return i.Action
	}
	return i.Service + ":" + i.Action
}
