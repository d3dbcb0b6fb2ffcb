package main

import (
	"errors"
	"flag"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/go-downloadview/downloadview/internal/redact"
)

// printConfig is "gateway config": it prints the configuration in force as YAML, without secrets.
func printConfig(args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args)
	if errors.Is(err, errHelp) {
		usage(stdout, "Config prints the configuration in force as YAML. Start it with the gateway's flags.", func(*flag.FlagSet) {})
		return exitOK
	}
	if err != nil {
		return fail(stderr, err)
	}
	if err := o.print(stdout); err != nil {
		return fail(stderr, err)
	}
	return exitOK
}

// print writes all settings but the file's name.
func (o *options) print(w io.Writer) error {
	doc := &yaml.Node{Kind: yaml.MappingNode}
	o.flags.VisitAll(func(f *flag.Flag) {
		if f.Name == "config" {
			return
		}
		var key yaml.Node
		key.SetString(f.Name)
		doc.Content = append(doc.Content, &key, printed(f))
	})
	out, err := yaml.Marshal(doc)
	if err == nil {
		_, err = w.Write(out)
	}
	return err
}

// printed returns the value of a setting.
func printed(f *flag.Flag) *yaml.Node {
	var n yaml.Node
	switch v := f.Value.(type) {
	case *listValue:
		n = yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range *v.to {
			var e yaml.Node
			e.SetString(masked(f.Name, element))
			n.Content = append(n.Content, &e)
		}
	case *setting[string]:
		n.SetString(masked(f.Name, *v.to))
	default:
		n = yaml.Node{Kind: yaml.ScalarNode, Value: f.Value.String()}
	}
	return &n
}

// masked returns a value without its secrets: credentials in the URLs of buckets, and the value of the proof.
func masked(name, value string) string {
	switch name {
	case "bucket":
		return redact.Text(value)
	case "proof":
		if field, _, ok := strings.Cut(value, "="); ok {
			return field + "=…"
		}
	}
	return value
}
