package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
	"github.com/spf13/cobra"
)

// fieldsEncrypt is one run of fortlet fields encrypt.
type fieldsEncrypt struct {
	keys           fieldKeys
	fields         []string
	format, output string
	progress       *bool
}

func newFieldsEncrypt(s *streams) *cobra.Command {
	e := new(fieldsEncrypt)
	cmd := &cobra.Command{
		Use:   "encrypt [FILE]",
		Short: "Seal fields as fortlet edge does",
		Long: `Seal fields of a text, from a file or stdin, and write it to stdout, as fortlet
edge does with a request. It needs the public half of the keys alone: from KMS,
or from a PEM file.

Which fields, say the rules of --config, or --field: a name, or a selector as in
the guide to field-level encryption (json:$.people[*].ssn, form:ssn, xml://ssn,
text:pan).

What cannot be parsed is an error. What was written to stdout before it is not
the whole text; a file of --output does not appear then.

` + exitCodes,
		Example: `  fortlet fields encrypt --key ssn=$SSN_ARN --field ssn people.json -o sealed.json
  fortlet fields encrypt --config edge.yaml < people.json
  fortlet fields encrypt --key ssn=$SSN_ARN --key email=$EMAIL_ARN --field ssn=ssn --field 'email=json:$..email' people.json
  fortlet fields encrypt --key card=$CARD_ARN,cipher=envelope --field text:pan --format text support.log`,
		Args: cobra.MaximumNArgs(1),
	}
	e.keys.flags(cmd)
	e.keys.profileFlag(cmd)
	f := cmd.Flags()
	formatFlag(cmd, &e.format)
	f.StringArrayVar(&e.fields, "field", nil, "`SELECTOR` of fields to seal, KEY=SELECTOR where there are several keys; may be repeated")
	f.StringVarP(&e.output, "output", "o", "", "write to a `file`, which appears when it is whole (default stdout)")
	e.progress = progressFlag(cmd)
	cmd.MarkFlagsOneRequired("config", "key")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return e.run(cmd.Context(), s, args) }
	return cmd
}

func (e *fieldsEncrypt) run(ctx context.Context, s *streams, args []string) error {
	file, err := e.keys.read()
	if err != nil {
		return err
	}
	rules, err := e.rules(file)
	if err != nil {
		return err
	}
	protector, err := e.protector(ctx, file, rules)
	if err != nil {
		return err
	}
	in, name, closer, err := openInput(ctx, s, args)
	if err != nil {
		return err
	}
	defer closer.Close()
	media, err := contentType(e.format, name, in)
	if err != nil {
		return err
	}
	p := newProgress(s, "sealing", *e.progress)
	defer p.end()
	err = writeOutput(s, e.output, func(w io.Writer) error {
		counts, err := protector.Body(ctx, w, watch(in, name, p), media)
		p.end()
		if err == nil {
			fmt.Fprintf(s.err, "fortlet: fields sealed: %d\n", counts.Total())
		}
		return err
	})
	return hintOfFields(err)
}

// rules are those of the configuration, or what --field says.
func (e *fieldsEncrypt) rules(file *fieldkeys.File) ([]fieldkeys.Rule, error) {
	if len(e.fields) == 0 {
		if len(file.Rules) == 0 {
			return nil, usageError{fmt.Errorf("neither --field nor rules of --config say which fields to seal")}
		}
		return file.Rules, nil
	}
	var rules []fieldkeys.Rule
	for _, text := range e.fields {
		key, selector, err := splitField(file.Keys, text)
		if err != nil {
			return nil, usageError{err}
		}
		if _, err := fieldcrypt.ParseSelector(selector); err != nil {
			return nil, usageError{fmt.Errorf("--field %s: %w", text, err)}
		}
		rules = append(rules, fieldkeys.Rule{Name: text, Key: key, Fields: []string{selector}})
	}
	return rules, nil
}

// splitField reads KEY=SELECTOR, or SELECTOR where there is one key. A selector
// may have an equals sign of its own.
func splitField(keys []fieldkeys.Key, text string) (key, selector string, err error) {
	before, after, ok := strings.Cut(text, "=")
	for _, k := range keys {
		if ok && (k.Name == before || k.Marker().String() == before) {
			return before, after, nil
		}
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.Name)
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) != 1 {
		return "", "", fmt.Errorf("--field %s does not say which key: KEY=SELECTOR, of %s", text, strings.Join(names, ", "))
	}
	return names[0], text, nil
}

// protector loads the public halves of the keys and seals with them.
func (e *fieldsEncrypt) protector(ctx context.Context, file *fieldkeys.File, rules []fieldkeys.Rule) (*fieldcrypt.Protector, error) {
	set, err := e.keys.set(ctx, file)
	if err != nil {
		return nil, err
	}
	if err := set.Load(ctx, fieldkeys.KeysOf(rules)...); err != nil {
		return nil, hintOfKMS(err)
	}
	var made []fieldcrypt.Rule
	for _, r := range rules {
		rule := fieldcrypt.Rule{Name: r.Name}
		if rule.Sealer, err = set.Sealer(r.Key); err != nil {
			return nil, err
		}
		for _, text := range r.Fields {
			selector, err := fieldcrypt.ParseSelector(text)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", r.Name, err)
			}
			rule.Selectors = append(rule.Selectors, selector)
		}
		made = append(made, rule)
	}
	return fieldcrypt.NewProtector(made, fieldcrypt.Limits{})
}
