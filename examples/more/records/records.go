package main

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

const schema = `CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
	etag TEXT NOT NULL, content_type TEXT NOT NULL, version TEXT NOT NULL, modified INTEGER NOT NULL)`

type record struct {
	key, name string
	info      wrapper.Info
}

type records struct{ db *sql.DB }

func (t records) insert(ctx context.Context, rec record) (id int64, err error) {
	err = t.db.QueryRowContext(ctx,
		`INSERT INTO files (key, name, size, etag, content_type, version, modified) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		rec.key, rec.name, rec.info.Size, rec.info.ETag, rec.info.ContentType, rec.info.Version, rec.info.ModTime.UnixNano()).Scan(&id)
	return id, err
}

func (t records) find(ctx context.Context, id string) (rec record, err error) {
	var modified int64
	err = t.db.QueryRowContext(ctx, `SELECT key, name, size, etag, content_type, version, modified FROM files WHERE id = ?`, id).Scan(
		&rec.key, &rec.name, &rec.info.Size, &rec.info.ETag, &rec.info.ContentType, &rec.info.Version, &modified)
	rec.info.ModTime = time.Unix(0, modified)
	if errors.Is(err, sql.ErrNoRows) {
		err = fs.ErrNotExist
	}
	return rec, err
}
