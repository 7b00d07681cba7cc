package fortlet

import (
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/organizations"
)

// Migrations are what newer programs do to the data folders of older ones: all
// there ever were, the oldest first.
var Migrations = []store.Migration{
	accounts.Migrate,
	organizations.Migrate,
}
