package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// report collects the events of `go test -json`. It prints a line for each package, and the whole output of
// failed tests.
type report struct {
	ran     bool
	skipped []skip
}

// event is a line of `go test -json`: see `go doc test2json` and `go help buildjson`.
type event struct {
	Action, Package, Test, Output string
}

// read prints the events of in to w until in ends.
func (r *report) read(w io.Writer, in io.Reader) error {
	r.ran = true
	pending := map[event][]string{} // output by package and test, of those that have not ended
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				e = event{Action: "build-output", Output: string(line)} // not JSON: pass it on
			}
			r.event(w, e, pending)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) event(w io.Writer, e event, pending map[event][]string) {
	id := event{Package: e.Package, Test: e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(w, e.Output)
		return
	case "output":
		pending[id] = append(pending[id], e.Output)
		return
	case "pass", "fail", "skip":
	default:
		return
	}

	out := pending[id]
	delete(pending, id)
	switch {
	case e.Test != "" && e.Action == "skip":
		r.skipped = append(r.skipped, skip{e.Test, reason(out)})
	case e.Test != "" && e.Action == "fail":
		fmt.Fprint(w, strings.Join(out, ""))
	case e.Test == "" && e.Action == "pass":
		fmt.Fprint(w, strings.Join(out[max(0, len(out)-1):], ""))
	case e.Test == "" && e.Action == "fail":
		for id, out := range pending { // a panic or the time limit leaves tests without an end
			if id.Package == e.Package {
				fmt.Fprint(w, strings.Join(out, ""))
			}
		}
		fmt.Fprint(w, strings.Join(out, ""))
	}
}
