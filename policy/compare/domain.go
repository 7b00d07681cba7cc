package compare

import (
	"slices"
	"strings"
	"sync"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// domain is what an action can be asked on: ARNs of its resource types and, for
// what acts on no resource, "*".
type domain struct {
	templates []*template

	once sync.Once
	aws  []domainPart // in the partition "aws"
}

// anything is the domain of an action that the catalogue does not know.
var anything = &domain{templates: []*template{newTemplate("*"), newTemplate("arn:${Partition}:${Service}:*:*:${Anything}")}}

// templatesOf are the ARN templates of an action in the catalogue, in order.
//
// An action all of whose types are optional can be asked on "*" too. S3 is the
// exception: the reference marks none of its types as required because each has
// an alternative (a bucket, an access point), and yet there always is one.
func templatesOf(a *catalogue.Action) []string {
	var list []string
	optional := a.Service.Prefix != "s3"
	for _, r := range a.Resources {
		list = append(list, r.Type.ARNs...)
		optional = optional && !r.Required
	}
	if optional || len(a.Resources) == 0 {
		list = append(list, "*")
	}
	return canonical(list)
}

// template is an ARN template, "arn:${Partition}:s3:::${BucketName}", or "*".
// Literal text alternates with gaps, beginning and ending with text.
type template struct {
	texts []string
	gaps  []gap
}

// gap is a part of an ARN that a template leaves open. One named "*" may be empty.
type gap struct {
	name string
	set  class
}

func newTemplate(text string) *template {
	t := &template{}
	if text == "*" {
		t.texts = []string{text}
		return t
	}
	colons := 0
	for {
		i := strings.IndexAny(text, "$*")
		end := i
		if i >= 0 && text[i] == '$' {
			end = i + strings.IndexByte(text[i:], '}')
		}
		if i < 0 || end < i {
			t.texts = append(t.texts, text)
			return t
		}
		colons += strings.Count(text[:i], ":")
		t.texts = append(t.texts, text[:i])
		g := gap{name: strings.Trim(text[i:end+1], "${}")}
		if colons < arnColumns {
			g.set.columns = never
		} else if slices.Contains(plainNames, g.name) {
			g.set = class{columns: never, segment: true}
		}
		t.gaps = append(t.gaps, g)
		text = text[end+1:]
	}
}

// plainNames are the names of things that can hold neither a slash nor a colon.
// Others may: roles, log groups and parameters have paths, and where AWS does
// not say, more is possible rather than less.
var plainNames = []string{
	"BucketName", "TableName", "QueueName", "TopicName", "FunctionName", "StreamName",
}

// domainPart is the ARNs of one template in one partition. The parts of a domain
// are looked at one by one: the product of the templates of a service like API
// Gateway, with gaps all over, would be far larger than their sum.
type domainPart struct {
	*template
	partition string
	glob      glob
}

// in is the part in a partition.
func (t *template) in(partition string) domainPart {
	g := text(t.texts[0])
	for i, gap := range t.gaps {
		switch {
		case gap.partition():
			g = append(g, text(partition)...)
		case gap.name == "*":
			g = g.star(gap.set)
		default:
			g = append(g, token{kind: one, set: gap.set})
			g = g.star(gap.set)
		}
		g = append(g, text(t.texts[i+1])...)
	}
	return domainPart{t, partition, g}
}

// parts are those of a domain in some partitions.
func (d *domain) parts(partitions []string) []domainPart {
	if slices.Equal(partitions, onlyAWS) {
		d.once.Do(func() { d.aws = d.makeParts(partitions) })
		return d.aws
	}
	return d.makeParts(partitions)
}

func (d *domain) makeParts(partitions []string) []domainPart {
	var list []domainPart
	for _, t := range d.templates {
		if !slices.ContainsFunc(t.gaps, gap.partition) {
			list = append(list, t.in("")) // it names its own
			continue
		}
		for _, p := range partitions {
			list = append(list, t.in(p))
		}
	}
	return list
}

func (g gap) partition() bool { return g.name == "Partition" }

var onlyAWS = []string{"aws"}

// sample is one of the part's ARNs, where it does not matter which.
func (p *domainPart) sample() string {
	values := make([]string, len(p.gaps))
	for i, g := range p.gaps {
		if values[i] = friendlyValue(g); g.partition() {
			values[i] = p.partition
		}
	}
	return p.joined(values)
}

// joined is the template with its gaps filled.
func (t *template) joined(values []string) string {
	arn := t.texts[0]
	for i, v := range values {
		arn += v + t.texts[i+1]
	}
	return arn
}

// partitionsOf are the partitions that resource patterns name, "aws" if none
// does. An account lives in one: that a pattern would also match the ARNs of
// another makes no difference to it.
func partitionsOf(values []string) []string {
	var list []string
	for _, v := range values {
		rest, ok := strings.CutPrefix(v, "arn:")
		if !ok {
			continue
		}
		partition, _, _ := strings.Cut(rest, ":")
		if !strings.ContainsAny(partition, "*?$") && !slices.Contains(list, partition) {
			list = append(list, partition)
		}
	}
	if len(list) == 0 {
		return onlyAWS
	}
	slices.Sort(list)
	return list
}
