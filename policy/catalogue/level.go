package catalogue

import "strings"

// Level says what an action does to what it acts on, in the words of the
// Service Authorization Reference.
type Level uint8

// The access levels.
const (
	Read Level = iota
	List
	Write
	PermissionsManagement
	Tagging
)

var levelNames = [...]string{"Read", "List", "Write", "Permissions management", "Tagging"}

// String is the level as the reference writes it: "Permissions management".
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return "unknown"
}

// ParseLevel reads a level's name in any letter case.
func ParseLevel(name string) (l Level, ok bool) {
	for i, known := range levelNames {
		if strings.EqualFold(name, known) {
			return Level(i), true
		}
	}
	return 0, false
}
