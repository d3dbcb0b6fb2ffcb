package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/peterbourgon/ff/v3"
)

// envPrefix precedes the names of settings in the environment: GATEWAY_ADDR.
const envPrefix = "GATEWAY"

func parseOptions(args []string) (*options, error) {
	return parseOptionsWith(args, func(*flag.FlagSet) {})
}

// parseOptionsWith parses the flags that more adds, too. These are in neither the environment nor the file.
func parseOptionsWith(args []string, more func(*flag.FlagSet)) (*options, error) {
	var o options
	o.flags = flags(&o)
	known := flags(new(options))
	more(o.flags)
	err := ff.Parse(o.flags, args, ff.WithEnvVarPrefix(envPrefix), ff.WithConfigFileVia(&o.config),
		ff.WithConfigFileParser(func(r io.Reader, set func(name, value string) error) (err error) {
			overridden := setNames(o.flags)
			o.lines, err = readYAML(r, o.config, known, set)
			for _, name := range overridden {
				delete(o.lines, name)
			}
			return err
		}))
	if errors.Is(err, errHelp) {
		return nil, errHelp
	}
	if err != nil {
		return nil, shortened(err, o.flags)
	}
	if o.flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q; use -bucket for a bucket", o.flags.Arg(0))
	}
	if err := checkEnvironment(os.Environ(), known); err != nil {
		return nil, err
	}
	return &o, o.located(o.check())
}

// quoted is a value in an error of check.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// located adds to an error of check the line of the file that has set the first setting of its text, if there is one.
func (o *options) located(err error) error {
	if err == nil {
		return nil
	}
	words := strings.FieldsFuncSeq(quoted.ReplaceAllString(err.Error(), ""), func(r rune) bool { return strings.ContainsRune(",:; ", r) })
	for name := range words {
		if line, ok := o.lines[name]; ok {
			return fmt.Errorf("%s:%d: %w", o.config, line, err)
		}
	}
	return err
}

// shortened removes what the library puts before the name of a flag, and adds the names to the error of an unknown one.
func shortened(err error, settings *flag.FlagSet) error {
	text := err.Error()
	for _, prefix := range []string{"error parsing commandline arguments: ", "error parsing environment variables: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		text = "config: " + text
	}
	if strings.HasPrefix(text, "flag provided but not defined: ") {
		text += "; want one of -" + strings.Join(names(settings), ", -")
	}
	return errors.New(text)
}

// names returns the names of the flags, in alphabetical order.
func names(settings *flag.FlagSet) (all []string) {
	settings.VisitAll(func(f *flag.Flag) { all = append(all, f.Name) })
	return all
}

// setNames returns the names of the flags that have been set.
func setNames(settings *flag.FlagSet) (all []string) {
	settings.Visit(func(f *flag.Flag) { all = append(all, f.Name) })
	return all
}

// checkEnvironment rejects variables with the prefix that are no setting. It ignores those that Kubernetes sets for a service
// named "gateway".
func checkEnvironment(environ []string, settings *flag.FlagSet) error {
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		rest, ok := strings.CutPrefix(name, envPrefix+"_")
		if !ok || rest == "PORT" || strings.HasPrefix(rest, "PORT_") || strings.HasPrefix(rest, "SERVICE_") {
			continue
		}
		if settings.Lookup(strings.ToLower(strings.ReplaceAll(rest, "_", "-"))) == nil {
			return fmt.Errorf("%s: unknown name; want %s_ and one of %s", name, envPrefix,
				strings.ToUpper(strings.ReplaceAll(strings.Join(names(settings), ", "), "-", "_")))
		}
	}
	return nil
}
