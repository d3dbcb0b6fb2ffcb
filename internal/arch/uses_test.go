package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// qualified is a top-level name of a package.
type qualified struct{ dir, name string }

// use is where the rest of the tree names an exported identifier.
type use struct {
	siblings  []string // public packages, without their tests
	own       bool     // code of its own package, besides its declaration and its methods
	internal  bool     // an internal package
	presented bool     // a document, an example or an exported signature
}

type source struct {
	name     string          // of the package
	exported map[string]bool // top-level names
	listed   []string        // under siblingHeading
	comment  []string        // linked in the rest of the package comment
}

// tree is the result of scan. Directories are relative to the root.
type tree struct {
	packages map[string]*source
	uses     map[qualified]*use
	files    []parsedFile
	docs     []string
}

type parsedFile struct {
	path, dir string
	test      bool
	*ast.File
}

// scan parses every Go file and reads every document below the root.
func scan(fsys fs.FS) (*tree, error) {
	t := &tree{packages: map[string]*source{}, uses: map[qualified]*use{}}
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != "." && (e.Name()[0] == '.' || e.Name() == "testdata" || e.Name() == "node_modules"):
			return fs.SkipDir
		case !e.IsDir() && (path.Ext(name) == ".go" || path.Ext(name) == ".md"):
			return t.read(fsys, name)
		}
		return nil
	})
	t.collect()
	return t, err
}

func (t *tree) read(fsys fs.FS, name string) error {
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if path.Ext(name) == ".md" {
		if name != "CHANGELOG.md" {
			t.docs = append(t.docs, string(content))
		}
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f := parsedFile{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), file}
	t.files = append(t.files, f)
	if f.test {
		return nil
	}
	pkg := t.packages[f.dir]
	if pkg == nil {
		pkg = &source{name: file.Name.Name, exported: map[string]bool{}}
		t.packages[f.dir] = pkg
	}
	for name := range declared(file) {
		pkg.exported[name] = true
	}
	comment := file.Doc.Text()
	listed := listedNames(comment)
	pkg.listed = append(pkg.listed, listed...)
	for _, match := range listedName.FindAllStringSubmatch(comment, -1) {
		if !slices.Contains(listed, match[1]) {
			pkg.comment = append(pkg.comment, match[1])
		}
	}
	return nil
}

// declared returns the exported top-level names of a file.
func declared(file *ast.File) map[string]bool {
	names := map[string]bool{}
	add := func(id *ast.Ident) {
		if id.IsExported() {
			names[id.Name] = true
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						add(id)
					}
				}
			}
		}
	}
	return names
}

var listedName = regexp.MustCompile(`\[(\w+)\]`)

// listedNames returns the names under siblingHeading, up to the next heading.
func listedNames(comment string) (names []string) {
	_, rest, _ := strings.Cut(comment, "# "+siblingHeading+"\n")
	part, _, _ := strings.Cut(rest, "\n# ")
	for _, match := range listedName.FindAllStringSubmatch(part, -1) {
		names = append(names, match[1])
	}
	return names
}

func (t *tree) collect() {
	for dir, pkg := range t.packages {
		for name := range pkg.exported {
			presented := slices.ContainsFunc(t.docs, func(doc string) bool { return mentions(doc, pkg.name, name) })
			t.uses[qualified{dir, name}] = &use{presented: presented || slices.Contains(pkg.comment, name)}
		}
	}
	for _, f := range t.files {
		t.collectFile(f)
	}
}

// mentions reports whether a document names package.Name, or Name at the beginning of a code span.
func mentions(doc, pkg, name string) bool {
	for _, s := range []string{pkg + "." + name, "`" + name} {
		for rest := doc; ; {
			_, after, ok := strings.Cut(rest, s)
			if !ok {
				break
			}
			if after == "" || !isWord(after[0]) {
				return true
			}
			rest = after
		}
	}
	return false
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
