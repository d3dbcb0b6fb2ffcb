package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every error of a file has the line and the name.
func TestFileErrorsHaveTheLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ file, want string }{
		{"addr: x\ndrain: soon\n", `:2: drain: "soon": want a duration`},
		{"# a comment\n\nlog-format: xml\n", `:3: log-format: "xml": want text, json`},
		{"addr: x\ndrian: 1s\n", `:2: "drian": unknown name; want one of access, access-log, addr, allow`},
		{"GATEWAY_DRAIN: 1s\n", `:1: "GATEWAY_DRAIN": unknown name`},
		{"config: other.yaml\n", `:1: "config": unknown name`},
		{"drain: 1s\ndrain: 2s\n", ":2: drain: set twice"},
		{"drain: [1s]\n", ":1: drain: want one value"},
		{"drain: {a: 1s}\n", ":1: drain: want one value"},
		{"drain:\n", ":1: drain: no value"},
		{"addr: ~\n", ":1: addr: no value"},
		{"bucket:\n  - docs=mem://\n  - [x]\n", ":3: bucket: want a value"},
		{"bucket:\n  docs: {a: b}\n", ":2: bucket: want a value or a list of values"},
		{"title:\n  - docs\n", `:2: title: "docs": want NAME=TITLE`},
		{"trusted-proxy:\n  - 10.0.0.0/8\n  - local\n", `:3: trusted-proxy: "local": want an address`},
		{"- addr\n", ":1: want settings"},
		{"addr\n", ":1: want settings"},
		{"addr: 'x\n", ":"},
		{"addr: x\n---\naddr: y\n", "more than one document"},
		{"addr: &a x\nrealm: *a\n", ":2: realm: want one value"},
		{"bucket: &a [docs=mem://]\ntitle: *a\n", ":2: title: want a value or a list of values, without aliases"},
		{"a: \tb: c\n", ":"},
		{strings.Repeat("#", maxConfig+1), "larger than 1048576 bytes"},
		{strings.Repeat("[", 20_000), ":"},
		{"\x00", ":"},
	} {
		file := configFile(t, tt.file)
		line := refused(t, "-config", file)
		assert.Contains(t, line, "gateway: "+file)
		assert.Contains(t, line, tt.want, "%.60q", tt.file)
	}
}

// A contradiction, or a name that no bucket has, has the line of its setting, unless a flag or a variable has set it.
func TestContradictionsHaveTheLineOfTheFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file string
		args []string
		want string
	}{
		{"drain: 1s\ntitle: {docs: Documents}\n", nil, `:2: title: no bucket "docs"; want one of default`},
		{"\nbucket: {docs: 's3:docs', pics: 'ftp://x'}\n", nil, `:2: bucket: "pics": unknown scheme "ftp"; want one of azblob, file, gs, mem, s3`},
		{"addr: localhost\n", nil, `:1: addr: "localhost": want host:port`},
		{"tls-key: k\n", nil, ":1: tls-cert, tls-key: want both or neither"},
		{"drain: 1s\naccess: basic\n", nil, ":2: htpasswd: not set; access basic requires it"},
		{"bucket: ['mem://', 'mem://']\n", nil, `:1: bucket: "default": duplicate name`},
		{"title: {docs: a}\n", []string{"-title", "pics=drain"}, `gateway: title: no bucket "pics"`},
		{"drain: 1s\n", []string{"-title", "drain=x"}, `gateway: title: no bucket "drain"`},
		{"access: basic\n", []string{"-access", "open", "-htpasswd", "f"}, "gateway: htpasswd: has no effect with access open"},
	} {
		file := configFile(t, tt.file)
		line := refused(t, append([]string{"-config", file}, tt.args...)...)
		want := tt.want
		if strings.HasPrefix(want, ":") {
			want = "gateway: " + file + want
		}
		assert.True(t, strings.HasPrefix(line, want), "%s\n%s", line, want)
	}
}

// A file that would expand to a billion values is refused at its first alias.
func TestYAMLBombIsRefused(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("bucket: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i, name := range []string{"title", "prefix", "mount", "optimize", "allow", "show-hidden", "trusted-proxy", "allow-sign"} {
		fmt.Fprintf(&bomb, "%s: &a%d [%s]\n", name, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	assert.Contains(t, refused(t, "-config", configFile(t, bomb.String())), ":2: title: want a value, not a list, a mapping or an alias")
}

func TestEmptyFileIsTheDefault(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "# nothing\n", "{}\n"} {
		assert.Equal(t, inForce(t), inForce(t, "-config", configFile(t, content)), "%q", content)
	}
}
