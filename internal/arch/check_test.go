package arch_test

import (
	"fmt"
	"slices"
	"strings"
)

// check returns every rule that is broken, and its reason.
func check(pkgs []listed) (broken []string) {
	imports := map[string][]string{}
	for _, p := range pkgs {
		imports[p.ImportPath] = p.Imports
	}
	for _, p := range pkgs {
		if own, ok := strings.CutPrefix(p.ImportPath, module); ok {
			broken = append(broken, checkPackage(own, p.Imports)...)
		}
	}
	for _, c := range core {
		if way := wayToSDK(module+c, imports, map[string]bool{}); way != nil {
			broken = append(broken, fmt.Sprintf("%s links a cloud SDK (%s): a program pays only for the clouds it imports",
				c, strings.Join(way, " -> ")))
		}
	}
	return broken
}

func checkPackage(own string, imports []string) (broken []string) {
	at := part(own)
	if at < 0 {
		return []string{fmt.Sprintf("no rule for package %s: the tree has a place for each thing, see layers", own)}
	}
	for _, path := range imports {
		if withinAny(path, sdks) && !slices.Contains(sdkUsers, own) {
			broken = append(broken, fmt.Sprintf("%s imports %s, but a cloud SDK may be imported by %v alone: "+
				"a program pays only for the clouds it imports", own, path, sdkUsers))
		}
		if withinAny(path, testOnly) && !withinAny(own, testOnlyUsers) {
			broken = append(broken, fmt.Sprintf("%s imports %s, which only tests may: it would be in every program", own, path))
		}
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && slices.Contains(stdOnly, own) {
			broken = append(broken, fmt.Sprintf("%s imports %s, but %v import the standard library alone", own, path, stdOnly))
		}
		target, ok := strings.CutPrefix(path, module)
		if !ok {
			continue
		}
		if to := part(target); to < 0 || !slices.Contains(layers[at].may, layers[to].part) {
			broken = append(broken, fmt.Sprintf("%s may not import %s: %s", own, target, layers[at].why))
		}
	}
	return broken
}

// wayToSDK is the chain of imports that leads from a package to a cloud SDK, or nil.
func wayToSDK(from string, imports map[string][]string, seen map[string]bool) []string {
	if withinAny(from, sdks) && !withinAny(from, portable) {
		return []string{from}
	}
	if seen[from] {
		return nil
	}
	seen[from] = true
	for _, to := range imports[from] {
		if way := wayToSDK(to, imports, seen); way != nil {
			return append([]string{from}, way...)
		}
	}
	return nil
}
