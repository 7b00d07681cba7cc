package catalogue

import (
	_ "embed"
	"strings"
	"sync"
)

// data is written by tools/catalogue; "make catalogue" renews it.
//
//go:embed data/catalogue.gz
var data string

// Default is the catalogue that comes with the program. It is unpacked when it
// is first asked for.
var Default = sync.OnceValue(func() *Catalogue {
	c, err := Decode(strings.NewReader(data))
	if err != nil {
		panic("catalogue: the data that the program was built with: " + err.Error())
	}
	return c
})

// Version is the name and version of what [Default] was made from.
func Version() string { return Default().Source }
