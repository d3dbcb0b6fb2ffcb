package servers

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"text/template"
)

// Config is the configuration of a server.
type Config struct {
	// Text is the template of the main configuration file.
	Text string

	// Files are the templates of further files, by their paths below the server's directory: included
	// configuration, or content.
	Files map[string]string

	// Data is the {{.Data}} of the templates. It may be nil.
	Data any
}

// Site is the data of a template: where the server runs.
type Site struct {
	Listen string // host and port to listen on
	Host   string // 127.0.0.1
	Port   int
	Dir    string // directory of the server, writable by it, with the directories logs and tmp
	User   string // user that the server runs as
	Data   any    // that of the Config
}

//go:embed templates
var templates embed.FS

// write executes all templates of a configuration into the site's directory. name is that of the main file. The
// templates can use those of templates/NAME.
func (c *Config) write(site *Site, name string) error {
	base, err := template.New(name).Option("missingkey=error").ParseFS(templates, "templates/"+name)
	if err != nil {
		return err
	}
	files := map[string]string{name: c.Text}
	for path, text := range c.Files {
		if !filepath.IsLocal(path) || path == name {
			return fmt.Errorf("the file %q is not one below the directory of the server", path)
		}
		files[path] = text
	}
	for path, text := range files {
		t, err := base.Clone()
		if err == nil {
			t, err = t.New("configuration of " + path).Parse(text)
		}
		var b bytes.Buffer
		if err == nil {
			err = t.Execute(&b, site)
		}
		if err == nil {
			err = writeFile(filepath.Join(site.Dir, path), b.Bytes())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file that every user can read.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

func newSite(dir string, port int, as account, data any) *Site {
	const host = "127.0.0.1"
	return &Site{Listen: host + ":" + strconv.Itoa(port), Host: host, Port: port, Dir: dir, User: as.name, Data: data}
}
