package iam

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"slices"
	"strconv"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// The values that stand for no value.
const (
	notApplicable = "N/A"
	notSupported  = "not_supported"
	noInformation = "no_information"
)

// reportColumns is the heading of a report. The User Guide, "Generate
// credential reports for your AWS account", lists one more, for users with
// more credentials than they can have here; reports lack it otherwise.
var reportColumns = []string{
	"user", "arn", "user_creation_time",
	"password_enabled", "password_last_used", "password_last_changed", "password_next_rotation",
	"mfa_active",
	"access_key_1_active", "access_key_1_last_rotated",
	"access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
	"access_key_2_active", "access_key_2_last_rotated",
	"access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service",
	"cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
}

// reportRow is one line of a report. Nobody has MFA devices or signing
// certificates here.
type reportRow struct {
	user, arn string
	created   time.Time
	password  reportPassword
	keys      [2]reportKey
}

type reportPassword struct{ enabled, lastUsed, lastChanged, nextRotation string }

// noPassword is the password of a user without one.
var noPassword = reportPassword{"false", notApplicable, notApplicable, notApplicable}

// reportKey is one access key; the zero value is none.
type reportKey struct {
	active  bool
	rotated time.Time
	used    *LastUse
}

// rootRow: the root user has an access key but no password.
func (s *Service) rootRow(tx *store.Tx, account *accounts.Account) reportRow {
	password := noPassword
	password.nextRotation = notSupported
	return reportRow{
		user:     "<root_account>",
		arn:      account.RootARN(),
		created:  account.Created,
		password: password,
		keys:     [2]reportKey{{active: true, rotated: account.Created, used: s.lastUse(tx, account.RootKeyID)}},
	}
}

func (s *Service) userRow(tx *store.Tx, u *User, policy *PasswordPolicy) reportRow {
	row := reportRow{user: u.Name, arn: arnOf(u), created: u.Created, password: noPassword}
	if login := loginProfiles.Get(tx, u.ID); login != nil {
		row.password = userPassword(login, policy)
	}
	for i, k := range keysByAge(tx, u) {
		if i < len(row.keys) {
			row.keys[i] = reportKey{active: !k.Inactive, rotated: k.Created, used: s.lastUse(tx, k.ID)}
		}
	}
	return row
}

// keysByAge gives the access keys of a user, oldest first.
func keysByAge(tx *store.Tx, u *User) []*AccessKey {
	var keys []*AccessKey
	for _, k := range accessKeysByUser.Scan(tx, u.ID, "") {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b *AccessKey) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return keys
}

// userPassword: there is nowhere to sign in with a password, so that none was
// ever used.
func userPassword(login *LoginProfile, policy *PasswordPolicy) reportPassword {
	p := reportPassword{"true", noInformation, reportTime(login.Changed), notApplicable}
	if policy != nil && policy.MaxAge > 0 {
		p.nextRotation = reportTime(login.Changed.AddDate(0, 0, int(policy.MaxAge)))
	}
	return p
}

func (r *reportRow) fields() []string {
	fields := []string{
		r.user, r.arn, reportTime(r.created),
		r.password.enabled, r.password.lastUsed, r.password.lastChanged, r.password.nextRotation,
		"false",
	}
	for i := range r.keys {
		fields = append(fields, r.keys[i].fields()...)
	}
	return append(fields, "false", notApplicable, "false", notApplicable)
}

func (k *reportKey) fields() []string {
	fields := []string{strconv.FormatBool(k.active), reportTime(k.rotated), notApplicable, notApplicable, notApplicable}
	if k.used != nil {
		fields[2], fields[4] = reportTime(k.used.At), k.used.Service
		if k.used.Region != "" {
			fields[3] = k.used.Region
		}
	}
	return fields
}

// reportTime is a time as reports show it.
func reportTime(t time.Time) string {
	if t.IsZero() {
		return notApplicable
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// reportWriter writes a report.
type reportWriter struct {
	buf bytes.Buffer
	csv *csv.Writer
}

func newReportWriter() *reportWriter {
	w := new(reportWriter)
	w.csv = csv.NewWriter(&w.buf)
	w.csv.Write(reportColumns) // an error stays until Flush
	return w
}

func (w *reportWriter) write(row reportRow) { w.csv.Write(row.fields()) }

// content is the report, which ends without a line feed.
func (w *reportWriter) content() ([]byte, error) {
	w.csv.Flush()
	return bytes.TrimSuffix(w.buf.Bytes(), []byte("\n")), w.csv.Error()
}
