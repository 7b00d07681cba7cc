package policy

import (
	"errors"
	"strings"
)

var errVariable = errors.New("policy variable is not well formed")

// syntax says which special characters a value of a policy can have.
type syntax struct {
	wildcards bool // * and ?
	variables bool // ${…}: not in version 2008-10-17 of the language
}

// patternBuilder collects tokens, joining literals that touch.
type patternBuilder struct {
	pattern
	pending strings.Builder
}

func (b *patternBuilder) flush() {
	if b.pending.Len() > 0 {
		b.tokens = append(b.tokens, token{typ: literalToken, text: b.pending.String()})
		b.pending.Reset()
	}
}

func (b *patternBuilder) add(t token) {
	b.flush()
	if t.typ == starToken && len(b.tokens) > 0 && b.tokens[len(b.tokens)-1].typ == starToken {
		return
	}
	if t.typ == variableToken {
		t.slot = b.slots
		b.slots++
	}
	b.tokens = append(b.tokens, t)
}

// parse adds the tokens of text.
func (b *patternBuilder) parse(text string, syn syntax) error {
	for text != "" {
		switch {
		case syn.variables && strings.HasPrefix(text, "${"):
			rest, err := b.parseVariable(text)
			if err != nil {
				return err
			}
			text = rest
			continue
		case syn.wildcards && text[0] == '*':
			b.add(token{typ: starToken})
		case syn.wildcards && text[0] == '?':
			b.add(token{typ: anyToken})
		default:
			b.pending.WriteByte(text[0])
		}
		text = text[1:]
	}
	return nil
}

// parseVariable reads "${key}" or "${key, 'default'}" and answers what follows
// it. The keys *, ? and $ stand for those characters themselves.
func (b *patternBuilder) parseVariable(text string) (rest string, err error) {
	body := text[len("${"):]
	end := strings.IndexAny(body, ",}")
	if end < 0 {
		return "", errVariable
	}
	key := body[:end]
	t := token{typ: variableToken, text: strings.ToLower(key)}
	rest = body[end+1:]
	if body[end] == ',' {
		quoted, found := strings.CutPrefix(strings.TrimLeft(rest, " "), "'")
		if !found {
			return "", errVariable
		}
		// The default may contain any character, a brace or a quote too.
		if t.fallback, rest, found = strings.Cut(quoted, "'}"); !found {
			return "", errVariable
		}
		t.hasFallback = true
	}
	switch {
	case key == "*" || key == "?" || key == "$":
		b.pending.WriteString(key)
	case strings.TrimSpace(key) == "":
		return "", errVariable
	default:
		b.add(t)
	}
	return rest, nil
}

// parsePattern compiles a value.
func parsePattern(text string, syn syntax) (pattern, error) {
	var b patternBuilder
	if err := b.parse(text, syn); err != nil {
		return pattern{}, err
	}
	b.flush()
	return b.pattern.finish(), nil
}
