package allowance_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/installed"
)

// content is the file of every test. Sockets may accept 36 MiB that a client never reads (4 MiB of net.ipv4.tcp_wmem, 32 of
// tcp_rmem), which count as sent: a client that leaves early must not seem to have the end.
var content = randomContent(48 << 20)

func randomContent(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{1})
	_, _ = src.Read(b)
	return b
}

// process is a program that a test starts and kills.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	out  bytes.Buffer // after done
}

func start(t *testing.T, cmd *exec.Cmd, addr string) *process {
	t.Helper()
	p := &process{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	cmd.WaitDelay = time.Second
	require.NoError(t, cmd.Start())
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s:\n%.3000s", filepath.Base(cmd.Path), p.out.String())
		}
	})
	require.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 20*time.Second, 50*time.Millisecond, "%s does not listen", cmd.Path)
	return p
}

// kill ends the process with SIGKILL.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// database is a DynamoDB with a table for uses.
type database struct {
	*process
	url string // of the collection
}

func newDatabase(t *testing.T) *database {
	t.Helper()
	cli, err := filepath.Abs(filepath.Join("..", "..", "..", ".cache", "dynalite", "node_modules", "dynalite", "cli.js"))
	require.NoError(t, err)
	if _, err := os.Stat(cli); err != nil {
		installed.Missing(t, "dynalite is not installed (npm package dynalite, by make servers)")
	}
	survive, err := filepath.Abs(filepath.Join("testdata", "survive.cjs"))
	require.NoError(t, err)
	addr := freeAddr(t)
	host, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), installed.Program(t, "node", "nodejs"), "--require", survive, cli, "--host", host, "--port", port, "--createTableMs", "0")
	d := &database{start(t, cmd, addr), "dynamodb://uses?partition_key=id&consistent_read=true&region=us-east-1&endpoint=http://" + addr}
	client := dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String("http://" + addr), Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
	})
	_, err = client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("uses"),
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	require.NoError(t, dynamodb.NewTableExistsWaiter(client).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("uses")}, 10*time.Second))
	return d
}

// app is a server process.
type app struct {
	*process
	addr, files, uses string
}

func newApp(t *testing.T, d *database) *app {
	t.Helper()
	files := t.TempDir() // each with a version of its own, which changes no count
	a := &app{addr: freeAddr(t), files: files, uses: d.url}
	require.NoError(t, os.WriteFile(filepath.Join(a.files, "a.bin"), content, 0o600))
	a.start(t)
	return a
}

func (a *app) start(t *testing.T) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), exe)
	cmd.Env = append(os.Environ(), addrVar+"="+a.addr, filesVar+"="+a.files, usesVar+"="+a.uses, "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s")
	a.process = start(t, cmd, a.addr)
}

// link returns the path of a link for some downloads.
func link(t *testing.T, downloads int) string {
	t.Helper()
	signer, err := newSigner(&blobdownload.MemoryUses{})
	require.NoError(t, err)
	path, err := signer.Sign(blobdownload.Link{Store: "files", Key: "a.bin", Expires: time.Now().Add(time.Hour), Downloads: downloads})
	require.NoError(t, err)
	return path
}

// get downloads a URL from a local address, and returns the status, and whether the whole content came.
func get(t *testing.T, method, from, url string) (status int, whole bool) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	require.NoError(t, err)
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, err == nil && bytes.Equal(body, content)
}

// holds reports whether a file has the whole content.
func holds(t *testing.T, path string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if !os.IsNotExist(err) {
		assert.NoError(t, err)
	}
	return bytes.Equal(b, content)
}

func run(t *testing.T, name string, args ...string) error {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), "NO_PROXY=*", "no_proxy=*", "HOME="+strings.TrimSuffix(t.TempDir(), "/"))
	return cmd.Run()
}
