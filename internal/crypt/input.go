package crypt

import (
	"context"
	"io"
)

// input is what is read of a file or pipe, until the context ends.
type input struct {
	ctx  context.Context
	r    io.Reader
	read func(n int)
}

func (i *input) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := i.r.Read(p)
	i.read(n)
	return n, err
}

// noSpace takes white space out of base64, which people and programs break into
// lines.
type noSpace struct{ r io.Reader }

func (s *noSpace) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			switch c {
			case ' ', '\t', '\r', '\n', '\v', '\f':
			default:
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}
