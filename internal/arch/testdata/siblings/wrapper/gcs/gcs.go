package gcs

import files "github.com/go-downloadview/downloadview/wrapper"

func open() { files.Twice() }
