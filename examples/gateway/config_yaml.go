package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxConfig is the maximum size of the configuration file.
const maxConfig = 1 << 20

// readYAML calls set for each setting of a file. A setting is a scalar, a list of scalars, or a mapping from a NAME to a VALUE
// or a list of them, which stands for NAME=VALUE. Every error has the line, and lines has that of each setting. Aliases are
// rejected, so that a small file cannot expand into a large one.
func readYAML(r io.Reader, file string, fs *flag.FlagSet, set func(name, value string) error) (lines map[string]int, err error) {
	y := &yamlFile{name: file, flags: fs, set: set, lines: map[string]int{}}
	return y.lines, y.read(r)
}

type yamlFile struct {
	name  string
	flags *flag.FlagSet
	set   func(name, value string) error
	lines map[string]int // of the settings so far
}

func (y *yamlFile) read(r io.Reader) error {
	var text bytes.Buffer
	n, err := text.ReadFrom(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return fmt.Errorf("%s: %w", y.name, err)
	}
	if n > maxConfig {
		return fmt.Errorf("%s: larger than %d bytes", y.name, maxConfig)
	}
	dec := yaml.NewDecoder(&text)
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil // empty
	} else if err != nil {
		return y.syntax(err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document", y.name)
	}
	return y.settings(doc.Content[0])
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax gives the error of the parser the form of all others.
func (y *yamlFile) syntax(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	place := y.name
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if text = strings.TrimPrefix(text, m[0]); m[1] != "" {
			place += ":" + m[1]
		}
	}
	return fmt.Errorf("%s: %s", place, text)
}

func (y *yamlFile) errorf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", y.name, n.Line, fmt.Errorf(format, args...))
}

func (y *yamlFile) settings(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return y.errorf(n, "want settings such as addr: 127.0.0.1:8080")
	}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f := y.flags.Lookup(key.Value)
		_, twice := y.lines[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || f == nil || f.Name == "config":
			allowed := strings.Join(names(y.flags), ", ")
			return y.errorf(key, "%q: unknown name; want one of %s", key.Value, strings.Replace(allowed, "config, ", "", 1))
		case twice:
			return y.errorf(key, "%s: set twice", key.Value)
		}
		y.lines[key.Value] = key.Line
		if err := y.setting(f, value); err != nil {
			return err
		}
	}
	return nil
}

func (y *yamlFile) setting(f *flag.Flag, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return y.scalar(f, "", n)
	}
	if _, ok := f.Value.(*listValue); !ok {
		return y.errorf(n, "%s: want one value", f.Name)
	}
	return y.elements(f, "", n)
}

// elements sets a list, or a mapping if nothing is before it.
func (y *yamlFile) elements(f *flag.Flag, before string, n *yaml.Node) error {
	switch {
	case n.Kind == yaml.ScalarNode:
		return y.scalar(f, before, n)
	case n.Kind == yaml.SequenceNode:
		for _, element := range n.Content {
			if err := y.scalar(f, before, element); err != nil {
				return err
			}
		}
		return nil
	case n.Kind == yaml.MappingNode && before == "":
		for i := 0; i < len(n.Content); i += 2 {
			if key := n.Content[i]; key.Kind != yaml.ScalarNode {
				return y.errorf(key, "%s: want a name", f.Name)
			}
			if err := y.elements(f, n.Content[i].Value+"=", n.Content[i+1]); err != nil {
				return err
			}
		}
		return nil
	default:
		return y.errorf(n, "%s: want a value or a list of values, without aliases", f.Name)
	}
}

func (y *yamlFile) scalar(f *flag.Flag, before string, n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return y.errorf(n, "%s: want a value, not a list, a mapping or an alias", f.Name)
	}
	if n.Tag == "!!null" {
		return y.errorf(n, "%s: no value", f.Name)
	}
	value := before + n.Value
	if err := y.set(f.Name, value); err != nil {
		if cause := errors.Unwrap(err); cause != nil { // without the library's text
			err = cause
		}
		return y.errorf(n, "%s: %q: %w", f.Name, value, err)
	}
	return nil
}
