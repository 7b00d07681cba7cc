package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// standIn answers as IAM and STS do to who reads accounts. The access key's id
// says which account is meant; signatures are not looked at.
type standIn struct {
	pages map[string][][]byte // of GetAccountAuthorizationDetails, by account
}

const standInPage = 1000 // items

// serveStandIn starts a stand-in for the worlds.
func serveStandIn(worlds ...*snapshot.Account) (endpoint string, stop func(), err error) {
	s := &standIn{make(map[string][][]byte)}
	for _, w := range worlds {
		s.pages[w.ID] = render(w)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener)
	return "http://" + listener.Addr().String(), func() { server.Close() }, nil
}

// standInKey is the access key id of an account.
func standInKey(account string) string { return "AKIA" + account + "0000" }

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=AKIA")
	account := key[:min(len(key), 12)]
	switch r.FormValue("Action") {
	case "GetCallerIdentity":
		fmt.Fprintf(w, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::%[1]s:root</Arn><Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>", account)
	case "GetAccountAuthorizationDetails":
		n, _ := strconv.Atoi(r.FormValue("Marker"))
		if pages := s.pages[account]; n < len(pages) {
			w.Write(pages[n])
			return
		}
		fallthrough
	default:
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>the stand-in does not have it</Message></Error></ErrorResponse>")
	}
}

// item is one entry of one of the answer's four lists.
type item struct{ list, text string }

func render(a *snapshot.Account) [][]byte {
	var items []item
	for i := range a.Users {
		items = append(items, item{"UserDetailList", renderUser(&a.Users[i])})
	}
	for i := range a.Groups {
		items = append(items, item{"GroupDetailList", renderGroup(&a.Groups[i])})
	}
	for i := range a.Roles {
		items = append(items, item{"RoleDetailList", renderRole(&a.Roles[i])})
	}
	for i := range a.Policies {
		items = append(items, item{"Policies", renderPolicy(&a.Policies[i])})
	}
	var pages [][]byte
	for len(items) > standInPage {
		pages = append(pages, renderPage(items[:standInPage], len(pages)+1))
		items = items[standInPage:]
	}
	return append(pages, renderPage(items, 0))
}

// renderPage is a page after which the one with the number next comes; 0 for
// the last one.
func renderPage(items []item, next int) []byte {
	var b bytes.Buffer
	b.WriteString(`<GetAccountAuthorizationDetailsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountAuthorizationDetailsResult>`)
	for _, list := range []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"} {
		fmt.Fprintf(&b, "<%s>", list)
		for _, i := range items {
			if i.list == list {
				b.WriteString("<member>" + i.text + "</member>")
			}
		}
		fmt.Fprintf(&b, "</%s>", list)
	}
	fmt.Fprintf(&b, "<IsTruncated>%t</IsTruncated>", next > 0)
	if next > 0 {
		fmt.Fprintf(&b, "<Marker>%d</Marker>", next)
	}
	b.WriteString("</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>")
	return b.Bytes()
}

func renderRole(r *snapshot.Role) string {
	text := renderEntity("Role", &r.Entity) + element("AssumeRolePolicyDocument", encode(r.Trust)) + "<InstanceProfileList>"
	for _, p := range r.InstanceProfiles {
		text += "<member>" + element("InstanceProfileName", p) + "</member>"
	}
	return text + "</InstanceProfileList>"
}

func renderUser(u *snapshot.User) string {
	text := renderEntity("User", &u.Entity) + "<GroupList>"
	for _, g := range u.Groups {
		text += element("member", g)
	}
	return text + "</GroupList>"
}

func renderGroup(g *snapshot.Group) string { return renderEntity("Group", &g.Entity) }

func renderEntity(kind string, e *snapshot.Entity) string {
	text := element(kind+"Name", e.Name) + element(kind+"Id", e.ID) + element("Path", e.Path) + element("Arn", e.ARN) +
		element("CreateDate", e.Created.Format(time.RFC3339)) + "<" + kind + "PolicyList>"
	for _, p := range e.Inline {
		text += "<member>" + element("PolicyName", p.Name) + element("PolicyDocument", encode(p.Document)) + "</member>"
	}
	text += "</" + kind + "PolicyList><AttachedManagedPolicies>"
	for _, arn := range e.Attached {
		text += "<member>" + element("PolicyName", arn[strings.LastIndexByte(arn, '/')+1:]) + element("PolicyArn", arn) + "</member>"
	}
	text += "</AttachedManagedPolicies><Tags>"
	for key, value := range e.Tags {
		text += "<member>" + element("Key", key) + element("Value", value) + "</member>"
	}
	text += "</Tags>"
	if e.Boundary != "" {
		text += "<PermissionsBoundary>" + element("PermissionsBoundaryType", "Policy") + element("PermissionsBoundaryArn", e.Boundary) + "</PermissionsBoundary>"
	}
	return text
}

func renderPolicy(p *snapshot.ManagedPolicy) string {
	version := element("VersionId", p.Version) + element("IsDefaultVersion", "true") + element("Document", encode(p.Document))
	return element("PolicyName", p.Name) + element("Arn", p.ARN) + element("Path", p.Path) + element("DefaultVersionId", p.Version) +
		"<PolicyVersionList><member>" + version + "</member></PolicyVersionList>"
}

func element(name, text string) string {
	var b strings.Builder
	b.WriteString("<" + name + ">")
	xml.EscapeText(&b, []byte(text))
	b.WriteString("</" + name + ">")
	return b.String()
}

// encode is a document as IAM sends it.
func encode(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}
