package blobdownload

// stream sends the response of the storage. It is the only way to the copy loop: the limit, Shutdown and the
// write deadline hold for all that passes here.
func (t *transfer) stream() error {
	release, err := t.server.Limit.acquire(t.r)
	if err != nil {
		return err
	}
	defer release()
	if err := t.server.downloads.acquire(t); err != nil {
		return err
	}
	defer t.server.downloads.release(t)
	t.deadline = t.server.newWriteDeadline(t.ctx, t.w, t.r)
	resp, err := t.fetch()
	if err != nil {
		return err
	}
	switch {
	case len(resp.Ranges) > 1:
		return t.multipart(resp)
	case resp.Body == nil:
		return t.bodiless(bodilessOf(resp))
	default:
		return t.body(resp)
	}
}
