package redact_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/redact"
)

func TestS15CredentialsAreRemoved(t *testing.T) {
	t.Parallel()
	const secret = "S3CR3T"
	for _, text := range []string{
		`Get "https://b.example/k?X-Amz-Signature=S3CR3T&x=1": dial tcp: refused`,
		`//host/k?sig=S3CR3T`, `/k?sig=S3CR3T&se=2030`, `k?X-Goog-Signature=S3CR3T`, `https://h/k?S3CR3T`,
		`Get "//host/k?sig=S3CR3T\u0026x": x`,
		`open https://user:S3CR3T@host/k: refused`, `https://S3CR3T@host/`, `//user:S3CR3T@host/k`, `postgres://u:p@S3CR3T@host`,
		`s3://AKIA:S3CR3T@docs?region=x: no such bucket`, `parse "s3://AKIA:S3CR3T%zz@docs": invalid URL escape "%zz"`,
		`https://user:a/S3CR3T@host/`, `dial user:S3CR3T@host:5432`, `"user:S3CR3T@host"`,
		`Authorization: Bearer S3CR3T`, `authorization: AWS4-HMAC-SHA256 Credential=A/B, SignedHeaders=host, Signature=S3CR3T`,
		`map[Authorization:[Basic S3CR3T] Host:[h]]`, `{"Authorization":"Basic S3CR3T"}`, `Proxy-Authorization: Basic S3CR3T`,
		`Cookie: session=S3CR3T`, `X-Amz-Security-Token: S3CR3T`, `token is Bearer S3CR3TS3CR3TS3CR3T`,
		`DefaultEndpointsProtocol=https;AccountName=a;AccountKey=S3CR3T==;EndpointSuffix=core`, `sig=S3CR3T`, `X-Amz-Credential=S3CR3T/x`,
		`aws_secret_access_key=S3CR3T`, `client_secret=S3CR3T`,
		"-----BEGIN RSA PRIVATE KEY-----\nS3CR3T\n-----END RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\\nS3CR3T",
	} {
		assert.NotContains(t, redact.Text(text), secret, text)
		assert.Equal(t, redact.Text(text), redact.Text(redact.Text(text)), "%s: not idempotent", text)
	}
}

func TestOrdinaryTextStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"open dir/a: S3 bucket \"docs\": upstream returned 403 Forbidden (403 AccessDenied)",
		"dial tcp 127.0.0.1:9000: connect: connection refused", "lookup minio: no such host",
		`storage "docs": not a bucket URL such as s3://bucket or file:///directory`,
		"read a@b.txt: unexpected EOF", "why?.txt", "context deadline exceeded", "http://[::1]:80/k", "bearer token is missing",
		"https://host/path@v1/k: x", "open user@host.txt: 12:30 no", "signature mismatch", "the secret is too short",
	} {
		assert.Equal(t, text, redact.Text(text))
	}
}

func TestErrorWrapsItsCause(t *testing.T) {
	t.Parallel()
	require.NoError(t, redact.Error(nil))
	err := redact.Error(&fs.PathError{Op: "open", Path: "https://h/?sig=x", Err: fs.ErrNotExist})
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, ok := errors.AsType[*fs.PathError](err)
	assert.True(t, ok)
	assert.NotContains(t, err.Error(), "sig")
}

func FuzzText(f *testing.F) {
	f.Add("https://user:x@host/k?sig=y", "a")
	f.Fuzz(func(t *testing.T, before, after string) {
		got := redact.Text(before + " https://u:S3CR3T@h/k?sig=S3CR3T " + after)
		assert.NotContains(t, got, "S3CR3T")
	})
}
