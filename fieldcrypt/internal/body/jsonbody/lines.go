package jsonbody

import "io"

// manyTexts reads one text a line.
func (p *parser) manyTexts() error {
	for {
		last, err := p.blank()
		if last || err != nil {
			return err
		}
		if err := p.tree(); err != nil {
			return err
		}
		if last, err = p.lineEnd(); last || err != nil {
			return err
		}
	}
}

// blank goes past empty lines and tells whether nothing else follows.
func (p *parser) blank() (last bool, err error) {
	for {
		c, err := p.byte()
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case c == ' ' || c == '\t':
			p.w.Pos++
		case c == '\n' || c == '\r':
			if _, err := p.lineEnd(); err != nil {
				return false, err
			}
		default:
			return false, nil
		}
	}
}

// lineEnd goes past the end of a line and tells whether it is the body's.
func (p *parser) lineEnd() (last bool, err error) {
	returned := false
	for {
		c, err := p.byte()
		switch {
		case err == io.EOF && !returned:
			return true, nil
		case err == io.EOF:
			return false, p.fail("carriage return without line feed")
		case err != nil:
			return false, err
		case c == '\n':
			p.w.Pos++
			return false, nil
		case returned:
			return false, p.fail("carriage return without line feed")
		case c == ' ' || c == '\t':
			p.w.Pos++
		case c == '\r':
			returned = true
			p.w.Pos++
		default:
			return false, p.fail("bytes after the value")
		}
	}
}
