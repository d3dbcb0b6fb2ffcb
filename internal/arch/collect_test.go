package arch_test

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// collectFile records the names that a file uses: pkg.Name of other packages, and Name of its own.
func (t *tree) collectFile(f parsedFile) {
	imports := imported(f.File, t.packages)
	for _, d := range f.Decls {
		for _, p := range pieces(d) {
			ast.Inspect(p.node, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := selector.X.(*ast.Ident); ok && imports[x.Name] != "" {
						t.record(f, p, qualified{imports[x.Name], selector.Sel.Name})
					}
				}
				// A field or a method of the same name counts: the check errs towards silence.
				if id, ok := n.(*ast.Ident); ok && !f.test && id.Name != p.owner {
					t.record(f, p, qualified{f.dir, id.Name})
				}
				return true
			})
		}
	}
}

func (t *tree) record(f parsedFile, p piece, name qualified) {
	u := t.uses[name]
	switch {
	case u == nil:
	case p.example, within(f.dir, "examples"), p.signature && isPublic(f.dir) && !f.test:
		u.presented = true
	case f.test, within(f.dir, "internal/e2e"), within(f.dir, "docs"):
	case f.dir == name.dir:
		u.own = true
	case !isPublic(f.dir):
		u.internal = true
	case !slices.Contains(u.siblings, f.dir):
		u.siblings = append(u.siblings, f.dir)
	}
}

// imported returns the directories of this module that a file imports, by the name it has for each.
func imported(file *ast.File, packages map[string]*source) map[string]string {
	dirs := map[string]string{}
	for _, spec := range file.Imports {
		importPath, _ := strconv.Unquote(spec.Path.Value)
		dir, ok := strings.CutPrefix(importPath, module)
		if !ok {
			continue
		}
		name := path.Base(dir)
		if pkg := packages[dir]; pkg != nil {
			name = pkg.name
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		dirs[name] = dir
	}
	return dirs
}

// piece is a piece of a declaration.
type piece struct {
	node      ast.Node
	owner     string // the declared name, or the receiver's type
	signature bool   // of an exported name: a user of that name meets the types in it
	example   bool   // in an Example function
}

// pieces splits a declaration into signatures and bodies.
func pieces(d ast.Decl) (all []piece) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		owner := d.Name.Name
		if d.Recv != nil {
			owner = receiverName(d.Recv.List[0].Type)
		}
		exported := d.Name.IsExported() && ast.IsExported(owner)
		all = append(all, piece{node: d.Type, owner: owner, signature: exported})
		if d.Body != nil {
			example := d.Recv == nil && strings.HasPrefix(d.Name.Name, "Example")
			all = append(all, piece{node: d.Body, owner: owner, example: example})
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				all = append(all, typePieces(s)...)
			case *ast.ValueSpec:
				if s.Type != nil {
					all = append(all, piece{node: s.Type, signature: slices.ContainsFunc(s.Names, (*ast.Ident).IsExported)})
				}
				for _, v := range s.Values {
					all = append(all, piece{node: v})
				}
			}
		}
	}
	return all
}

// typePieces splits a type into its exported fields, which are its signature, and the others.
func typePieces(s *ast.TypeSpec) (all []piece) {
	exported := s.Name.IsExported()
	under, ok := s.Type.(*ast.StructType)
	if !ok {
		return []piece{{node: s.Type, owner: s.Name.Name, signature: exported}}
	}
	for _, field := range under.Fields.List {
		shown := len(field.Names) == 0 || slices.ContainsFunc(field.Names, (*ast.Ident).IsExported)
		all = append(all, piece{node: field.Type, owner: s.Name.Name, signature: exported && shown})
	}
	return all
}

func receiverName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiverName(t.X)
	case *ast.IndexExpr:
		return receiverName(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
