package main

import (
	"context"
	"crypto/rand"
	"embed"
	"io/fs"
	"log/slog"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

//go:embed sample
var sample embed.FS

// oddSample are files whose names a directory of Go source cannot have.
var oddSample = map[string]string{
	"odd names/季度报告 🎉.txt": "A name in Chinese with an emoji: the download has the same name.\n",
	"odd names/invoice_\u202egpj.txt": "The name has the character U+202E, which shows the rest of it backwards.\n" +
		"The page escapes it, and the download drops it.\n",
	"odd names/ends with a blank ": "The blank at the end of the name is shown, because it is part of the name.\n",
}

// sampleStorage returns a bucket in memory with the files of the directory sample.
func sampleStorage(ctx context.Context) (*blobdownload.Storage, error) {
	s := &blobdownload.Storage{Name: blobdownload.DefaultStorage, Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	write := func(key string, content []byte) error {
		// Without a stored media type, an object has the one that its name suggests.
		return s.Bucket.WriteAll(ctx, key, content, &blob.WriterOptions{DisableContentTypeDetection: true})
	}
	for key, content := range oddSample {
		if err := write(key, []byte(content)); err != nil {
			return s, err
		}
	}
	err := fs.WalkDir(sample, "sample", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := sample.ReadFile(name)
		if err != nil {
			return err
		}
		return write(strings.TrimPrefix(name, "sample/"), content)
	})
	return s, err
}

// sampleSigner returns a signer for the links of the sample. Its key lasts as long as the process.
func sampleSigner(logger *slog.Logger) (*blobdownload.Signer, error) {
	secret := make([]byte, blobdownload.MinSecret)
	_, _ = rand.Read(secret) // never fails
	return blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "sample", Secret: secret}}, URL: linkPath, Logger: logger,
	})
}
