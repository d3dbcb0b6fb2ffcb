package main

import (
	"bufio"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// function is a function or method of this module.
type function struct {
	file string // below the module's root
	name string // Func or Type.Method
	line int
	end  int

	startup bool // the program enters it without a request, too
}

func (f function) pkg() string { return path.Dir(f.file) }

// counters are the executions of each block of a coverage profile, by "file:line.column,line.column".
type counters map[string]uint64

func parseProfile(profile string) (counters, error) {
	all := counters{}
	for lines := bufio.NewScanner(strings.NewReader(profile)); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "mode:") {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 {
			return nil, fmt.Errorf("coverage profile: %q", lines.Text())
		}
		n, err := strconv.ParseUint(fields[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("coverage profile: %w", err)
		}
		all[strings.TrimPrefix(fields[0], module+"/")] += n
	}
	return all, nil
}

// entered returns the functions of which a block was executed more often in the second profile.
func entered(root, idle, busy string) ([]function, error) {
	before, err := parseProfile(idle)
	if err != nil {
		return nil, err
	}
	after, err := parseProfile(busy)
	if err != nil {
		return nil, err
	}
	started, err := enclosing(root, before, counters{})
	if err != nil {
		return nil, err
	}
	found, err := enclosing(root, after, before)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].startup = slices.Contains(started, found[i])
	}
	return found, nil
}

// enclosing returns the functions of the blocks whose counter is above that of base, sorted.
func enclosing(root string, counts, base counters) (all []function, err error) {
	defined := map[string][]function{}
	found := map[function]bool{}
	for block, n := range counts {
		if n <= base[block] {
			continue
		}
		file, line, err := position(block)
		if err != nil {
			return nil, err
		}
		if defined[file] == nil {
			if defined[file], err = functions(root, file); err != nil {
				return nil, err
			}
		}
		at := slices.IndexFunc(defined[file], func(f function) bool { return f.line <= line && line <= f.end })
		if at >= 0 { // else a function literal of a variable
			found[defined[file][at]] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b function) int {
		return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line)
	}), nil
}

// position is the file and the first line of a block.
func position(block string) (file string, line int, err error) {
	file, span, ok := strings.Cut(block, ":")
	first, _, _ := strings.Cut(span, ".")
	line, err = strconv.Atoi(first)
	if !ok || err != nil {
		return "", 0, fmt.Errorf("coverage profile: block %q", block)
	}
	return file, line, nil
}

// functions returns the functions that a file defines.
func functions(root, file string) (all []function, err error) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, filepath.Join(root, filepath.FromSlash(file)), nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			all = append(all, function{
				file: file, name: receiver(f) + f.Name.Name,
				line: fset.Position(f.Pos()).Line, end: fset.Position(f.End()).Line,
			})
		}
	}
	return all, nil
}

// receiver is the name of a method's type with a full stop, or "".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}
