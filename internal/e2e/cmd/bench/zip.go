package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// memberKeys returns the keys of the members of the archive "OBJECT@COUNT". They name objects of the same content.
func memberKeys(archive string) []string {
	name, count, _ := strings.Cut(archive, "@")
	n, _ := strconv.Atoi(count)
	keys := make([]string, n)
	for i := range keys {
		keys[i] = name + "@" + strconv.Itoa(i)
	}
	return keys
}

// archived serves archives of this library.
func archived(ctx context.Context, s storage) (http.Handler, error) {
	st, err := blobdownload.OpenStorage(ctx, s.url())
	if err != nil {
		return nil, err
	}
	return quiet(nil).Handler(blobdownload.VirtualView(func(r *http.Request) (*wrapper.File, error) {
		var members []archive.Member
		for _, key := range memberKeys(r.PathValue("name")) {
			members = append(members, archive.Member{Name: key, File: st.File(key)})
		}
		return archive.Zip("all.zip", members...), nil
	})), nil
}

// oneAfterTheOther serves archives with archive/zip and a blob.Reader for each object.
func oneAfterTheOther(ctx context.Context, s storage) (http.Handler, error) {
	b, err := blob.OpenBucket(ctx, s.url())
	return named(func(w http.ResponseWriter, r *http.Request, name string) {
		z := zip.NewWriter(w)
		for _, key := range memberKeys(name) {
			if addMember(r.Context(), z, b, key) != nil {
				panic(http.ErrAbortHandler)
			}
		}
		_ = z.Close()
	}), err
}

func addMember(ctx context.Context, z *zip.Writer, b *blob.Bucket, key string) error {
	in, err := b.NewReader(ctx, key, nil)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := z.CreateHeader(&zip.FileHeader{Name: key, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = io.CopyN(out, in, in.Size())
	return err
}

// archiveTime is the time of an archive in s. It compares each member with the file.
func archiveTime(ctx context.Context, t *trial) (float64, error) {
	client := t.client()
	defer client.CloseIdleConnections()
	start := time.Now()
	resp, err := t.send(ctx, client, 0)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	taken := time.Since(start).Seconds()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return 0, err
	}
	if len(z.File) != t.members {
		return 0, fmt.Errorf("%d members", len(z.File))
	}
	return taken, t.checkMembers(z)
}

func (t *trial) checkMembers(z *zip.Reader) error {
	want, err := os.ReadFile(filepath.Join(t.dir, t.object.file()))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		content, err := f.Open()
		if err != nil {
			return err
		}
		if err := equal(content, bytes.NewReader(want)); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}
