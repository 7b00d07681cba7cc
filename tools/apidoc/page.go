package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

const introduction = `# Operations

Every operation of the AWS service models, by service. What is built behaves as
the AWS API reference of the service says. What is not answers ` + "`NotImplemented`" + `
with HTTP status 501; no operation pretends.

This page is generated from internal/api: run ` + "`make api`" + ` after a change there.
`

// page writes the whole page.
func page(services []*api.Service) []byte {
	b := new(bytes.Buffer)
	b.WriteString(introduction)
	writeSummary(b, services)
	for _, s := range services {
		writeService(b, s)
	}
	return b.Bytes()
}

func writeSummary(b *bytes.Buffer, services []*api.Service) {
	b.WriteString("\n| service | built | answer NotImplemented | operations |\n|---|---:|---:|---:|\n")
	built, unbuilt := 0, 0
	for _, s := range services {
		writeCounts(b, fmt.Sprintf("[%s](#%s)", s.ID, anchor(s)), len(s.Operations), len(s.Unbuilt))
		built += len(s.Operations)
		unbuilt += len(s.Unbuilt)
	}
	writeCounts(b, "all", built, unbuilt)
}

func writeCounts(b *bytes.Buffer, name string, built, unbuilt int) {
	fmt.Fprintf(b, "| %s | %d | %d | %d |\n", name, built, unbuilt, built+unbuilt)
}

// anchor is how Markdown renderers name the heading of a service.
func anchor(s *api.Service) string { return strings.ToLower(strings.ReplaceAll(s.ID, " ", "-")) }

func writeService(b *bytes.Buffer, s *api.Service) {
	fmt.Fprintf(b, "\n## %s\n\nAPI version %s, %s. Signed as `%s`, recorded as `%s`",
		s.ID, s.Version, protocol(s), s.SigningName, s.EventSource())
	if s.Global {
		b.WriteString("; one endpoint for all Regions")
	}
	fmt.Fprintf(b, ".\n%d of %d operations are built.\n", len(s.Operations), len(s.Operations)+len(s.Unbuilt))
	b.WriteString("\n| operation | | recorded as |\n|---|---|---|\n")
	for _, r := range rows(s) {
		fmt.Fprintf(b, "| %s | %s | %s |\n", r.name, r.status, r.recorded)
	}
}

// row is an operation as the page shows it.
type row struct{ name, status, recorded string }

// rows gives the operations of a service by name, built or not.
func rows(s *api.Service) []row {
	var all []row
	for _, o := range s.Operations {
		recorded := "write"
		if o.ReadOnly {
			recorded = "read"
		}
		all = append(all, row{o.Name, "built", recorded})
	}
	for _, name := range s.Unbuilt {
		status := "answers NotImplemented"
		if now, ok := s.Former[name]; ok {
			status = "older name of " + now
		}
		all = append(all, row{name, status, ""})
	}
	slices.SortFunc(all, func(a, b row) int { return strings.Compare(a.name, b.name) })
	return all
}

func protocol(s *api.Service) string {
	switch s.Protocol {
	case api.JSON10:
		return "AWS JSON 1.0 under the target prefix `" + s.TargetPrefix + "`"
	case api.JSON11:
		return "AWS JSON 1.1 under the target prefix `" + s.TargetPrefix + "`"
	case api.Query:
		return "query protocol (form in, XML out)"
	case api.EC2:
		return "query protocol of EC2 (form in, XML out)"
	case api.RestJSON:
		return "REST with JSON bodies"
	case api.RestXML:
		return "REST with XML bodies"
	}
	panic(fmt.Sprintf("service %s has no protocol", s.Name))
}
