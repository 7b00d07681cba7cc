package accessanalyzer

import "github.com/fortlet/fortlet/internal/cloud/paging"

const (
	defaultPage = 50
	maxPage     = 100
)

// newPage reads the paging members of a request.
func newPage(list string, limit *int32, token *string) (paging.Page, error) {
	p := paging.Page{List: list, Limit: defaultPage}
	if limit != nil {
		if *limit < 1 || *limit > maxPage {
			return p, errField("maxResults", "The value %d of maxResults is not between 1 and %d.", *limit, maxPage)
		}
		p.Limit = int(*limit)
	}
	if token != nil && *token != "" && !p.Resume(*token) {
		return p, errField("nextToken", "The token is invalid.")
	}
	return p, nil
}
