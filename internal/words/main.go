// Command words checks the language of comments, error texts and Markdown documents.
//
//	go run ./internal/words [-count] [directory or file ...]
//
// It prints each finding with its file and line, then the number of findings for each rule.
// The exit status is 1 if there is any. Without arguments it reads the whole repository.
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	count := flag.Bool("count", false, "print the number of findings for each directory only")
	flag.Parse()
	paths := flag.Args()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var found []finding
	for _, path := range paths {
		in, err := checkTree(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, "words:", err)
			os.Exit(2)
		}
		found = append(found, in...)
	}
	if *count {
		tally(os.Stdout, found, func(f finding) string { return filepath.Dir(f.file) })
	} else {
		for _, f := range found {
			fmt.Println(f)
		}
		tally(os.Stdout, found, func(f finding) string { return f.rule })
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}

// tally prints the number of findings for each key, the keys in order, and the total.
func tally(w io.Writer, found []finding, key func(finding) string) {
	counts := map[string]int{}
	for _, f := range found {
		counts[key(f)]++
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%6d %s\n", counts[k], k)
	}
	fmt.Fprintf(w, "%6d in total\n", len(found))
}
