package fieldcrypt

import "github.com/fortlet/fortlet/fieldcrypt/internal/body"

// Limits bound what one payload may take. Zero fields have the default.
type Limits struct {
	// Field is the longest selected value, in bytes as it stands in the payload:
	// 64 KiB. The cipher may bound it further.
	Field int
	// Text is the longest value that is searched for patterns or markers: 1 MiB.
	Text int
	// Depth is how many objects, arrays, elements or parts may stand in one
	// another: 256. Some origins read deeper, none needs to.
	Depth int
	// Name is the longest name of a field: 1 KiB.
	Name int
	// Names is how many names are remembered at one time to find duplicates, which
	// is how many members the objects that are open may have together: 65536.
	Names int
	// Values is how many values of one payload are sealed: any number.
	Values int
}

// filled gives the limits with defaults where there are none.
func (l Limits) filled() body.Limits {
	return body.Limits{
		Field:  positive(l.Field, 64<<10),
		Text:   positive(l.Text, 1<<20),
		Depth:  positive(l.Depth, 256),
		Name:   positive(l.Name, 1<<10),
		Names:  positive(l.Names, 1<<16),
		Values: max(l.Values, 0),
	}
}

func positive(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}
