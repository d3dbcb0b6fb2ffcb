package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// skippedFiles are records of the past, whose language stays as it was.
var skippedFiles = []string{"CHANGELOG.md"}

// checkTree returns the findings of a file, or of every .go and .md file below a directory.
func checkTree(path string) (found []finding, err error) {
	err = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if name != path && skippedDir(e.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		in, err := checkFile(name)
		found = append(found, in...)
		return err
	})
	return found, err
}

// skippedDir reports whether a directory holds input of tests, other people's files or a cache.
func skippedDir(name string) bool {
	return strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules"
}

// checkFile returns the findings of one file. Files of other kinds have none.
func checkFile(name string) ([]finding, error) {
	var parse func([]byte) ([]block, error)
	switch filepath.Ext(name) {
	case ".go":
		parse = goBlocks
	case ".md":
		parse = markdownBlocks
	}
	if parse == nil || slices.Contains(skippedFiles, filepath.Base(name)) {
		return nil, nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	blocks, err := parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var found []finding
	for _, b := range blocks {
		found = append(found, checkBlock(name, b)...)
	}
	return found, nil
}
