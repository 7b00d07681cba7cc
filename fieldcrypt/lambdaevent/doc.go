// Package lambdaevent protects and opens fields in the events of AWS Lambda.
//
// An [Edge] is the function of a CloudFront trigger: it takes the event of an
// origin request or viewer request, seals the selected fields of the body, the
// query string and the headers, and gives back the request for CloudFront to
// forward. A [Decrypt] is the function that opens a text again for who may have
// it. Both have the Invoke method that Lambda's runtime library for Go asks of
// a handler, and need nothing of that library:
//
//	lambda.Start(lambdaevent.NewEdge(protector, lambdaevent.EdgeOptions{}))
//
// Lambda@Edge runs Node.js and Python alone. Functions there hand the event on
// to one in Go, or run a binary made of this package.
//
// # What CloudFront has to be told
//
// The trigger must include the body. Without it the function does not see a
// body that CloudFront forwards all the same; where the request has one, Invoke
// gives an error and CloudFront answers 502. A cache policy or origin request
// policy must forward all query strings, or the function does not see those
// either. A trigger of viewer requests gets 40 KB of a body, one of origin
// requests 1 MB.
//
// # Failing closed
//
// What a client sent and cannot be protected is answered at the edge and never
// forwarded: a body that CloudFront has cut off (413), that does not parse (400)
// or is in a format that no rule covers (415), one that with its fields sealed
// is longer than CloudFront takes back (413), a query that has become longer
// than that (414). An event that is not what CloudFront sends is an error, which
// CloudFront makes into an answer of status 502.
//
// All limits are those of the CloudFront Developer Guide, under "Lambda@Edge
// event structure", "Restrictions on edge functions" and "Quotas".
package lambdaevent

import "context"

// handler is what Lambda's runtime library asks for, lambda.Handler.
type handler interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

var (
	_ handler = (*Edge)(nil)
	_ handler = (*Decrypt)(nil)
)
