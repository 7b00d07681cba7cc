package report

import (
	"iter"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/diff"
)

// The columns of the files.
var (
	tupleColumns = []string{"rolename", "path", "policyname", "policytype", "effect", "service", "action", "arn", "principal"}
	// slipColumns are the eight names that IAMCTL puts over the nine columns of
	// its difference files.
	slipColumns = []string{"rolename", "path", "trust", "policyname", "effect", "service", "action", "arn"}
	roleColumns = []string{"rolename", "path"}
	nameColumns = []string{"rolename"}
)

// file is one CSV file.
type file struct {
	name    string
	columns []string
	rows    func(write func(...string))
}

// Files are the files of a comparison: IAMCTL's, with the mistakes in two names
// and in the columns of the difference files only where compat asks for them.
func files(c *diff.Comparison, compat bool) []file {
	a, b := c.Side(diff.InA), c.Side(diff.InB)
	list := slices.Concat(
		[]file{tuplesFile(c.Side(diff.InA), c.Tuples(diff.InA)), tuplesFile(c.Side(diff.InB), c.Tuples(diff.InB))},
		sideFiles(c, diff.InA), sideFiles(c, diff.InB), commonFiles(c),
		uniqueFiles(c, diff.InA), uniqueFiles(c, diff.InB),
		[]file{differenceFile(c, diff.InA), differenceFile(c, diff.InB)},
	)
	if compat {
		reproduceSlips(list, a.Tag, b.Tag)
	}
	return list
}

// reproduceSlips puts IAMCTL's mistakes back.
func reproduceSlips(list []file, a, b string) {
	names := map[string]string{
		"roles_in_" + b + "_but_not_in_" + a + ".csv":                "roles_in_" + b + "_but_not_in_" + b + ".csv",
		"service_linked_roles_in_" + a + "_but_not_in_" + b + ".csv": "service_linked_roles_in_" + a + "_but_not_in_" + b + " .csv",
	}
	for i := range list {
		f := &list[i]
		if slip, ok := names[f.name]; ok {
			f.name = slip
		}
		if strings.HasSuffix(f.name, "_common_role_difference_items.csv") {
			f.columns = slipColumns
		}
	}
}

func tuplesFile(s diff.Side, tuples iter.Seq[diff.Tuple]) file {
	return file{s.Tag + "_" + fileName(s.Profile) + "_iam_tuples.csv", tupleColumns, tupleRows(tuples)}
}

// fileName makes a part of a file's name of the name of a profile, which may
// be a path.
func fileName(profile string) string { return strings.NewReplacer("/", "_", `\`, "_").Replace(profile) }

func tupleRows(tuples iter.Seq[diff.Tuple]) func(func(...string)) {
	return func(write func(...string)) {
		for t := range tuples {
			fields := t.Fields()
			write(fields[:]...)
		}
	}
}

func sideFiles(c *diff.Comparison, at diff.At) []file {
	tag := c.Side(at).Tag
	linked, others := split(c.Roles(at))
	return []file{
		{tag + "_roles.csv", roleColumns, roleRows(c.Roles(at))},
		{tag + "_service_linked_roles.csv", nameColumns, nameRows(diff.Names(linked))},
		{tag + "_non_service_linked_roles.csv", nameColumns, nameRows(diff.Names(others))},
		{"common_roles_in_" + tag + "_with_differences.csv", nameColumns, nameRows(c.DifferingRoles(at))},
	}
}

func commonFiles(c *diff.Comparison) []file {
	linked, others := split(c.CommonRoles())
	return []file{
		{"common_roles.csv", roleColumns, roleRows(c.CommonRoles())},
		{"common_service_linked_roles.csv", nameColumns, nameRows(namesOf(linked))},
		{"common_non_service_linked_roles.csv", nameColumns, nameRows(namesOf(others))},
	}
}

func uniqueFiles(c *diff.Comparison, at diff.At) []file {
	rest := "roles_in_" + c.Side(at).Tag + "_but_not_in_" + c.Side(at.Other()).Tag + ".csv"
	linked, others := split(c.UniqueRoles(at))
	return []file{
		{rest, roleColumns, roleRows(c.UniqueRoles(at))},
		{"service_linked_" + rest, roleColumns, roleRows(linked)},
		{"non_service_linked_" + rest, roleColumns, roleRows(others)},
	}
}

func differenceFile(c *diff.Comparison, at diff.At) file {
	name := c.Side(at).Tag + "_to_" + c.Side(at.Other()).Tag + "_common_role_difference_items.csv"
	return file{name, tupleColumns, tupleRows(c.Differences(at))}
}

// split parts the roles that services own from the others.
func split(roles []diff.RoleName) (linked, others []diff.RoleName) {
	for _, r := range roles {
		if r.ServiceLinked() {
			linked = append(linked, r)
		} else {
			others = append(others, r)
		}
	}
	return linked, others
}

// namesOf are the names of roles, one for each role.
func namesOf(roles []diff.RoleName) []string {
	var list []string
	for _, r := range roles {
		list = append(list, r.Name)
	}
	return list
}

func roleRows(roles []diff.RoleName) func(func(...string)) {
	return func(write func(...string)) {
		for _, r := range roles {
			write(r.Name, r.Path)
		}
	}
}

func nameRows(names []string) func(func(...string)) {
	return func(write func(...string)) {
		for _, n := range names {
			write(n)
		}
	}
}
