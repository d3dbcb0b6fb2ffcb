package portable_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// A program that does not import wrapper/s3 can serve an S3 bucket. One log line names the missing import.
func TestLogNamesTheMissingProviderPackage(t *testing.T) { // not parallel: it replaces the default logger
	server := s3server.Start(t)
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	for range 2 {
		s, err := blobdownload.OpenStorage(t.Context(), server.URL(s3server.BucketName))
		require.NoError(t, err)
		require.NoError(t, s.Close(context.WithoutCancel(t.Context())))
	}
	assert.Equal(t, 1, strings.Count(log.String(), "github.com/go-downloadview/downloadview/wrapper/s3"), "%s", &log)
}
