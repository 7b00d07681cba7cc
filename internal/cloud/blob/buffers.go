package blob

import "sync"

const (
	// bufferSegments is how many segments are written and read at a time. More
	// of them are no faster.
	bufferSegments = 4
	// maxLayers is how many layers of encryption the buffers have room for.
	maxLayers = 2
)

// buffer holds sealed segments, one after the other, and behind them an empty
// one. What was opened in it stays
// there until it is used again: no other caller is given it, though a dump of
// the memory would show it, as it would all that is under way.
type buffer [bufferSegments*(segmentSize+maxLayers*tagSize) + maxLayers*tagSize]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}
