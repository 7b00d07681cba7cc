package cloudtrail

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
)

// A token holds the number of the last event that was shown, so that events
// which come meanwhile neither repeat nor skip others, and a sum of the request:
// it is good for no other. It gives no access to anything, since the next page
// asks for permission too and has the caller's account in its filter.

const sumSize = 16

// requestSum tells requests for different events apart.
func requestSum(call *cloud.Call, in *cloudtrailapi.LookupEventsInput) []byte {
	raw, err := json.Marshal([]any{call.Account(), call.Region, in.LookupAttributes, in.StartTime, in.EndTime, in.EventCategory})
	if err != nil {
		panic(err) // of text and times there is none
	}
	sum := sha256.Sum256(raw)
	return sum[:sumSize]
}

func newToken(last uint64, call *cloud.Call, in *cloudtrailapi.LookupEventsInput) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(requestSum(call, in), last))
}

// readToken gives the number from which on events have been shown, 0 without a
// token.
func readToken(token *string, call *cloud.Call, in *cloudtrailapi.LookupEventsInput) (uint64, error) {
	if token == nil {
		return 0, nil
	}
	raw, err := base64.StdEncoding.DecodeString(*token)
	if err != nil || len(raw) != sumSize+8 || string(raw[:sumSize]) != string(requestSum(call, in)) {
		return 0, cloudtrailapi.ErrInvalidNextTokenException("Invalid token.")
	}
	last := binary.BigEndian.Uint64(raw[sumSize:])
	if last == 0 {
		return 0, cloudtrailapi.ErrInvalidNextTokenException("Invalid token.")
	}
	return last, nil
}
